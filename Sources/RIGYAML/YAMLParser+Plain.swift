/// Plain scalars (YAML 1.2.2, section 7.3.3).
extension YAMLParser {
    /// The part of a plain scalar that stands on this line, trailing blanks left out.
    mutating func plainLine(inFlow: Bool) throws(YAMLError) -> [UInt8] {
        try checkPlainStart(inFlow: inFlow)
        return plainRun(inFlow: inFlow)
    }

    private mutating func plainRun(inFlow: Bool) -> [UInt8] {
        let start = position
        var end = position
        while true {
            let byte = peek()
            if YAMLCharacters.isBreakOrEnd(byte) { break }
            if YAMLCharacters.isBlank(byte) {
                position += 1
                continue
            }
            if byte == UInt8(ascii: "#") && position > start && end < position { break }
            if inFlow && YAMLCharacters.isFlowIndicator(byte) { break }
            if byte == UInt8(ascii: ":") && endsPlain(peek(1), inFlow: inFlow) { break }
            position += 1
            end = position
        }
        position = end
        return Array(bytes[start..<end])
    }

    /// Appends the lines a plain scalar goes on over, folded; ends behind the last one.
    mutating func plainRest(
        indent: Int, inFlow: Bool, into text: inout [UInt8]
    ) throws(YAMLError) {
        while true {
            let (back, backLine) = (position, lineStart)
            passBlanks()
            var breaks = 0
            var spaces = 0
            while YAMLCharacters.isBreak(peek()) {
                passBreak()
                breaks += 1
                passSpaces()
                spaces = position - lineStart
                passBlanks()
            }
            let byte = peek()
            let goesOn =
                breaks > 0 && byte != YAMLCharacters.end && spaces >= indent && !isAtMarker
                && byte != UInt8(ascii: "#")
                && !(inFlow && YAMLCharacters.isFlowIndicator(byte))
                && !(byte == UInt8(ascii: ":") && inFlow && endsPlain(peek(1), inFlow: true))
            guard goesOn else {
                (position, lineStart) = (back, backLine)
                return
            }
            text.append(contentsOf: Self.folded(breaks))
            text.append(contentsOf: plainRun(inFlow: inFlow))
            if !inFlow && isAtColon { throw error(.multiLineKey) }
        }
    }

    /// Resolves the text of a plain scalar that ends at the cursor.
    func plain(_ text: [UInt8], from start: Int) throws(YAMLError) -> YAMLNode {
        guard let value = YAMLScalar.resolve(text) else {
            throw error(.numberTooLarge, at: start)
        }
        return node(value, .plain, from: start, to: position)
    }

    /// One line break folds to a space, more of them to one break less.
    static func folded(_ breaks: Int) -> [UInt8] {
        breaks == 1 ? [0x20] : Array(repeating: 0x0A, count: breaks - 1)
    }

    private func endsPlain(_ next: UInt8, inFlow: Bool) -> Bool {
        YAMLCharacters.isSeparator(next) || inFlow && YAMLCharacters.isFlowIndicator(next)
    }

    private func checkPlainStart(inFlow: Bool) throws(YAMLError) {
        let byte = peek()
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
            if endsPlain(peek(1), inFlow: inFlow) { throw error(.unexpectedIndicator) }
        case UInt8(ascii: "&"): throw error(.anchor)
        case UInt8(ascii: "*"): throw error(.alias)
        case UInt8(ascii: "!"): throw error(.tag)
        case UInt8(ascii: "@"), UInt8(ascii: "`"): throw error(.reservedIndicator)
        case _ where YAMLCharacters.isIndicator(byte): throw error(.unexpectedIndicator)
        default: break
        }
    }
}
