/// The id of a request: a string or a whole number, kept as it was written, so that it is echoed
/// with its type and value.
package struct RPCID: Hashable, Sendable {
    /// The JSON literal: `7` or `"7"`, which are two ids.
    package let literal: String

    /// Longer ids are no ids: each costs memory as long as its request runs.
    static let bytesMax = 1024

    /// nil for a literal that is neither a string nor digits.
    init?(literal: String) {
        guard literal.utf8.count <= Self.bytesMax, let first = literal.utf8.first else {
            return nil
        }
        guard first == UInt8(ascii: "\"") || Self.isWhole(literal) else { return nil }
        self.literal = literal
    }

    /// RIG's own ids, for what it asks of a client.
    init(own number: Int) {
        literal = "\"rig-\(number)\""
    }

    private static func isWhole(_ literal: String) -> Bool {
        let digits =
            literal.utf8.first == UInt8(ascii: "-") ? literal.utf8.dropFirst() : literal.utf8[...]
        return !digits.isEmpty && digits.count <= 19
            && digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}
