/// A decimal number in its one normal form: `± 0.d1 d2 … dn × 10^point`, with d1 and dn not zero.
/// Zero has no digits, point 0 and no sign. Two decimals are equal when their forms are.
package struct ExactDecimal: Hashable, Sendable {
    package private(set) var isNegative: Bool
    /// Values 0...9, the first and the last one not zero.
    package private(set) var digits: [UInt8]
    /// Where the decimal point stands, counted from before the first digit.
    package private(set) var point: Int

    /// `point` stops here: far beyond what any text of 4 GiB can say in digits.
    package static let exponentMax = 1 << 56

    /// Reads a JSON number. `literal` is one.
    init(_ literal: String) {
        isNegative = false
        digits = []
        point = 0
        var exponent = 0
        var isExponentNegative = false
        var part = Part.whole
        for byte in literal.utf8 {
            switch byte {
            case UInt8(ascii: "-"):
                if part == .exponent { isExponentNegative = true } else { isNegative = true }
            case UInt8(ascii: "."): part = .fraction
            case UInt8(ascii: "e"), UInt8(ascii: "E"): part = .exponent
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digit = byte - 0x30
                switch part {
                case .exponent:
                    exponent = min(exponent * 10 + Int(digit), 2 * Self.exponentMax)
                case .whole:
                    if digit != 0 || !digits.isEmpty {
                        digits.append(digit)
                        point += 1
                    }
                case .fraction:
                    if digit != 0 || !digits.isEmpty { digits.append(digit) } else { point -= 1 }
                }
            default: break
            }
        }
        while digits.last == 0 { digits.removeLast() }
        point += isExponentNegative ? -exponent : exponent
        point = max(-Self.exponentMax, min(point, Self.exponentMax))
        if digits.isEmpty {
            isNegative = false
            point = 0
        }
    }

    private enum Part { case whole, fraction, exponent }

    package var isInteger: Bool { digits.count <= point || digits.isEmpty }

    /// The value when it is an integer of 64 bits.
    package var int64: Int64? {
        guard isInteger, point <= 19 else { return nil }
        var value: Int64 = 0
        for place in 0..<point {
            let digit = place < digits.count ? Int64(digits[place]) : 0
            // Counted downwards, because the least Int64 has no positive counterpart.
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowToo) = product.subtractingReportingOverflow(digit)
            if overflow || overflowToo { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}

extension ExactDecimal: Comparable {
    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let (small, large) = left.isNegative ? (right, left) : (left, right)
        return small.hasLessMagnitude(than: large)
    }

    private func hasLessMagnitude(than other: ExactDecimal) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        if point != other.point { return point < other.point }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
