/// Literal `|` and folded `>` scalars (YAML 1.2.2, section 8.1).
extension YAMLParser {
    private enum Chomping { case strip, clip, keep }

    mutating func blockScalar(parent: Int) throws(YAMLError) -> YAMLNode {
        let start = position
        let isFolded = peek() == UInt8(ascii: ">")
        let (chomping, extra) = try blockHeader()
        var end = position
        if YAMLCharacters.isBreak(peek()) { passBreak() }
        let indent =
            if let extra { max(parent, 0) + extra } else { try blockIndent(parent: parent) }

        var text: [UInt8] = []
        var pending = 0
        var hasText = false
        var lastWasSpaced = false
        while position < bytes.count {
            let lineBegin = position
            while peek() == 0x20 && position - lineStart < indent { position += 1 }
            if YAMLCharacters.isBreak(peek()) {
                passBreak()
                pending += 1
                continue
            }
            if peek() == YAMLCharacters.end {
                if position > lineBegin { pending += 1 }
                break
            }
            guard position - lineStart == indent, indent > parent, !isAtMarker else {
                if peek() == 0x09 { throw error(.tabIndentation) }
                position = lineBegin
                break
            }
            let spaced = YAMLCharacters.isBlank(peek())
            if hasText {
                let keepsBreak = !isFolded || spaced || lastWasSpaced
                if keepsBreak { text.append(0x0A) }
                if !keepsBreak && pending == 0 { text.append(0x20) }
            }
            text.append(contentsOf: repeatElement(0x0A, count: pending))
            pending = 0
            let run = position
            passToBreak()
            text.append(contentsOf: bytes[run..<position])
            (hasText, lastWasSpaced) = (true, spaced)
            end = position
            if YAMLCharacters.isBreak(peek()) { passBreak() }
        }
        // The end of the text ends its last line too, so a missing final break changes no value.
        if chomping != .strip && hasText { text.append(0x0A) }
        if chomping == .keep {
            text.append(contentsOf: repeatElement(0x0A, count: pending))
            if pending > 0 { end = position }
        }
        return node(
            .string(String(decoding: text, as: UTF8.self)), isFolded ? .folded : .literal,
            from: start, to: end)
    }

    /// Indentation and chomping indicators, in either order, then at most a comment.
    private mutating func blockHeader() throws(YAMLError) -> (Chomping, Int?) {
        position += 1
        var chomping: Chomping?
        var indent: Int?
        while true {
            let byte = peek()
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+"), chomping == nil {
                chomping = byte == UInt8(ascii: "-") ? .strip : .keep
            } else if (0x31...0x39).contains(byte), indent == nil {
                indent = Int(byte - 0x30)
            } else {
                break
            }
            position += 1
        }
        let indicatorsEnd = position
        passBlanks()
        if peek() == UInt8(ascii: "#") {
            guard position > indicatorsEnd else { throw error(.commentNeedsSpace) }
            passToBreak()
        }
        guard YAMLCharacters.isBreakOrEnd(peek()) else { throw error(.badBlockHeader) }
        return (chomping ?? .clip, indent)
    }

    /// The indentation of the first line that is not blank, the cursor left where it is.
    private mutating func blockIndent(parent: Int) throws(YAMLError) -> Int {
        let (back, backLine) = (position, lineStart)
        defer { (position, lineStart) = (back, backLine) }
        var deepestBlank = 0
        var deepestAt = position
        while true {
            passSpaces()
            let spaces = position - lineStart
            if YAMLCharacters.isBreak(peek()) {
                if spaces > deepestBlank { (deepestBlank, deepestAt) = (spaces, position) }
                passBreak()
                continue
            }
            if peek() == YAMLCharacters.end {
                return max(deepestBlank, spaces, parent + 1)
            }
            if spaces <= parent || isAtMarker { return max(deepestBlank, parent + 1) }
            if deepestBlank > spaces { throw error(.badBlockIndentation, at: deepestAt) }
            return spaces
        }
    }
}
