/// URIs of RFC 3986 and, when `international`, IRIs of RFC 3987.
struct URIFormat {
    let international: Bool

    private enum Class {
        static let unreserved: UInt8 = 1
        static let subDelimiter: UInt8 = 2
        static let path: UInt8 = 4
    }

    func isURI(_ bytes: FormatBytes) -> Bool {
        guard let colon = schemeEnd(bytes) else { return false }
        return isHierarchy(bytes, from: colon + 1)
    }

    func isReference(_ bytes: FormatBytes) -> Bool {
        if let colon = schemeEnd(bytes) { return isHierarchy(bytes, from: colon + 1) }
        // Without a scheme the first segment holds no colon.
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") {
                break
            }
            if byte == Byte.colon { return false }
        }
        return isHierarchy(bytes, from: 0)
    }

    private func schemeEnd(_ bytes: FormatBytes) -> Int? {
        guard ASCII.isLetter(bytes[0]) else { return nil }
        var index = 1
        while ASCII.isAlphanumeric(bytes[index]) || bytes[index] == Byte.plus
            || bytes[index] == Byte.minus || bytes[index] == Byte.dot
        { index += 1 }
        return bytes[index] == Byte.colon ? index : nil
    }

    private func isHierarchy(_ bytes: FormatBytes, from start: Int) -> Bool {
        var index = start
        if bytes[start] == UInt8(ascii: "/"), bytes[start + 1] == UInt8(ascii: "/") {
            index = start + 2
            let first = index
            index = plainHostEnd(bytes, from: first)
            if index < bytes.count && !Self.endsAuthority(bytes.at(index)) {
                while index < bytes.count, !Self.endsAuthority(bytes[index]) { index += 1 }
                guard isAuthority(bytes[first..<index]) else { return false }
            }
        }
        // Path, then ? query, then # fragment. A path ends at its first ?, and the others hold it
        // too, so where the query begins matters to international ones only.
        var part = 0
        while true {
            let run = bytes.pathBytes(from: index)
            if international, part == 0, bytes[index..<index + run].firstIndex(of: 0x3F) != nil {
                part = 1
            }
            index &+= run
            if index >= bytes.count { break }
            let byte = bytes.at(index)
            if byte == UInt8(ascii: "#"), part < 2 {
                part = 2
            } else if byte == UInt8(ascii: "%") {
                guard ASCII.isHex(bytes[index + 1]), ASCII.isHex(bytes[index + 2]) else {
                    return false
                }
            } else if byte >= 0x80 {
                guard let width = internationalWidth(bytes, index, isQuery: part == 1) else {
                    return false
                }
                index += width - 1
            } else {
                return false
            }
            index += 1
        }
        return true
    }

    @inline(__always)
    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// Where letters, digits, dots and hyphens end: nearly all authorities are nothing else.
    @inline(__always)
    private func plainHostEnd(_ bytes: FormatBytes, from start: Int) -> Int {
        var index = start
        while true {
            index &+= bytes.alphanumerics(from: index)
            guard bytes[index] == Byte.dot || bytes[index] == Byte.minus else { return index }
            index &+= 1
        }
    }

    /// `pchar` without percent-encoding: unreserved, sub-delims, `:` and `@`.
    @inline(__always)
    private static func isPathByte(_ byte: UInt8) -> Bool {
        let low: UInt64 = 0x2FFF_7FD2_0000_0000
        let high: UInt64 = 0x47FF_FFFE_87FF_FFFF
        if byte >= 128 { return false }
        return ((byte < 64 ? low : high) &>> UInt64(byte & 63)) & 1 != 0
    }

    /// The bytes of an `ucschar`, or of an `iprivate` in a query (RFC 3987, section 2.2).
    private func internationalWidth(_ bytes: FormatBytes, _ index: Int, isQuery: Bool) -> Int? {
        guard international else { return nil }
        let width = bytes[index] >= 0xF0 ? 4 : bytes[index] >= 0xE0 ? 3 : 2
        guard let scalar = bytes[index..<index + width].text.unicodeScalars.first?.value else {
            return nil
        }
        let isPrivate =
            (0xE000...0xF8FF).contains(scalar) || (0xF0000...0xFFFFD).contains(scalar)
            || (0x100000...0x10FFFD).contains(scalar)
        if isPrivate { return isQuery ? width : nil }
        let isCharacter =
            (0xA0...0xD7FF).contains(scalar) || (0xF900...0xFDCF).contains(scalar)
            || (0xFDF0...0xFFEF).contains(scalar)
            || (scalar >= 0x10000 && scalar & 0xFFFF <= 0xFFFD && scalar < 0xF0000)
        return isCharacter ? width : nil
    }

    /// `[userinfo @] host [: port]`.
    private func isAuthority(_ bytes: FormatBytes) -> Bool {
        var rest = bytes
        if let at = bytes.lastIndex(of: UInt8(ascii: "@")) {
            guard isName(bytes[0..<at], allowsColon: true) else { return false }
            rest = bytes.suffix(from: at + 1)
        }
        if rest[0] == Byte.openBracket {
            guard let close = rest.firstIndex(of: Byte.closeBracket),
                isLiteral(rest[1..<close])
            else { return false }
            return isPort(rest.suffix(from: close + 1))
        }
        guard let colon = rest.firstIndex(of: Byte.colon) else {
            return isName(rest, allowsColon: false)
        }
        return isName(rest[0..<colon], allowsColon: false) && isPort(rest.suffix(from: colon))
    }

    private func isPort(_ bytes: FormatBytes) -> Bool {
        if bytes.count == 0 { return true }
        return bytes[0] == Byte.colon && bytes.suffix(from: 1).allSatisfy(ASCII.isDigit)
    }

    private func isLiteral(_ bytes: FormatBytes) -> Bool {
        if AddressFormat.isIPv6(bytes) { return true }
        guard bytes[0] | 0x20 == UInt8(ascii: "v"), let dot = bytes.firstIndex(of: Byte.dot),
            dot > 1, bytes[1..<dot].allSatisfy(ASCII.isHex), dot + 1 < bytes.count
        else { return false }
        return bytes.suffix(from: dot + 1).allSatisfy {
            Self.isPathByte($0) && $0 != UInt8(ascii: "@")
        }
    }

    private func isName(_ bytes: FormatBytes, allowsColon: Bool) -> Bool {
        var index = 0
        while true {
            index &+= bytes.alphanumerics(from: index)
            if index >= bytes.count { break }
            let byte = bytes.at(index)
            if byte == UInt8(ascii: "%") {
                guard ASCII.isHex(bytes[index + 1]), ASCII.isHex(bytes[index + 2]) else {
                    return false
                }
            } else if byte >= 0x80 {
                guard let width = internationalWidth(bytes, index, isQuery: false) else {
                    return false
                }
                index += width - 1
            } else if !Self.isPathByte(byte) || byte == UInt8(ascii: "@")
                || (byte == Byte.colon && !allowsColon)
            {
                return false
            }
            index += 1
        }
        return true
    }
}

