/// A host and a port that a pack asks to reach: `api.example.com:443`, `*.example.com:443`,
/// `192.0.2.7:8080`, `[2001:db8::1]:443`.
package struct NetTarget: Hashable, Sendable, CustomStringConvertible {
    /// Lower case, without brackets.
    package let host: String
    package let port: UInt16

    /// nil unless the text has a host and a port from 1 to 65535.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
            let port = Self.port(bytes[(colon + 1)...]),
            let host = Self.host(bytes[..<colon])
        else { return nil }
        self.host = host
        self.port = port
    }

    package var description: String {
        (host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host) + ":\(port)"
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard digits.first != UInt8(ascii: "0"), digits.allSatisfy(NameRule.isDigit) else {
            return nil
        }
        return UInt16(String(decoding: digits, as: UTF8.self))
    }

    private static func host(_ bytes: ArraySlice<UInt8>) -> String? {
        if bytes.first == UInt8(ascii: "[") {
            let inside = bytes.dropFirst().dropLast()
            guard bytes.last == UInt8(ascii: "]"), inside.contains(UInt8(ascii: ":")),
                inside.allSatisfy({ isHexadecimal($0) || $0 == 0x3A || $0 == 0x2E })
            else { return nil }
            return String(decoding: inside, as: UTF8.self).lowercased()
        }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for (index, label) in labels.enumerated() {
            let isWildcard = index == 0 && labels.count > 2 && Array(label) == [UInt8(ascii: "*")]
            guard isWildcard || isLabel(label) else { return nil }
        }
        return bytes.count <= 253 ? String(decoding: bytes, as: UTF8.self).lowercased() : nil
    }

    /// A part of a host name (RFC 1123, section 2.1).
    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { NameRule.isLetter($0) || NameRule.isDigit($0) || $0 == hyphen }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        NameRule.isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
