/// Where a pack comes from.
package enum PackSource: String, Sendable, Hashable, CaseIterable {
    case pip
    case npm
    case path
}

/// Naming rules of packs (product contract: pip `rig-pack-<short>`, npm `@rig/pack-<short>`, any
/// scope, or `rig-pack-<short>`).
package enum PackName {
    /// Longest package name either index accepts.
    package static let bytesMax = 214
    private static let prefix = "rig-pack-"

    /// The short name inside a package name; nil when the name is not a pack's. A pip name is
    /// normalised first (lower case; runs of `-`, `_`, `.` are one `-`), as pip itself does.
    package static func short(of name: String, source: PackSource) -> String? {
        switch source {
        case .pip: return shortAfterPrefix(normalizedPip(name))
        case .npm: return shortOfNpm(name)
        case .path: return shortOfNpm(name) ?? shortAfterPrefix(normalizedPip(name))
        }
    }

    /// Whether `text` can be a package name of pip or npm at all.
    package static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= bytesMax, !text.utf8.isEmpty else { return false }
        if text.utf8.first != 0x40 { return isPart(text[...]) }
        guard let slash = text.firstIndex(of: "/") else { return false }
        return isPart(text[text.index(after: text.startIndex)..<slash])
            && isPart(text[text.index(after: slash)...])
    }

    /// The form in which pip compares names (PEP 503).
    package static func normalizedPip(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 0x2D, 0x2E, 0x5F:
                if bytes.last != 0x2D { bytes.append(0x2D) }
            case 0x41...0x5A:
                bytes.append(byte | 0x20)
            default:
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func shortOfNpm(_ name: String) -> String? {
        guard name.utf8.first == 0x40 else { return shortAfterPrefix(name) }
        guard let slash = name.firstIndex(of: "/"), isValid(name) else { return nil }
        let rest = name[name.index(after: slash)...]
        if rest.hasPrefix(prefix) { return checked(rest.dropFirst(prefix.utf8.count)) }
        return rest.hasPrefix("pack-") ? checked(rest.dropFirst(5)) : nil
    }

    private static func shortAfterPrefix(_ name: String) -> String? {
        name.hasPrefix(prefix) ? checked(name.dropFirst(prefix.utf8.count)) : nil
    }

    private static func checked(_ short: Substring) -> String? {
        isPart(short) ? String(short) : nil
    }

    /// Letters, digits and inner `. _ -`, starting and ending with a letter or digit.
    private static func isPart(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        func isPlain(_ byte: UInt8) -> Bool { NameRule.isLetter(byte) || NameRule.isDigit(byte) }
        return isPlain(first) && isPlain(last)
            && text.utf8.allSatisfy { isPlain($0) || (0x2D...0x2E).contains($0) || $0 == 0x5F }
    }
}
