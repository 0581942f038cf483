package import RIGBytes
internal import RIGLinux

/// What a caller shows beside its call: `ap_7zk2….9f31…`. It names a record and the seal that record
/// was made with, and approves nothing: whoever reads one learns a name.
package struct ApprovalToken: Sendable, Equatable {
    package let id: String
    package let seal: Digest

    package init(id: String, seal: Digest) {
        self.id = id
        self.seal = seal
    }

    /// Reads the text form; nil for anything that `text` would not write.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, ApprovalID.isValid(String(parts[0])),
            let seal = Digest(hex: String(parts[1])), seal.hex == parts[1]
        else { return nil }
        self.init(id: String(parts[0]), seal: seal)
    }

    package var text: String { id + "." + seal.hex }
}

/// The name of an approval, short enough for a person to type: `ap_` and 16 characters of Crockford's
/// base 32 in lower case, 80 bits from the system.
package enum ApprovalID {
    private static let prefix = "ap_"
    private static let characters = 16
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    package static func make() -> String {
        let digits = Random.bytes(characters).map { alphabet[Int($0 & 31)] }
        return prefix + String(decoding: digits, as: UTF8.self)
    }

    package static func isValid(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        return text.hasPrefix(prefix) && digits.count == characters
            && digits.allSatisfy(alphabet.contains)
    }
}
