/// The name of a tool as its pack declares it: `[A-Za-z][A-Za-z0-9_-]{0,47}`.
package struct ToolName: Hashable, Sendable, CustomStringConvertible {
    package static let bytesMax = 48
    package let text: String

    package init?(_ text: String) {
        guard Self.isValid(text) else { return nil }
        self.text = text
    }

    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= bytesMax else { return false }
        return NameRule.isLetter(first) && bytes.allSatisfy(NameRule.isNameByte)
    }

    package var description: String { text }
}

/// The name under which a pack is mounted: its short name, or `as:` in rig.yaml:
/// `[a-z][a-z0-9_-]{0,31}`. Lower case, so that two namespaces never differ by case alone.
package struct Namespace: Hashable, Sendable, CustomStringConvertible {
    package static let bytesMax = 32
    package let text: String

    package init?(_ text: String) {
        guard Self.isValid(text) else { return nil }
        self.text = text
    }

    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= bytesMax else { return false }
        return NameRule.isLowerLetter(first)
            && bytes.allSatisfy { NameRule.isNameByte($0) && !NameRule.isUpperLetter($0) }
    }

    package var description: String { text }
}

/// `<namespace>.<tool>`: the name of a tool everywhere in RIG.
package struct QualifiedName: Hashable, Sendable, CustomStringConvertible {
    /// Longest possible text.
    package static let bytesMax = Namespace.bytesMax + 1 + ToolName.bytesMax

    package let namespace: Namespace
    package let tool: ToolName
    /// The joined form, made once.
    package let text: String

    package init(_ namespace: Namespace, _ tool: ToolName) {
        self.namespace = namespace
        self.tool = tool
        text = namespace.text + "." + tool.text
    }

    /// Neither part can hold a dot, so there is one way to read it.
    package init?(_ text: String) {
        guard let dot = text.utf8.firstIndex(of: 0x2E),
            let namespace = Namespace(String(text[..<dot])),
            let tool = ToolName(String(text[text.index(after: dot)...]))
        else { return nil }
        self.init(namespace, tool)
    }

    package var description: String { text }
}

/// Character classes that the name rules share.
enum NameRule {
    static func isLowerLetter(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
    static func isUpperLetter(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
    static func isLetter(_ byte: UInt8) -> Bool { isLowerLetter(byte) || isUpperLetter(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// `[A-Za-z0-9_-]`
    static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == 0x5F || byte == 0x2D
    }
}
