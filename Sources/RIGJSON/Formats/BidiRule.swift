/// The Bidi rule of RFC 5893 section 2, which binds every label of a name that holds a character
/// written from right to left.
enum BidiRule {
    private enum Class { case left, right, arabic, european, arabicNumber, mark, other }

    static func holds(_ labels: [[Unicode.Scalar]]) -> Bool {
        let classes = labels.map { $0.map(classOf) }
        let isBidi = classes.contains { label in
            label.contains { $0 == .right || $0 == .arabic || $0 == .arabicNumber }
        }
        return !isBidi || classes.allSatisfy(holds)
    }

    private static func holds(_ label: [Class]) -> Bool {
        guard let first = label.first, let last = label.last(where: { $0 != .mark }) else {
            return true
        }
        switch first {
        case .left:
            return !label.contains { $0 == .right || $0 == .arabic || $0 == .arabicNumber }
                && (last == .left || last == .european)
        case .right, .arabic:
            return !label.contains(.left) && last != .other
                && !(label.contains(.european) && label.contains(.arabicNumber))
        default: return false
        }
    }

    /// By blocks, since the standard library knows no bidirectional classes: letters of the blocks
    /// that Unicode reserves for right-to-left scripts, and digits.
    private static func classOf(_ scalar: Unicode.Scalar) -> Class {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        default: break
        }
        switch scalar.value {
        case 0x30...0x39, 0x06F0...0x06F9: return .european
        case 0x0660...0x0669, 0x066B, 0x066C, 0x06DD: return .arabicNumber
        case 0x0590...0x05FF, 0x07C0...0x085F, 0xFB1D...0xFB4F, 0x10800...0x10CFF,
            0x10D40...0x10EBF, 0x10F00...0x10F2F, 0x10F70...0x10FFF, 0x1E800...0x1EC6F:
            return .right
        case 0x0600...0x07BF, 0x0860...0x08FF, 0xFB50...0xFDFF, 0xFE70...0xFEFF,
            0x10D00...0x10D3F, 0x10EC0...0x10EFF, 0x10F30...0x10F6F, 0x1EC70...0x1EFFF:
            return .arabic
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .spacingMark, .decimalNumber, .letterNumber:
            return .left
        default: return .other
        }
    }
}
