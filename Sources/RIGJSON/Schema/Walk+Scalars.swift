// Scalars: stage 1 gave only their first byte, so their grammar is checked here. A scalar ends
// right before the next structural position, or with white space in between.

extension Walk {
    /// Whether a scalar of `length` bytes at `at` is followed by nothing of its own.
    @inline(__always)
    func ends(_ at: Position, _ end: Int) -> Bool {
        end == at[1] || Byte.isSpace(text[end])
    }

    @inline(__always)
    func isTrue(_ at: Position) -> Bool {
        text.word(at[0]) & 0xFFFF_FFFF == 0x6575_7274 && ends(at, at[0] &+ 4)
    }

    @inline(__always)
    func isFalse(_ at: Position) -> Bool {
        text.word(at[0]) & 0xFF_FFFF_FFFF == 0x65_736C_6166 && ends(at, at[0] &+ 5)
    }

    @inline(__always)
    func isNull(_ at: Position) -> Bool {
        text.word(at[0]) & 0xFFFF_FFFF == 0x6C6C_756E && ends(at, at[0] &+ 4)
    }

    /// RFC 8259 section 6, without a look at the value.
    @inline(__always)
    func isNumber(_ at: Position) -> Bool {
        let digits = at[0] &+ (text[at[0]] == Byte.minus ? 1 : 0)
        let mask = text.digits(digits)
        let whole = (~mask).trailingZeroBitCount
        guard whole > 0, whole == 1 || text[digits] != Byte.zero else { return false }
        var end = digits &+ whole
        if text[end] == Byte.dot {
            let fraction = fractionCount(end &+ 1, mask, whole)
            if fraction == 0 { return false }
            end = end &+ 1 &+ fraction
        }
        // Sixteen digits and more may go on behind the window.
        if whole < 16 && ends(at, end) { return true }
        return isLongNumber(at)
    }

    /// Digits behind a point at `start - 1`; `mask` tells of the first 16 bytes of the number.
    @inline(__always)
    private func fractionCount(_ start: Int, _ mask: UInt32, _ whole: Int) -> Int {
        let count = (~(mask &>> UInt32(truncatingIfNeeded: whole &+ 1))).trailingZeroBitCount
        return whole &+ 1 &+ count < 16 ? count : moreDigits(start, count)
    }

    @inline(never)
    private func moreDigits(_ start: Int, _ known: Int) -> Int {
        var count = known
        while true {
            let more = (~text.digits(start &+ count)).trailingZeroBitCount
            count &+= more
            if more < 16 { return count }
        }
    }

    /// The same for numbers longer than a window, and for exponents.
    @inline(never)
    private func isLongNumber(_ at: Position) -> Bool {
        var end = at[0]
        if text[end] == Byte.minus { end += 1 }
        if text[end] == Byte.zero {
            end += 1
        } else {
            guard skipDigits(&end) else { return false }
        }
        if text[end] == Byte.dot {
            end += 1
            guard skipDigits(&end) else { return false }
        }
        if text[end] == Byte.lowerE || text[end] == Byte.upperE {
            end += 1
            if text[end] == Byte.minus || text[end] == Byte.plus { end += 1 }
            guard skipDigits(&end) else { return false }
        }
        return ends(at, end)
    }

    private func skipDigits(_ end: inout Int) -> Bool {
        let start = end
        while Byte.isDigit(text[end]) { end += 1 }
        return end > start
    }

    /// A number and its rule. Whole-number bounds are decided on floor and ceiling, exactly.
    /// Here numbers of less than 16 bytes, by two masks of them; others go the wide way.
    @inline(never)
    func number(_ rule: Ref<NumberRule>, _ at: Position) -> Bool {
        let negative = text[at[0]] == Byte.minus
        let digits = at[0] &+ (negative ? 1 : 0)
        let others = ~text.digits(digits)
        let whole = others.trailingZeroBitCount
        guard whole > 0, whole == 1 || text[digits] != Byte.zero else { return false }
        var length = whole
        var broken = false
        if text[digits &+ whole] == Byte.dot {
            let behind = UInt32(truncatingIfNeeded: whole &+ 1)
            let fraction = (others &>> behind).trailingZeroBitCount
            if fraction == 0 { return wideNumber(rule, at) }
            // The whole part is cut off below, what stands behind the fraction above.
            let above = UInt32(truncatingIfNeeded: 32 &- fraction)
            let cut = (text.nonzeros(digits) &>> behind) &<< above
            broken = cut != 0
            length = whole &+ 1 &+ fraction
        }
        guard length < 16, ends(at, digits &+ length) else { return wideNumber(rule, at) }
        if broken && rule.it.integral { return false }
        if rule.it.bounded {
            let magnitude = wholeNumber(digits, whole)
            guard isWithin(rule, magnitude, broken: broken, negative: negative) else {
                return false
            }
        }
        if rule.it.decimalCount | rule.it.valueCount == 0 { return true }
        return decimals(rule, at[0], digits &+ length)
    }

