internal import RIGBytes

/// Integers as text, without a String between.
enum DecimalDigits {
    static func append(_ value: some FixedWidthInteger, to buffer: ByteBuffer) {
        var digits: [40 of UInt8] = .init(repeating: 0)
        var place = 40
        var left = UInt128(value.magnitude)
        repeat {
            place -= 1
            digits[place] = UInt8(truncatingIfNeeded: left % 10) + 0x30
            left /= 10
        } while left > 0
        if value < 0 { buffer.append(UInt8(ascii: "-")) }
        while place < 40 {
            buffer.append(digits[place])
            place += 1
        }
    }
}
