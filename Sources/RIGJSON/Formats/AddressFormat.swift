internal import CScan

/// IP addresses: dotted decimals (RFC 2673 section 3.2) and RFC 4291 section 2.2.
enum AddressFormat {
    static func isIPv4(_ bytes: FormatBytes) -> Bool {
        var index = 0
        for part in 0..<4 {
            if part > 0 {
                guard bytes[index] == Byte.dot else { return false }
                index += 1
            }
            let start = index
            var value = 0
            while ASCII.isDigit(bytes[index]), index - start < 4 {
                value = value * 10 + Int(bytes[index] - 0x30)
                index += 1
            }
            guard index > start, value <= 255, index - start == 1 || bytes[start] != 0x30 else {
                return false
            }
        }
        return index == bytes.count
    }

    /// Eight groups, one run of them left out as `::`, the last two perhaps an IPv4 address.
    static func isIPv6(_ bytes: FormatBytes) -> Bool {
        var groups = 0
        var gap = false
        var index = 0
        if bytes[0] == Byte.colon {
            guard bytes[1] == Byte.colon else { return false }
            gap = true
            index = 2
            if index == bytes.count { return true }
        }
        while true {
            let start = index
            while ASCII.isHex(bytes[index]) { index += 1 }
            if bytes[index] == Byte.dot {
                guard isIPv4(bytes.suffix(from: start)) else { return false }
                groups += 2
                break
            }
            guard index > start, index - start <= 4 else { return false }
            groups += 1
            if index == bytes.count { break }
            guard bytes[index] == Byte.colon else { return false }
            index += 1
            if bytes[index] == Byte.colon {
                if gap { return false }
                gap = true
                index += 1
                if index == bytes.count { break }
            }
        }
        return gap ? groups <= 7 : groups == 8
    }
}

/// Mailboxes of RFC 5321 section 4.1.2, and of RFC 6531 where text may be international.
enum EmailFormat {
    static func isAddress(_ bytes: FormatBytes, international: Bool) -> Bool {
        isShort(bytes) || isPlain(bytes) || isAnyAddress(bytes, international)
    }

    /// Nearly all addresses: up to 64 bytes of letters, digits and `-._+` around one `@`, decided
    /// on masks with a bit a byte, since loops over pieces of changing length are ill foreseen.
    /// False proves nothing.
    @inline(__always)
    private static func isShort(_ bytes: FormatBytes) -> Bool {
        guard bytes.count >= 3, bytes.count <= 64 else { return false }
        let masks = bytes.addressMasks()
        let whole = UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- bytes.count)
        let at = masks.at & whole
        guard at != 0, at & (at &- 1) == 0 else { return false }
        let local = at &- 1
        let dots = masks.dots & whole
        let hyphens = masks.hyphens & whole
        // In the domain nothing but letters, digits, dots and hyphens.
        let domain = whole & ~local & ~at
        let strangers = whole & ~(masks.alphanumerics | dots | hyphens | at)
        guard strangers & ~(masks.others & local) == 0 else { return false }
        // No piece between two of @, dots and the ends is empty, and none of the domain begins or
        // ends with a hyphen.
        let last = whole & ~(whole &>> 1)
        let ends = dots | at
        let empty = ends & (ends &<< 1 | 1 | last)
        let edges = hyphens & domain & (ends &<< 1 | ends &>> 1 | last)
        return empty | edges == 0
    }

    /// Nearly all addresses, in one pass: a dotted atom, `@`, a host name. False proves nothing.
    @inline(__always)
    private static func isPlain(_ bytes: FormatBytes) -> Bool {
        var index = 0
        var inAtom = false
        while true {
            let run = bytes.alphanumerics(from: index)
            index &+= run
            inAtom = inAtom || run > 0
            guard index < bytes.count else { return false }
            let byte = bytes.at(index)
            index &+= 1
            if byte == UInt8(ascii: "@") { break }
            if byte == Byte.dot {
                guard inAtom else { return false }
                inAtom = false
            } else {
                guard isAtom(byte) else { return false }
                inAtom = true
            }
        }
        return inAtom && bytes.count &- index <= 63 && isPlainDomain(bytes, index)
    }

    /// Labels of letters, digits and hyphens from `start` to the end, 63 bytes at most.
    @inline(__always)
    private static func isPlainDomain(_ bytes: FormatBytes, _ start: Int) -> Bool {
        var index = start
        while true {
            var run = bytes.alphanumerics(from: index)
            guard run > 0 else { return false }
            index &+= run
            while index < bytes.count, bytes.at(index) == Byte.minus {
                // Hyphens, then more of the label.
                index &+= 1
                run = bytes.alphanumerics(from: index)
                index &+= run
            }
            guard run > 0 else { return false }
            if index == bytes.count { return true }
            guard bytes.at(index) == Byte.dot else { return false }
            index &+= 1
        }
    }

    @inline(never)
    private static func isAnyAddress(_ bytes: FormatBytes, _ international: Bool) -> Bool {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > 0 else { return false }
        let local = bytes[0..<at]
        let domain = bytes.suffix(from: at + 1)
        let isLocal =
            local[0] == Byte.quote
            ? isQuoted(local, international) : isDotted(local, international)
        guard isLocal else { return false }
        if domain[0] == Byte.openBracket { return isLiteral(domain) }
        return international
            ? HostFormat.isInternationalHostname(domain) : HostFormat.isPlainHostname(domain)
    }

    private static func isDotted(_ bytes: FormatBytes, _ international: Bool) -> Bool {
        var last = Byte.dot
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte == Byte.dot {
                if last == Byte.dot { return false }
            } else if !isAtom(byte) && !(international && byte >= 0x80) {
                return false
            }
            last = byte
        }
        return last != Byte.dot
    }

    /// `atext` of RFC 5322: letters, digits and !#$%&'*+-/=?^_`{|}~.
    @inline(__always)
    private static func isAtom(_ byte: UInt8) -> Bool {
        // Bit i of the two words stands for byte i.
        let low: UInt64 = 0xA3FF_ACFA_0000_0000
        let high: UInt64 = 0x7FFF_FFFF_C7FF_FFFE
        if byte >= 128 { return false }
        return ((byte < 64 ? low : high) &>> UInt64(byte & 63)) & 1 != 0
    }

    private static func isQuoted(_ bytes: FormatBytes, _ international: Bool) -> Bool {
        guard bytes.count >= 2, bytes[bytes.count - 1] == Byte.quote else { return false }
        var index = 1
        while index < bytes.count - 1 {
            let byte = bytes[index]
            if byte == Byte.backslash {
                index += 1
                guard index < bytes.count - 1, (0x20...0x7E).contains(bytes[index]) else {
                    return false
                }
            } else if byte == Byte.quote || byte == 0x7F || byte < 0x20
                || (byte >= 0x80 && !international)
            {
                return false
            }
            index += 1
        }
        return true
    }

    /// `[127.0.0.1]` or `[IPv6:::1]`.
    private static func isLiteral(_ bytes: FormatBytes) -> Bool {
        guard bytes.count > 2, bytes[bytes.count - 1] == Byte.closeBracket else { return false }
        let inner = bytes[1..<bytes.count - 1]
        if AddressFormat.isIPv4(inner) { return true }
        guard inner.count > 5, inner[0..<5].text.lowercased() == "ipv6:" else { return false }
        return AddressFormat.isIPv6(inner.suffix(from: 5))
    }
}
