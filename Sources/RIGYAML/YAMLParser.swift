/// The state of one reading: a cursor over the bytes, and what stands at it.
///
/// The grammar is spread over the files beside this one: documents, block collections, block
/// scalars, flow collections, plain and quoted scalars. Each of their functions starts with the
/// cursor on its construct. Functions for block nodes end on the next content, with
/// `contentColumn` telling how deep it stands; all others end right behind their construct.
struct YAMLParser {
    let bytes: [UInt8]
    let table: YAMLLineTable
    let limits: YAMLLimits

    var position: Int
    /// The offset of the current line's first byte.
    var lineStart: Int
    /// The column (from 0) of the content at the cursor; -1 at a document marker or at the end.
    var contentColumn = -1
    /// A tab stands between the indentation and the content.
    var contentAfterTab = false
    var depth = 0

    init(_ bytes: [UInt8], from start: Int, table: YAMLLineTable, limits: YAMLLimits) {
        self.bytes = bytes
        self.table = table
        self.limits = limits
        position = start
        lineStart = start
    }

    /// The byte at the cursor, or further on; `YAMLCharacters.end` past the end.
    func peek(_ ahead: Int = 0) -> UInt8 {
        let index = position + ahead
        return index < bytes.count ? bytes[index] : YAMLCharacters.end
    }

    /// The byte at the cursor is `indicator` and something separates it from what follows.
    func isIndicator(_ indicator: Unicode.Scalar) -> Bool {
        peek() == UInt8(ascii: indicator) && YAMLCharacters.isSeparator(peek(1))
    }

    func error(_ code: YAMLError.Code, at offset: Int? = nil) -> YAMLError {
        YAMLError(code: code, position: table.position(offset ?? position))
    }

    func node(_ value: YAMLValue, _ style: YAMLStyle, from start: Int, to end: Int) -> YAMLNode {
        YAMLNode(
            value: value, style: style, start: table.position(start), end: table.position(end))
    }

    func empty(at offset: Int) -> YAMLNode { node(.null, .empty, from: offset, to: offset) }

    mutating func enter() throws(YAMLError) {
        depth += 1
        if depth > limits.depthMax { throw error(.tooDeep) }
    }

    mutating func leave() { depth -= 1 }

    // MARK: Moving on

    /// Passes one line break: LF, CR LF or CR.
    mutating func passBreak() {
        if peek() == 0x0D && peek(1) == 0x0A { position += 1 }
        position += 1
        lineStart = position
    }

    mutating func passSpaces() {
        while peek() == 0x20 { position += 1 }
    }

    mutating func passBlanks() {
        while YAMLCharacters.isBlank(peek()) { position += 1 }
    }

    mutating func passToBreak() {
        while !YAMLCharacters.isBreakOrEnd(peek()) { position += 1 }
    }

    /// `---` or `...` at the start of a line, on its own.
    var isAtMarker: Bool {
        guard position == lineStart else { return false }
        let byte = peek()
        return (byte == 0x2D || byte == 0x2E) && peek(1) == byte && peek(2) == byte
            && YAMLCharacters.isSeparator(peek(3))
    }

    /// Ends a line and passes blank lines and comments, up to the next content.
    mutating func nextContent() throws(YAMLError) {
        var onFreshLine = position == lineStart
        while true {
            let start = position
            passSpaces()
            let indentEnd = position
            passBlanks()
            let byte = peek()
            if byte == UInt8(ascii: "#") {
                guard onFreshLine || position > start else { throw error(.commentNeedsSpace) }
                passToBreak()
            } else if byte == YAMLCharacters.end {
                contentColumn = -1
                return
            } else if YAMLCharacters.isBreak(byte) {
                passBreak()
                onFreshLine = true
            } else {
                guard onFreshLine else { throw error(.trailingContent) }
                contentColumn = isAtMarker ? -1 : indentEnd - lineStart
                contentAfterTab = position > indentEnd
                return
            }
        }
    }
}
