/// Flow collections: lists in `[]` and mappings in `{}` (YAML 1.2.2, section 7.4).
extension YAMLParser {
    /// The flow node at the cursor; each further line of it is indented by `indent` or more.
    mutating func flowNode(indent: Int) throws(YAMLError) -> YAMLNode {
        switch peek() {
        case UInt8(ascii: "["): return try flowSequence(indent: indent)
        case UInt8(ascii: "{"): return try flowMapping(indent: indent)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted(indent: indent)
        case UInt8(ascii: "|"), UInt8(ascii: ">"): throw error(.blockScalarInFlow)
        default:
            let start = position
            var text = try plainLine(inFlow: true)
            try plainRest(indent: indent, inFlow: true, into: &text)
            return try plain(text, from: start)
        }
    }

    private mutating func flowSequence(indent: Int) throws(YAMLError) -> YAMLNode {
        try enter()
        defer { leave() }
        let start = position
        position += 1
        var items: [YAMLNode] = []
        try passFlowSpace(indent: indent)
        while peek() != UInt8(ascii: "]") {
            if peek() == UInt8(ascii: ",") { throw error(.unexpectedComma) }
            if peek() == YAMLCharacters.end { throw error(.unterminatedSequence, at: start) }
            items.append(try flowSequenceEntry(indent: indent))
            try passFlowSpace(indent: indent)
            if peek() == UInt8(ascii: ",") {
                position += 1
                try passFlowSpace(indent: indent)
            } else if peek() == YAMLCharacters.end {
                throw error(.unterminatedSequence, at: start)
            } else if peek() != UInt8(ascii: "]") {
                throw error(.expectedCommaOrBracket)
            }
        }
        position += 1
        return node(.sequence(items), .flowSequence, from: start, to: position)
    }

    private mutating func flowMapping(indent: Int) throws(YAMLError) -> YAMLNode {
        try enter()
        defer { leave() }
        let start = position
        position += 1
        var entries = YAMLEntries()
        try passFlowSpace(indent: indent)
        while peek() != UInt8(ascii: "}") {
            if peek() == UInt8(ascii: ",") { throw error(.unexpectedComma) }
            if peek() == YAMLCharacters.end { throw error(.unterminatedMapping, at: start) }
            let (key, value) = try flowMappingEntry(indent: indent)
            try entries.append(key, value)
            try passFlowSpace(indent: indent)
            if peek() == UInt8(ascii: ",") {
                position += 1
                try passFlowSpace(indent: indent)
            } else if peek() == YAMLCharacters.end {
                throw error(.unterminatedMapping, at: start)
            } else if peek() != UInt8(ascii: "}") {
                throw error(.expectedCommaOrBrace)
            }
        }
        position += 1
        return node(.mapping(entries.list), .flowMapping, from: start, to: position)
    }

    /// A node, or a single pair, which is a mapping of its own.
    private mutating func flowSequenceEntry(indent: Int) throws(YAMLError) -> YAMLNode {
        let start = position
        let key: YAMLNode
        let value: YAMLNode
        if isIndicator("?") {
            (key, value) = try flowMappingEntry(indent: indent)
        } else if isFlowColon(afterQuote: false) {
            key = empty(at: position)
            value = try flowValue(indent: indent, afterQuote: false)
        } else {
            let startLine = lineStart
            key = try flowNode(indent: indent)
            let end = position
            passBlanks()
            guard isFlowColon(afterQuote: key.style != .plain) else {
                position = end
                return key
            }
            guard startLine == lineStart else { throw error(.multiLineKey, at: start) }
            value = try flowValue(indent: indent, afterQuote: key.style != .plain)
        }
        var entries = YAMLEntries()
        try entries.append(key, value)
        return node(
            .mapping(entries.list), .flowPair, from: start,
            to: max(key.end.offset, value.end.offset))
    }

    private mutating func flowMappingEntry(
        indent: Int
    ) throws(YAMLError) -> (YAMLNode, YAMLNode) {
        if isIndicator("?") {
            position += 1
            try passFlowSpace(indent: indent)
        }
        let next = peek()
        let key: YAMLNode
        if isFlowColon(afterQuote: false) || next == UInt8(ascii: ",")
            || next == UInt8(ascii: "}") || next == UInt8(ascii: "]")
        {
            key = empty(at: position)
        } else {
            key = try flowNode(indent: indent)
        }
        let (end, endLine) = (position, lineStart)
        try passFlowSpace(indent: indent)
        let quoted = key.style != .plain && key.style != .empty
        guard isFlowColon(afterQuote: quoted) else {
            (position, lineStart) = (end, endLine)
            return (key, empty(at: end))
        }
        return (key, try flowValue(indent: indent, afterQuote: quoted))
    }

    /// A colon that separates a key from its value; behind a quote or a bracket it always does.
    private func isFlowColon(afterQuote: Bool) -> Bool {
        guard peek() == UInt8(ascii: ":") else { return false }
        let next = peek(1)
        return afterQuote || YAMLCharacters.isSeparator(next)
            || YAMLCharacters.isFlowIndicator(next)
    }

    private mutating func flowValue(
        indent: Int, afterQuote: Bool
    ) throws(YAMLError) -> YAMLNode {
        position += 1
        let colonEnd = position
        try passFlowSpace(indent: indent)
        switch peek() {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), YAMLCharacters.end:
            return empty(at: colonEnd)
        default:
            if position == colonEnd && !afterQuote { throw error(.spaceNeededAfterColon) }
            return try flowNode(indent: indent)
        }
    }

    /// Passes blanks, comments and line breaks between the parts of a flow collection.
    private mutating func passFlowSpace(indent: Int) throws(YAMLError) {
        var separated = position == lineStart
        while true {
            let byte = peek()
            if YAMLCharacters.isBlank(byte) {
                passBlanks()
                separated = true
            } else if byte == UInt8(ascii: "#") {
                guard separated else { throw error(.commentNeedsSpace) }
                passToBreak()
            } else if YAMLCharacters.isBreak(byte) {
                passBreak()
                try checkFlowLine(indent: indent)
                separated = true
            } else {
                return
            }
        }
    }

    /// A line inside brackets that has content is indented deep enough.
    private mutating func checkFlowLine(indent: Int) throws(YAMLError) {
        if isAtMarker { throw error(.markerInside) }
        passSpaces()
        let spaces = position - lineStart
        passBlanks()
        let byte = peek()
        if YAMLCharacters.isBreakOrEnd(byte) || byte == UInt8(ascii: "#") { return }
        if spaces < indent {
            throw error(position > lineStart + spaces ? .tabIndentation : .underIndented)
        }
    }
}
