/// A node of a YAML text: what it means and where it stands.
package struct YAMLNode: Sendable {
    package let value: YAMLValue
    package let style: YAMLStyle
    /// The node's first byte: a quote, a bracket, the first dash, the first key's first byte.
    package let start: YAMLPosition
    /// The first byte past the node. An empty node starts and ends behind its indicator.
    package let end: YAMLPosition

    package init(value: YAMLValue, style: YAMLStyle, start: YAMLPosition, end: YAMLPosition) {
        self.value = value
        self.style = style
        self.start = start
        self.end = end
    }

    /// "null", "boolean", "integer", "number", "string", "list" or "mapping".
    package var kind: String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .float: "number"
        case .string: "string"
        case .sequence: "list"
        case .mapping: "mapping"
        }
    }

    /// Nothing was written: a key without a value.
    package var isMissing: Bool { style == .empty }

    /// The value under `key`; nil for anything but a mapping that has it.
    package subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = value else { return nil }
        return entries.first { $0.name == key }?.value
    }

    /// The same value, wherever and in whichever style it is written.
    package func means(_ other: YAMLNode) -> Bool {
        switch (value, other.value) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.float(let left), .float(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.sequence(let left), .sequence(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.means($1) }
        case (.mapping(let left), .mapping(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy { $0.name == $1.name && $0.value.means($1.value) }
        default: false
        }
    }
}

/// What a node means under the core schema (YAML 1.2.2, section 10.3).
package indirect enum YAMLValue: Sendable {
    case null
    case bool(Bool)
    case integer(YAMLInteger)
    case float(YAMLFloat)
    case string(String)
    case sequence([YAMLNode])
    /// In the order of the text; names are unique.
    case mapping([YAMLEntry])
}

/// A key and its value.
package struct YAMLEntry: Sendable {
    /// A scalar, always.
    package let key: YAMLNode
    package let value: YAMLNode
    /// The key as text. Two keys of a mapping never share a name, so `1` and `"1"` cannot both be.
    package let name: String

    package init(key: YAMLNode, value: YAMLNode, name: String) {
        self.key = key
        self.value = value
        self.name = name
    }
}

/// How a node is written.
package enum YAMLStyle: Sendable {
    case empty, plain, singleQuoted, doubleQuoted, literal, folded
    case blockSequence, blockMapping, flowSequence, flowMapping
    /// A single `key: value` standing as an entry of a flow sequence.
    case flowPair
}