    @inline(never)
    private func decimals(_ rule: Ref<NumberRule>, _ start: Int, _ end: Int) -> Bool {
        decimals(rule, DecimalText(text, start: start, end: end))
    }

    @inline(__always)
    private func isWithin(
        _ rule: Ref<NumberRule>, _ magnitude: Int64, broken: Bool, negative: Bool
    ) -> Bool {
        let up = magnitude &+ (broken ? 1 : 0)
        let floor = negative ? 0 &- up : magnitude
        let ceiling = negative ? 0 &- magnitude : up
        return floor >= rule.it.floorMin && floor <= rule.it.floorMax
            && ceiling >= rule.it.ceilingMin && ceiling <= rule.it.ceilingMax
    }

    /// A number longer than the window: a long fraction is still decided on floor and ceiling.
    @inline(never)
    private func wideNumber(_ rule: Ref<NumberRule>, _ at: Position) -> Bool {
        let negative = text[at[0]] == Byte.minus
        let digits = at[0] &+ (negative ? 1 : 0)
        let mask = text.digits(digits)
        let whole = (~mask).trailingZeroBitCount
        guard whole > 0, whole == 1 || text[digits] != Byte.zero else { return false }
        var end = digits &+ whole
        var broken = false
        if text[end] == Byte.dot {
            let fraction = fractionCount(end &+ 1, mask, whole)
            if fraction == 0 { return false }
            broken = !isZeros(end &+ 1, fraction)
            end = end &+ 1 &+ fraction
        }
        guard whole < 16, ends(at, end) else { return longNumber(rule, at) }
        if broken && rule.it.integral { return false }
        if rule.it.bounded {
            let magnitude = wholeNumber(digits, whole)
            guard isWithin(rule, magnitude, broken: broken, negative: negative) else {
                return false
            }
        }
        if rule.it.decimalCount | rule.it.valueCount == 0 { return true }
        return decimals(rule, DecimalText(text, start: at[0], end: end))
    }

    @inline(__always)
    private func isZeros(_ start: Int, _ count: Int) -> Bool {
        guard text[start] == Byte.zero else { return false }
        var index = 1
        while index < count {
            if text[start &+ index] != Byte.zero { return false }
            index &+= 1
        }
        return true
    }

    /// The value of 1 to 15 digits, eight at a time.
    @inline(__always)
    private func wholeNumber(_ start: Int, _ count: Int) -> Int64 {
        if count <= 8 { return Int64(Walk.eightDigits(text.word(start), count)) }
        let high = Walk.eightDigits(text.word(start), count &- 8)
        let low = Walk.eightDigits(text.word(start &+ count &- 8), 8)
        return Int64(high &* 100_000_000 &+ low)
    }

