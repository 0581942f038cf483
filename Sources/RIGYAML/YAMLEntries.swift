/// The entries of a mapping while it is read: keys are scalars, and no two share a name.
struct YAMLEntries {
    private static let keyCharactersMax = 1024

    private(set) var list: [YAMLEntry] = []
    private var seen: [String: YAMLPosition] = [:]

    mutating func append(_ key: YAMLNode, _ value: YAMLNode) throws(YAMLError) {
        let name = try Self.name(of: key)
        if let first = seen[name] {
            throw YAMLError(code: .duplicateKey(first: first), position: key.start)
        }
        seen[name] = key.start
        list.append(YAMLEntry(key: key, value: value, name: name))
    }

    private static func name(of key: YAMLNode) throws(YAMLError) -> String {
        if key.start.line == key.end.line
            && key.end.column - key.start.column > keyCharactersMax
        {
            throw YAMLError(code: .keyTooLong, position: key.start)
        }
        switch key.value {
        case .null: return key.isMissing ? "" : "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let number): return number.text
        case .float(let number): return number.text
        case .string("<<") where key.style == .plain:
            throw YAMLError(code: .mergeKey, position: key.start)
        case .string(let text): return text
        case .sequence, .mapping: throw YAMLError(code: .complexKey, position: key.start)
        }
    }
}
