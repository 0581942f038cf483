/// Single and double quoted scalars (YAML 1.2.2, sections 5.7, 7.3.1 and 7.3.2).
extension YAMLParser {
    mutating func quoted(indent: Int) throws(YAMLError) -> YAMLNode {
        let start = position
        let quote = peek()
        let double = quote == UInt8(ascii: "\"")
        position += 1
        var text: [UInt8] = []
        while true {
            let byte = peek()
            if byte == quote {
                position += 1
                if double || peek() != quote { break }
                text.append(quote)
                position += 1
            } else if byte == YAMLCharacters.end {
                throw error(.unterminatedString, at: start)
            } else if byte == UInt8(ascii: "\\") && double {
                try escape(indent: indent, start: start, into: &text)
            } else if YAMLCharacters.isBlank(byte) {
                let run = position
                passBlanks()
                if !YAMLCharacters.isBreak(peek()) {
                    text.append(contentsOf: bytes[run..<position])
                }
            } else if YAMLCharacters.isBreak(byte) {
                let breaks = try passFold(indent: indent, start: start)
                text.append(contentsOf: Self.folded(breaks))
            } else {
                let run = position
                while !isSpecial(peek(), quote: quote) { position += 1 }
                text.append(contentsOf: bytes[run..<position])
            }
        }
        return node(
            .string(String(decoding: text, as: UTF8.self)), double ? .doubleQuoted : .singleQuoted,
            from: start, to: position)
    }

    private func isSpecial(_ byte: UInt8, quote: UInt8) -> Bool {
        byte == quote || byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"")
            || YAMLCharacters.isSeparator(byte)
    }

    /// Passes line breaks and the blanks around them; the count of breaks.
    private mutating func passFold(indent: Int, start: Int) throws(YAMLError) -> Int {
        var breaks = 0
        while YAMLCharacters.isBreak(peek()) {
            passBreak()
            breaks += 1
            if isAtMarker { throw error(.markerInside) }
            passSpaces()
            let spaces = position - lineStart
            passBlanks()
            if YAMLCharacters.isBreak(peek()) { continue }
            if peek() == YAMLCharacters.end { throw error(.unterminatedString, at: start) }
            if spaces < indent {
                throw error(position > lineStart + spaces ? .tabIndentation : .underIndented)
            }
        }
        return breaks
    }

    private mutating func escape(
        indent: Int, start: Int, into text: inout [UInt8]
    ) throws(YAMLError) {
        let backslash = position
        position += 1
        let byte = peek()
        if YAMLCharacters.isBreak(byte) {
            let breaks = try passFold(indent: indent, start: start)
            text.append(contentsOf: repeatElement(0x0A, count: breaks - 1))
            return
        }
        position += 1
        switch byte {
        case UInt8(ascii: "0"): text.append(0x00)
        case UInt8(ascii: "a"): text.append(0x07)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"), 0x09: text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "v"): text.append(0x0B)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "e"): text.append(0x1B)
        case 0x20, UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "\\"): text.append(byte)
        case UInt8(ascii: "N"): text.append(contentsOf: "\u{85}".utf8)
        case UInt8(ascii: "_"): text.append(contentsOf: "\u{A0}".utf8)
        case UInt8(ascii: "L"): text.append(contentsOf: "\u{2028}".utf8)
        case UInt8(ascii: "P"): text.append(contentsOf: "\u{2029}".utf8)
        case UInt8(ascii: "x"): try unicode(digits: 2, from: backslash, into: &text)
        case UInt8(ascii: "u"): try unicode(digits: 4, from: backslash, into: &text)
        case UInt8(ascii: "U"): try unicode(digits: 8, from: backslash, into: &text)
        default: throw error(.badEscape, at: backslash)
        }
    }

    /// A character by number. A pair of `\u` surrogates is read as JSON reads it.
    private mutating func unicode(
        digits: Int, from backslash: Int, into text: inout [UInt8]
    ) throws(YAMLError) {
        guard var number = hex(digits) else { throw error(.badUnicodeEscape, at: backslash) }
        if digits == 4, (0xD800...0xDBFF).contains(number), peek() == UInt8(ascii: "\\"),
            peek(1) == UInt8(ascii: "u")
        {
            position += 2
            guard let low = hex(4), (0xDC00...0xDFFF).contains(low) else {
                throw error(.badUnicodeEscape, at: backslash)
            }
            number = 0x1_0000 + (number - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(number) else {
            throw error(.badUnicodeEscape, at: backslash)
        }
        text.append(contentsOf: String(Character(scalar)).utf8)
    }

    private mutating func hex(_ digits: Int) -> UInt32? {
        var number: UInt32 = 0
        for _ in 0..<digits {
            switch peek() {
            case 0x30...0x39: number = number << 4 | UInt32(peek() - 0x30)
            case 0x41...0x46: number = number << 4 | UInt32(peek() - 0x37)
            case 0x61...0x66: number = number << 4 | UInt32(peek() - 0x57)
            default: return nil
            }
            position += 1
        }
        return number
    }
}
