/// Dates and times of RFC 3339.
enum DateFormat {
    /// `2024-05-01` at the front, a day that exists.
    @inline(__always)
    static func isDate(_ bytes: FormatBytes) -> Bool {
        guard bytes.count >= 10, bytes.at(4) == Byte.minus, bytes.at(7) == Byte.minus else {
            return false
        }
        let (century, year) = (bytes.pair(0), bytes.pair(2))
        let (month, day) = (bytes.pair(5), bytes.pair(8))
        guard century < 100, year < 100, month >= 1, month <= 12, day >= 1 else { return false }
        if day <= 28 { return true }
        if month == 2 {
            let isLeap = year == 0 ? century % 4 == 0 : year % 4 == 0
            return day == 29 && isLeap
        }
        return day <= (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31)
    }

    static func isDateTime(_ bytes: FormatBytes) -> Bool {
        isDate(bytes) && bytes[10] | 0x20 == UInt8(ascii: "t") && isTime(bytes, from: 11)
    }

    /// `12:00:00.5+01:00` from `start` to the end. Second 60 is a leap second, which only ends a
    /// day in UTC.
    @inline(__always)
    static func isTime(_ bytes: FormatBytes, from start: Int) -> Bool {
        guard bytes.count >= start + 9, bytes.at(start + 2) == Byte.colon,
            bytes.at(start + 5) == Byte.colon
        else { return false }
        let (hour, minute) = (bytes.pair(start), bytes.pair(start + 3))
        let second = bytes.pair(start + 6)
        guard hour <= 23, minute <= 59, second <= 60 else { return false }
        var index = start + 8
        if bytes.at(index) == Byte.dot {
            index += 1
            while ASCII.isDigit(bytes[index]) { index += 1 }
            if index == start + 9 { return false }
        }
        var offset = 0
        let sign = bytes[index]
        if sign | 0x20 == UInt8(ascii: "z") {
            guard index + 1 == bytes.count else { return false }
        } else {
            guard sign == Byte.plus || sign == Byte.minus, index + 6 == bytes.count,
                bytes.at(index + 3) == Byte.colon
            else { return false }
            let (hours, minutes) = (bytes.pair(index + 1), bytes.pair(index + 4))
            guard hours <= 23, minutes <= 59 else { return false }
            offset = (hours * 60 + minutes) * (sign == Byte.plus ? 1 : -1)
        }
        if second < 60 { return true }
        let day = 24 * 60
        return (hour * 60 + minute - offset + day) % day == day - 1
    }
}

/// Durations of ISO 8601 as RFC 3339 appendix A writes them: `P1Y2M3DT4H5M6S`, `P2W`. Between the
/// first unit and the last none may be left out.
enum DurationFormat {
    static func isDuration(_ bytes: FormatBytes) -> Bool {
        guard bytes[0] == UInt8(ascii: "P"), bytes.count > 2 else { return false }
        var index = 1
        if unit(bytes, &index, "W") { return index == bytes.count }
        let date = units(bytes, &index, ["Y", "M", "D"])
        if index == bytes.count { return date }
        guard bytes[index] == UInt8(ascii: "T") else { return false }
        index += 1
        return units(bytes, &index, ["H", "M", "S"]) && index == bytes.count
    }

    private static func units(
        _ bytes: FormatBytes, _ index: inout Int, _ names: [Unicode.Scalar]
    ) -> Bool {
        var found = false
        for name in names {
            if unit(bytes, &index, name) {
                found = true
            } else if found {
                return true
            }
        }
        return found
    }

    /// Digits and a letter; moves past them when they are there.
    private static func unit(
        _ bytes: FormatBytes, _ index: inout Int, _ name: Unicode.Scalar
    ) -> Bool {
        var end = index
        while ASCII.isDigit(bytes[end]) { end += 1 }
        guard end > index, bytes[end] == UInt8(ascii: name) else { return false }
        index = end + 1
        return true
    }
}

/// `123e4567-e89b-12d3-a456-426614174000` (RFC 9562), letters of either case.
enum UUIDFormat {
    static func isUUID(_ bytes: FormatBytes) -> Bool {
        guard bytes.count == 36 else { return false }
        // Words over 8 bytes each; the hyphens stand at 8, 13, 18 and 23.
        let (second, third) = (bytes.word(8), bytes.word(16))
        let hyphens = (second & 0xFF00_0000_00FF) ^ 0x2D00_0000_002D
        let others = (third & 0xFF00_0000_00FF_0000) ^ 0x2D00_0000_002D_0000
        let digits =
            strangers(bytes.word(0)) | strangers(bytes.word(24)) | strangers(bytes.word(28))
        let mixed =
            strangers(second) & ~0x8000_0000_0080 | strangers(third) & ~0x8000_0000_0080_0000
        return hyphens | others | digits | mixed == 0
    }

    /// The high bit of each byte that is no hexadecimal digit.
    @inline(__always)
    private static func strangers(_ word: UInt64) -> UInt64 {
        let high: UInt64 = 0x8080_8080_8080_8080
        let each: UInt64 = 0x0101_0101_0101_0101
        // Sums of seven bits and less than 0x80 carry into the high bit and no further.
        let plain = word & ~high
        let lower = plain | each &* 0x20
        let digits = (plain &+ each &* 0x50) & ~(plain &+ each &* 0x46)
        let letters = (lower &+ each &* 0x1F) & ~(lower &+ each &* 0x19)
        return (~(digits | letters) | word) & high
    }
}

/// JSON Pointers (RFC 6901) and relative ones.
enum PointerFormat {
    static func isPointer(_ bytes: FormatBytes) -> Bool {
        if bytes.count == 0 { return true }
        guard bytes[0] == UInt8(ascii: "/") else { return false }
        for index in 0..<bytes.count where bytes[index] == UInt8(ascii: "~") {
            let next = bytes[index + 1]
            if next != 0x30 && next != 0x31 { return false }
        }
        return true
    }

    /// A count of levels up, then a pointer or `#`.
    static func isRelative(_ bytes: FormatBytes) -> Bool {
        var index = 0
        while ASCII.isDigit(bytes[index]) { index += 1 }
        guard index == 1 || (index > 1 && bytes[0] != Byte.zero) else { return false }
        let rest = bytes.suffix(from: index)
        return (rest.count == 1 && rest[0] == UInt8(ascii: "#")) || isPointer(rest)
    }
}
