/// A value to be written into a text by `YAMLEdit`.
package indirect enum YAMLFragment: Sendable, Hashable, ExpressibleByStringLiteral {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case list([YAMLFragment])
    case mapping([Member])

    package struct Member: Sendable, Hashable {
        package let key: String
        package let value: YAMLFragment

        package init(_ key: String, _ value: YAMLFragment) {
            self.key = key
            self.value = value
        }
    }

    package init(stringLiteral text: String) { self = .string(text) }

    /// What a reader must find where the fragment was written.
    var node: YAMLNode {
        let value: YAMLValue =
            switch self {
            case .null: .null
            case .bool(let flag): .bool(flag)
            case .integer(let number): .integer(YAMLInteger(text: String(number)))
            case .string(let text): .string(text)
            case .list(let items): .sequence(items.map(\.node))
            case .mapping(let members):
                .mapping(
                    members.map { member in
                        YAMLEntry(
                            key: YAMLFragment.string(member.key).node, value: member.value.node,
                            name: member.key)
                    })
            }
        let nowhere = YAMLPosition(offset: 0, line: 0, column: 0)
        return YAMLNode(value: value, style: .plain, start: nowhere, end: nowhere)
    }
}
