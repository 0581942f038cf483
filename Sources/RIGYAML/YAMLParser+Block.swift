/// Block nodes: lists and mappings by indentation (YAML 1.2.2, sections 8.2 and 8.3).
extension YAMLParser {
    /// What the node stands behind; it decides what may start on the same line.
    enum Place {
        /// `---`: only scalars and flow collections.
        case document
        /// `- `: anything.
        case entry
        /// `? `, or the `: ` of such an entry: anything, also a list as deep as the indicator.
        case explicit
        /// `key:`: only scalars and flow collections; a list may stand as deep as the key.
        case value
    }

    /// The node behind an indicator, on this line or a later one. `parent` is the column of what
    /// holds it; anything not deeper belongs to someone else.
    mutating func blockNode(parent: Int, place: Place) throws(YAMLError) -> YAMLNode {
        let indicatorEnd = position
        passSpaces()
        let spacesEnd = position
        passBlanks()
        let comment = peek() == UInt8(ascii: "#") && position > indicatorEnd
        guard comment || YAMLCharacters.isBreakOrEnd(peek()) else {
            let compact = place == .entry || place == .explicit
            let refusal: YAMLError.Code =
                switch place {
                case .document: .blockOnMarkerLine
                case .value:
                    isIndicator("-") ? .sequenceOnKeyLine : .nestedMappingOnOneLine
                case .entry, .explicit: .tabIndentation
                }
            return try content(
                parent: parent, column: position - lineStart,
                collections: compact && position == spacesEnd, refusal: refusal)
        }
        position = indicatorEnd
        try nextContent()
        if contentAfterTab && contentColumn >= 0 && contentColumn <= parent {
            throw error(.tabIndentation)
        }
        let shallowList =
            contentColumn == parent && (place == .value || place == .explicit) && isIndicator("-")
        guard contentColumn > parent || shallowList else { return empty(at: indicatorEnd) }
        return try content(
            parent: parent, column: contentColumn, collections: !contentAfterTab,
            refusal: .tabIndentation)
    }

    /// The node at the cursor. Where `collections` may not start here, `refusal` says why.
    mutating func content(
        parent: Int, column: Int, collections: Bool, refusal: YAMLError.Code
    ) throws(YAMLError) -> YAMLNode {
        try enter()
        defer { leave() }
        if isIndicator("-") {
            guard collections else { throw error(refusal) }
            return try blockSequence(column: column)
        }
        if isIndicator("?") || isIndicator(":") {
            guard collections else { throw error(refusal) }
            return try blockMapping(column: column, firstKey: nil)
        }
        switch peek() {
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            let scalar = try blockScalar(parent: parent)
            try nextContent()
            return scalar
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "'"):
            let startLine = lineStart
            let node = try flowNode(indent: parent + 1)
            guard try isKey(node, startLine: startLine) else {
                try nextContent()
                return node
            }
            guard collections else { throw error(refusal, at: node.start.offset) }
            return try blockMapping(column: column, firstKey: node)
        default:
            let start = position
            var text = try plainLine(inFlow: false)
            if isAtColon {
                guard collections else { throw error(refusal, at: start) }
                let key = try plain(text, from: start)
                return try blockMapping(column: column, firstKey: key)
            }
            try plainRest(indent: parent + 1, inFlow: false, into: &text)
            let scalar = try plain(text, from: start)
            try nextContent()
            return scalar
        }
    }

    private mutating func blockSequence(column: Int) throws(YAMLError) -> YAMLNode {
        let start = position
        var items: [YAMLNode] = []
        var end = position
        repeat {
            position += 1
            let item = try blockNode(parent: column, place: .entry)
            items.append(item)
            end = item.end.offset
        } while contentColumn == column && !contentAfterTab && isIndicator("-")
        try checkEnd(of: column)
        return node(.sequence(items), .blockSequence, from: start, to: end)
    }

    private mutating func blockMapping(
        column: Int, firstKey: YAMLNode?
    ) throws(YAMLError) -> YAMLNode {
        let start = firstKey?.start.offset ?? position
        var key = firstKey
        var entries = YAMLEntries()
        var end = start
        repeat {
            let value: YAMLNode
            if key == nil && isIndicator("?") {
                (key, value) = try explicitEntry(column: column)
            } else {
                if key == nil { key = try simpleKey() }
                passBlanks()
                position += 1
                value = try blockNode(parent: column, place: .value)
            }
            if let key {
                try entries.append(key, value)
                end = max(value.end.offset, key.end.offset)
            }
            key = nil
        } while contentColumn == column && !contentAfterTab
        try checkEnd(of: column)
        return node(.mapping(entries.list), .blockMapping, from: start, to: end)
    }

    private mutating func explicitEntry(column: Int) throws(YAMLError) -> (YAMLNode?, YAMLNode) {
        position += 1
        let key = try blockNode(parent: column, place: .explicit)
        guard contentColumn == column, !contentAfterTab, isIndicator(":") else {
            return (key, empty(at: key.end.offset))
        }
        position += 1
        return (key, try blockNode(parent: column, place: .explicit))
    }

    /// A key on one line; ends with only blanks before its colon.
    private mutating func simpleKey() throws(YAMLError) -> YAMLNode {
        if isIndicator("-") { throw error(.sequenceInMapping) }
        let start = position
        if peek() == UInt8(ascii: ":") && YAMLCharacters.isSeparator(peek(1)) {
            return empty(at: position)
        }
        switch peek() {
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "'"):
            let startLine = lineStart
            let node = try flowNode(indent: position - lineStart + 1)
            guard try isKey(node, startLine: startLine) else {
                throw error(.expectedColon, at: start)
            }
            return node
        default:
            let text = try plainLine(inFlow: false)
            guard isAtColon else { throw error(.expectedColon, at: start) }
            return try plain(text, from: start)
        }
    }

    /// The cursor, blanks aside, is on a colon that separates.
    var isAtColon: Bool {
        var ahead = 0
        while YAMLCharacters.isBlank(peek(ahead)) { ahead += 1 }
        return peek(ahead) == UInt8(ascii: ":") && YAMLCharacters.isSeparator(peek(ahead + 1))
    }

    /// A colon follows, which makes the node just read a key.
    private func isKey(_ node: YAMLNode, startLine: Int) throws(YAMLError) -> Bool {
        guard isAtColon else { return false }
        guard startLine == lineStart else { throw error(.multiLineKey, at: node.start.offset) }
        return true
    }

    /// A collection ended; what follows may not stand deeper, nor behind a tab.
    private func checkEnd(of column: Int) throws(YAMLError) {
        guard contentColumn >= 0 else { return }
        if contentAfterTab { throw error(.tabIndentation) }
        if contentColumn > column { throw error(.badIndentation) }
    }
}
