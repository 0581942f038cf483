/// A number as it stands in a text: exact, of any size, converted only when someone asks.
///
///     JSONNumber(literal: "1e2")?.int64          // 100
///     JSONNumber(literal: "9007199254740993")    // kept; a Double would make it …992
///
/// Equality and order are those of the values. Exponents whose size passes `ExactDecimal.exponentMax`
/// count as that size.
package struct JSONNumber: Sendable {
    /// The literal, as RFC 8259 section 6 writes it.
    package let literal: String

    /// A literal that the grammar is known to accept.
    init(checked literal: String) {
        self.literal = literal
    }

    /// nil when `literal` is no JSON number.
    package init?(literal: String) {
        let isNumber = unsafe Array(literal.utf8).withUnsafeBufferPointer {
            unsafe JSONText.numberEnd($0, from: 0) == $0.count
        }
        guard isNumber else { return nil }
        self.literal = literal
    }

    package init(_ value: some BinaryInteger) {
        literal = String(value)
    }

    /// nil for infinities and for what is not a number, which JSON cannot write.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        literal = value.description
    }

    /// Whether the value has no fractional part: `1.0` and `1e2` are integers.
    package var isInteger: Bool { Int64(literal) != nil || decimal.isInteger }

    /// The value when it is an integer of 64 bits.
    package var int64: Int64? { Int64(literal) ?? decimal.int64 }

    /// The nearest double; infinite beyond the range.
    package var double: Double { Double(literal) ?? 0 }

    /// Sign, digits and exponent.
    package var decimal: ExactDecimal { ExactDecimal(literal) }
}

extension JSONNumber: Hashable, Comparable {
    package static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        left.literal == right.literal || left.decimal == right.decimal
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(decimal)
    }

    package static func < (left: JSONNumber, right: JSONNumber) -> Bool {
        if let left = Int64(left.literal), let right = Int64(right.literal) { return left < right }
        return left.decimal < right.decimal
    }
}
