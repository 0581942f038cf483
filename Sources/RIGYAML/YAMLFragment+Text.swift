/// How a fragment is written: mappings and lists of mappings in blocks, lists of scalars in
/// brackets, strings plain where every reader takes them for strings, else in double quotes.
extension YAMLFragment {
    private static let flowColumnsMax = 90

    /// The value in one line, for the inside of brackets or behind a key.
    var flow: String {
        switch self {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .string(let text): return Self.quotedIfNeeded(text)
        case .list(let items): return "[" + items.map(\.flow).joined(separator: ", ") + "]"
        case .mapping(let members):
            let inside = members.map { Self.quotedIfNeeded($0.key) + ": " + $0.value.flow }
            return "{" + inside.joined(separator: ", ") + "}"
        }
    }

    /// The value as lines, the first one without its indentation of `column` blanks.
    func block(column: Int, lineBreak: String) -> String {
        let next = lineBreak + String(repeating: " ", count: column)
        switch self {
        case .list(let items) where !fitsFlow(column):
            return items.map { "- " + $0.block(column: column + 2, lineBreak: lineBreak) }
                .joined(separator: next)
        case .mapping(let members) where !members.isEmpty:
            return members.map { $0.text(column: column, lineBreak: lineBreak) }
                .joined(separator: next)
        default:
            return flow
        }
    }

    /// Scalars, and lists of them that fit in a line.
    private func fitsFlow(_ column: Int) -> Bool {
        switch self {
        case .mapping(let members): return members.isEmpty
        case .list(let items):
            let isFlat = items.allSatisfy {
                switch $0 {
                case .list, .mapping: false
                default: true
                }
            }
            return items.isEmpty || isFlat && column + flow.utf8.count <= Self.flowColumnsMax
        default: return true
        }
    }

    static func quotedIfNeeded(_ text: String) -> String {
        isSafePlain(text) ? text : quoted(text)
    }

    private static func isSafePlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, case .string? = YAMLScalar.resolve(bytes) else {
            return false
        }
        let starts = isLetter(first) || isDigit(first) || "./_".utf8.contains(first)
        let goesOn = bytes.allSatisfy {
            isLetter($0) || isDigit($0) || "./_-+=@~^".utf8.contains($0)
        }
        // YAML 1.1 readers take these for booleans, numbers, times or versions.
        let is11 = ["y", "n", "yes", "no", "on", "off"].contains(text.lowercased())
        return starts && goesOn && !is11 && bytes.contains(where: isLetter)
            && !(isDigit(first) && bytes.allSatisfy { isDigit($0) || "_.eE+-".utf8.contains($0) })
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                result += "\\x" + hexadecimal(scalar.value, digits: 2)
            case "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
                result += "\\u" + hexadecimal(scalar.value, digits: 4)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func hexadecimal(_ number: UInt32, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}

extension YAMLFragment.Member {
    /// `key: value`, the value below the key where it is a block.
    func text(column: Int, lineBreak: String) -> String {
        let name = YAMLFragment.quotedIfNeeded(key)
        let inner = value.block(column: column + 2, lineBreak: lineBreak)
        guard value.isBlock(column: column + 2) else { return name + ": " + inner }
        return name + ":" + lineBreak + String(repeating: " ", count: column + 2) + inner
    }
}

extension YAMLFragment {
    /// Written as lines of its own at this column.
    fileprivate func isBlock(column: Int) -> Bool {
        switch self {
        case .list, .mapping: !fitsFlow(column)
        default: false
        }
    }
}
