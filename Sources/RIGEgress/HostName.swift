package import RIGLinux

/// What a client named as its destination, told apart before anything looks it up.
package enum HostName: Hashable, Sendable {
    case name(String)
    case address(IPAddress)

    /// nil for what is neither. A name whose last label is a number is refused: resolvers take
    /// `127.1`, `0x7f.0.0.1` and `2130706433` for addresses.
    /// - Parameter text: As in a request, an IPv6 address with or without brackets; one dot at the
    ///   end of a name is dropped.
    package init?(_ text: String) {
        var text = text.lowercased()
        if text.hasPrefix("["), text.hasSuffix("]") {
            text = String(text.dropFirst().dropLast())
            guard let address = IPAddress(text), !address.isIPv4 else { return nil }
            self = .address(address)
            return
        }
        if let address = IPAddress(text) {
            self = .address(address)
            return
        }
        if text.hasSuffix(".") { text.removeLast() }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.allSatisfy(Self.isLabel), let last = labels.last,
            !Self.isNumber(last)
        else { return nil }
        self = .name(text)
    }

    /// As RFC 1123 (section 2.1) has it, and "_", which names in use have.
    private static func isLabel(_ label: Substring.UTF8View.SubSequence) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x61...0x7A, hyphen, 0x5F: true
                default: false
                }
            }
    }

    private static func isNumber(_ label: Substring.UTF8View.SubSequence) -> Bool {
        if label.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        return label.starts(with: "0x".utf8)
            && label.dropFirst(2).allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
    }

    package var text: String {
        switch self {
        case .name(let name): name
        case .address(let address): address.description
        }
    }
}
