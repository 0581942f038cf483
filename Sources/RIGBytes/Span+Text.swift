extension Span<UInt8> {
    /// Whether a part is `text`.
    package func equals(_ range: ByteRange, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        var index = 0
        while index < range.count {
            // SAFETY: a string literal's storage has `range.count` bytes, by the guard above.
            let wanted = unsafe text.utf8Start[index]
            if self[range.offset + index] != wanted { return false }
            index += 1
        }
        return true
    }

    /// Whether a part is `text`, which is in lower case, but for the case of ASCII letters.
    package func equalsIgnoringCase(_ range: ByteRange, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        var index = 0
        while index < range.count {
            // SAFETY: a string literal's storage has `range.count` bytes, by the guard above.
            let wanted = unsafe text.utf8Start[index]
            if Self.lowered(self[range.offset + index]) != wanted { return false }
            index += 1
        }
        return true
    }

    /// Whether two parts are the same but for the case of ASCII letters.
    package func equalsIgnoringCase(_ one: ByteRange, _ other: ByteRange) -> Bool {
        guard one.count == other.count else { return false }
        for index in 0..<one.count
        where Self.lowered(self[one.offset + index]) != Self.lowered(self[other.offset + index]) {
            return false
        }
        return true
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}
