internal import RIGBytes

/// Integers as text, without a String between.
enum DecimalDigits {
    /// A sign, twenty digits, and a comma.
    private static let bytesMax = 22

    static func append(_ value: Int64, to buffer: ByteBuffer, comma: Bool = false) {
        append(value.magnitude, isNegative: value < 0, to: buffer, comma: comma)
    }

    static func append(
        _ magnitude: UInt64, isNegative: Bool = false, to buffer: ByteBuffer, comma: Bool = false
    ) {
        let room = unsafe Room(buffer, atLeast: bytesMax)
        var cursor = unsafe room.start
        if comma {
            unsafe cursor.pointee = UInt8(ascii: ",")
            unsafe cursor += 1
        }
        if isNegative {
            unsafe cursor.pointee = UInt8(ascii: "-")
            unsafe cursor += 1
        }
        var power = magnitude
        var count = 1
        while power >= 10 {
            power /= 10
            count += 1
        }
        // SAFETY: at most 20 digits, a sign and a comma stand in the room.
        var left = magnitude
        var place = count
        while place > 0 {
            place -= 1
            unsafe cursor[place] = UInt8(truncatingIfNeeded: left % 10) + 0x30
            left /= 10
        }
        unsafe room.commit(upTo: cursor + count)
    }
}
