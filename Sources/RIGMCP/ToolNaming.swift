internal import RIGBytes

/// The names that hosts see: `demo.say` becomes `demo_say`, at most 40 characters of
/// `[A-Za-z0-9_-]`, the same after every restart and whatever else is mounted.
///
/// A name that is too long keeps its first 31 characters and gets eight digits of the SHA-256 of the
/// full name; so do names that would otherwise be one, each of them.
package enum ToolNaming {
    package static let charactersMax = 40
    private static let headCharacters = 31
    private static let hashDigits = 8

    /// The exported names of `names`, in their order. The names differ.
    package static func exported(_ names: [String]) -> [String] {
        let plain = names.map(plain)
        var counts: [String: Int] = [:]
        // Hosts that fold case would take two such names for one.
        for name in plain { counts[name.lowercased(), default: 0] += 1 }
        return zip(names, plain).map { full, short in
            counts[short.lowercased()] == 1 && short.utf8.count <= charactersMax
                ? short : hashed(short, full)
        }
    }

    private static func plain(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            let isKept =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
            if isKept {
                bytes.append(byte)
            } else if bytes.last != UInt8(ascii: "_") {
                bytes.append(UInt8(ascii: "_"))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hashed(_ short: String, _ full: String) -> String {
        let digits = SHA256.digest(Array(full.utf8)).hex.prefix(hashDigits)
        return short.prefix(headCharacters) + "_" + digits
    }
}