    @inline(__always)
    private static func eightDigits(_ word: UInt64, _ count: Int) -> UInt64 {
        // Zeros come in from below, which are the leading digits; what stands behind goes out.
        let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* count)
        var value = (word &<< shift) & 0x0F0F_0F0F_0F0F_0F0F
        value = (value &* 2561) &>> 8
        value = ((value & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
        return ((value & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
    }

    /// Exponents and more than 15 digits: everything on exact decimals.
    @inline(never)
    private func longNumber(_ rule: Ref<NumberRule>, _ at: Position) -> Bool {
        guard isNumber(at) else { return false }
        var end = at[0]
        while end < at[1] && !Byte.isSpace(text[end]) { end += 1 }
        let number = DecimalText(text, start: at[0], end: end)
        if rule.it.integral && !number.isInteger { return false }
        if rule.it.bounded {
            guard rule.it.floorMin == Int64.min || number.compare(rule.it.floorMin) >= 0,
                rule.it.ceilingMax == Int64.max || number.compare(rule.it.ceilingMax) <= 0,
                rule.it.ceilingMin == Int64.min || number.compare(rule.it.ceilingMin - 1) > 0,
                rule.it.floorMax == Int64.max || number.compare(rule.it.floorMax + 1) < 0
            else { return false }
        }
        return decimals(rule, number)
    }

    @inline(never)
    private func decimals(_ rule: Ref<NumberRule>, _ number: DecimalText) -> Bool {
        var index = 0
        while index < rule.it.decimalCount {
            guard let decimal = rule.it.decimals, decimal[index].holds(number) else {
                return false
            }
            index += 1
        }
        guard rule.it.valueCount > 0, let values = rule.it.values else { return true }
        index = 0
        while index < rule.it.valueCount {
            if number.compare(values[index].number) == 0 { return true }
            index += 1
        }
        return false
    }

    /// A string and its rule. Raw bytes settle nearly all: a code point takes 1 to 12 of them.
    @inline(never)
    func string(_ rule: Ref<StringRule>, _ at: Position) -> Bool {
        let start = at[0] &+ 1
        let length = at[1] &- start
        if let set = rule.it.set {
            let found = set.it.find(KeyView(text, start: start, length: length), text)
            if found >= 0 && !set.it.holdsBackslash {
                return rule.it.onlySet || otherThanSet(rule, start, length)
            }
            guard holdsEscape(start, length) || found >= 0 else { return false }
            return stringSlowly(rule, start, length)
        }
        return lengthsHold(rule, start, length) && otherThanLengths(rule, start, length)
    }

    /// A string of a list without backslashes, and nothing else to look at.
    @inline(never)
    func listed(_ rule: Ref<StringRule>, _ at: Position) -> Bool {
        guard let set = rule.it.set else { return false }
        let start = at[0] &+ 1
        let length = at[1] &- start
        // No call but the last one, so that nothing is saved around this.
        if length > 16 { return isListedLong(rule, start, length) }
        if set.it.findShort(KeyView(text, start: start, length: length)) { return true }
        return isListedEscaped(rule, start, length)
    }

    @inline(never)
    private func isListedLong(_ rule: Ref<StringRule>, _ start: Int, _ length: Int) -> Bool {
        guard let set = rule.it.set else { return false }
        return set.it.find(KeyView(text, start: start, length: length), text) >= 0
            || isListedEscaped(rule, start, length)
    }

    @inline(never)
    private func isListedEscaped(
        _ rule: Ref<StringRule>, _ start: Int, _ length: Int
    ) -> Bool {
        holdsEscape(start, length) && stringSlowly(rule, start, length)
    }

    /// A string of which only the length counts.
    @inline(never)
    func text(_ rule: Ref<StringRule>, _ at: Position) -> Bool {
        let start = at[0] &+ 1
        return lengthsHold(rule, start, at[1] &- start)
    }

    @inline(never)
    private func otherThanSet(_ rule: Ref<StringRule>, _ start: Int, _ length: Int) -> Bool {
        lengthsHold(rule, start, length) && otherThanLengths(rule, start, length)
    }

    @inline(__always)
    private func lengthsHold(_ rule: Ref<StringRule>, _ start: Int, _ length: Int) -> Bool {
        if length < rule.it.lengthMin { return false }
        if length >= rule.it.enoughBytes && length <= rule.it.lengthMax { return true }
        if !holdsEscape(start, length) && !holdsNonASCII(start, length) {
            return length <= rule.it.lengthMax
        }
        let count = codePoints(start, length)
        return count >= rule.it.lengthMin && count <= rule.it.lengthMax
    }

    @inline(__always)
    private func otherThanLengths(_ rule: Ref<StringRule>, _ start: Int, _ length: Int) -> Bool {
        if rule.it.pattern == nil && rule.it.format == .none { return true }
        if holdsEscape(start, length) { return stringSlowly(rule, start, length) }
        return unsafe matches(rule, text.pointer(start), length)
    }

    @inline(__always)
    private func matches(
        _ rule: Ref<StringRule>, _ bytes: UnsafePointer<UInt8>, _ length: Int
    ) -> Bool {
        // SAFETY: `bytes` is readable for `length` and the slack behind it.
        if let pattern = rule.it.pattern, unsafe !pattern.it.matches(bytes, length) {
            return false
        }
        if rule.it.format == .none { return true }
        return unsafe rule.it.format.holds(bytes, length)
    }

    /// Escaped strings: unescaped into scratch when a set, a pattern or a format must see them.
    @inline(never)
    private func stringSlowly(_ rule: Ref<StringRule>, _ start: Int, _ length: Int) -> Bool {
        guard lengthsHold(rule, start, length) else { return false }
        let plain = unescape(start, length)
        if let set = rule.it.set {
            let key = KeyView(plain.text, start: 0, length: plain.length)
            guard set.it.find(key, plain.text) >= 0 else { return false }
        }
        return unsafe matches(rule, plain.text.base, plain.length)
    }

    /// Code points of a string: bytes that begin one, an escape counting once and a surrogate
    /// pair once.
    @inline(never)
    func codePoints(_ start: Int, _ length: Int) -> Int {
        var count = 0
        var index = start
        let end = start + length
        while index < end {
            let byte = text[index]
            if byte == Byte.backslash {
                if text[index + 1] == UInt8(ascii: "u") {
                    let high = Hexadecimal.four(text, index + 2)
                    index += high & 0xFC00 == 0xD800 ? 12 : 6
                } else {
                    index += 2
                }
                count += 1
            } else {
                if byte & 0xC0 != 0x80 { count += 1 }
                index += 1
            }
        }
        return count
    }
}