/// URI templates of RFC 6570.
enum URITemplateFormat {
    static func isTemplate(_ bytes: FormatBytes) -> Bool {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == Byte.openBrace {
                guard let close = bytes.firstIndex(of: Byte.closeBrace, from: index),
                    isExpression(bytes[index + 1..<close])
                else { return false }
                index = close + 1
                continue
            }
            guard isLiteral(byte) else { return false }
            if byte == UInt8(ascii: "%") {
                guard ASCII.isHex(bytes[index + 1]), ASCII.isHex(bytes[index + 2]) else {
                    return false
                }
            }
            index += 1
        }
        return true
    }

    /// Section 2.1 with erratum 6937: everything but controls, space, and " < > \ ^ ` { | }.
    private static func isLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F, 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: false
        default: true
        }
    }

    private static func isExpression(_ bytes: FormatBytes) -> Bool {
        var rest = bytes
        switch rest[0] {
        case UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "."), UInt8(ascii: "/"),
            UInt8(ascii: ";"), UInt8(ascii: "?"), UInt8(ascii: "&"):
            rest = rest.suffix(from: 1)
        default: break
        }
        var start = 0
        while true {
            let comma = rest.firstIndex(of: Byte.comma, from: start) ?? rest.count
            guard isVariable(rest[start..<comma]) else { return false }
            if comma == rest.count { return true }
            start = comma + 1
        }
    }

    /// A name, then `*` or `:` and a length below 10 000.
    private static func isVariable(_ bytes: FormatBytes) -> Bool {
        var end = bytes.count
        if end > 0, bytes[end - 1] == UInt8(ascii: "*") {
            end -= 1
        } else if let colon = bytes.firstIndex(of: Byte.colon) {
            let length = bytes.suffix(from: colon + 1)
            guard (1...4).contains(length.count), length[0] != Byte.zero,
                length.allSatisfy(ASCII.isDigit)
            else { return false }
            end = colon
        }
        guard end > 0 else { return false }
        var index = 0
        var mayDot = false
        while index < end {
            let byte = bytes[index]
            if byte == Byte.dot {
                guard mayDot, index + 1 < end else { return false }
                mayDot = false
            } else if byte == UInt8(ascii: "%") {
                guard index + 2 < end, ASCII.isHex(bytes[index + 1]), ASCII.isHex(bytes[index + 2])
                else { return false }
                index += 2
                mayDot = true
            } else {
                guard ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_") else { return false }
                mayDot = true
            }
            index += 1
        }
        return true
    }
}
