/// A JSON number as the digits of its text: exact comparison and divisibility, no conversion.
///
///     -12.50e3     negative, digits 1 2 5 (zeros at both ends stripped), 10 to the 2
///
/// `digits` counts significant digits; the value is 0.d1d2d3… times 10 to the `magnitude`.
@safe
struct DecimalText {
    private let text: Text
    private let first: Int
    let digits: Int
    let magnitude: Int
    let negative: Bool

    /// `start..<end` holds a number of the grammar of RFC 8259.
    init(_ text: Text, start: Int, end: Int) {
        self.text = text
        negative = text[start] == Byte.minus
        var index = start + (negative ? 1 : 0)
        var seen = 0
        var firstAt = 0
        var significant = 0
        var whole = 0
        var point = false
        while index < end {
            let byte = text[index]
            if byte == Byte.dot {
                point = true
            } else if Byte.isDigit(byte) {
                if seen == 0 && byte == Byte.zero {
                    // A leading zero: behind the point it lowers the magnitude.
                    if point { whole -= 1 }
                } else {
                    if seen == 0 { firstAt = index }
                    seen += 1
                    if byte != Byte.zero { significant = seen }
                    if !point { whole += 1 }
                }
            } else {
                break
            }
            index += 1
        }
        var exponent = 0
        if index < end {
            index += 1
            let lowers = text[index] == Byte.minus
            if lowers || text[index] == Byte.plus { index += 1 }
            while index < end {
                // Beyond this every comparison and divisibility has long been decided.
                if exponent < 1 << 40 { exponent = exponent * 10 + Int(text[index] - Byte.zero) }
                index += 1
            }
            if lowers { exponent = -exponent }
        }
        first = firstAt
        digits = significant
        magnitude = whole + exponent
    }

    var isZero: Bool { digits == 0 }

    /// No digit stands behind the decimal point: 1.0 and 1e2 are integers, 1.5 is none.
    var isInteger: Bool { isZero || magnitude >= digits }

    /// Digit `index` of `digits`; the text is walked with the decimal point left out.
    @inline(__always)
    private func next(_ at: inout Int) -> UInt8 {
        if text[at] == Byte.dot { at += 1 }
        let digit = text[at] - Byte.zero
        at += 1
        return digit
    }

    /// -1, 0 or 1 as this is less than, equal to or greater than `other`.
    func compare(_ other: DecimalText) -> Int {
        if isZero || other.isZero {
            if isZero && other.isZero { return 0 }
            if isZero { return other.negative ? 1 : -1 }
            return negative ? -1 : 1
        }
        if negative != other.negative { return negative ? -1 : 1 }
        let order = compareMagnitude(other)
        return negative ? -order : order
    }

    private func compareMagnitude(_ other: DecimalText) -> Int {
        if magnitude != other.magnitude { return magnitude < other.magnitude ? -1 : 1 }
        var mine = first
        var others = other.first
        let shared = min(digits, other.digits)
        for _ in 0..<shared {
            let left = next(&mine)
            let right = other.next(&others)
            if left != right { return left < right ? -1 : 1 }
        }
        if digits == other.digits { return 0 }
        return digits < other.digits ? -1 : 1
    }

    /// The same against a whole number.
    func compare(_ other: Int64) -> Int {
        if other == 0 { return isZero ? 0 : negative ? -1 : 1 }
        if isZero { return other > 0 ? -1 : 1 }
        if negative != (other < 0) { return negative ? -1 : 1 }
        let order = compareMagnitude(other.magnitude)
        return negative ? -order : order
    }

    private func compareMagnitude(_ other: UInt64) -> Int {
        // 2^64 has 20 digits.
        if magnitude > 20 { return 1 }
        if magnitude < 1 { return -1 }
        var value: UInt64 = 0
        var at = first
        for index in 0..<magnitude {
            let digit = index < digits ? UInt64(next(&at)) : 0
            let (times, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) = times.addingReportingOverflow(digit)
            if over || more { return 1 }
            value = sum
        }
        if value != other { return value < other ? -1 : 1 }
        return digits > magnitude ? 1 : 0
    }

    /// Whether this is a whole multiple of `divisor` times 10 to the `exponent`, `divisor` not
    /// ending in 0: Horner over the digits, then the rest of the power of ten by squaring.
    func isMultiple(of divisor: UInt64, exponent: Int) -> Bool {
        if isZero { return true }
        var power = magnitude - digits - exponent
        // Digits have no trailing zero, so nothing divides a further ten out of them.
        if power < 0 { return false }
        var rest: UInt64 = 0
        var at = first
        for _ in 0..<digits {
            rest = Self.multiplyAdd(rest, 10, UInt64(next(&at)), divisor)
        }
        var base = 10 % divisor
        while power > 0 && rest != 0 {
            if power & 1 == 1 { rest = Self.multiplyAdd(rest, base, 0, divisor) }
            base = Self.multiplyAdd(base, base, 0, divisor)
            power >>= 1
        }
        return rest == 0
    }

    private static func multiplyAdd(
        _ left: UInt64, _ right: UInt64, _ plus: UInt64, _ divisor: UInt64
    ) -> UInt64 {
        var product = left.multipliedFullWidth(by: right)
        let (low, carry) = product.low.addingReportingOverflow(plus)
        product.low = low
        if carry { product.high += 1 }
        return divisor.dividingFullWidth((product.high % divisor, product.low)).remainder
    }

    /// The digits as a number when there are at most 19 of them, for `multipleOf`.
    var significand: UInt64? {
        guard digits > 0, digits <= 19 else { return nil }
        var value: UInt64 = 0
        var at = first
        for _ in 0..<digits { value = value * 10 + UInt64(next(&at)) }
        return value
    }

    /// The power of ten behind `significand`.
    var exponent: Int { magnitude - digits }

    /// Equal values give equal hashes, however they are written.
    func hash(into hasher: inout WalkHasher) {
        hasher.add(UInt64(bitPattern: Int64(isZero ? 0 : magnitude)))
        hasher.add(negative && !isZero ? 1 : 0)
        var at = first
        for _ in 0..<digits { hasher.add(UInt64(next(&at))) }
    }
}

extension DecimalRule {
    func holds(_ value: DecimalText) -> Bool {
        switch operation {
        case .minimum: value.compare(number) >= 0
        case .exclusiveMinimum: value.compare(number) > 0
        case .maximum: value.compare(number) <= 0
        case .exclusiveMaximum: value.compare(number) < 0
        case .multiple: value.isMultiple(of: divisor, exponent: number.exponent)
        }
    }
}
