/// Dates and times of RFC 3339.
enum DateFormat {
    /// `2024-05-01` at the front, a day that exists.
    @inline(__always)
    static func isDate(_ bytes: FormatBytes) -> Bool {
        guard let year = bytes.number(at: 0, digits: 4), bytes[4] == Byte.minus,
            let month = bytes.number(at: 5, digits: 2), bytes[7] == Byte.minus,
            let day = bytes.number(at: 8, digits: 2)
        else { return false }
        guard month >= 1, month <= 12, day >= 1 else { return false }
        if day <= 28 { return true }
        if month == 2 {
            return day == 29 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        }
        return day <= (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31)
    }

    static func isDateTime(_ bytes: FormatBytes) -> Bool {
        isDate(bytes) && bytes[10] | 0x20 == UInt8(ascii: "t") && isTime(bytes.suffix(from: 11))
    }

    /// `12:00:00.5+01:00`. Second 60 is a leap second, which only ends a day in UTC.
    @inline(__always)
    static func isTime(_ bytes: FormatBytes) -> Bool {
        guard let hour = bytes.number(at: 0, digits: 2), bytes[2] == Byte.colon,
            let minute = bytes.number(at: 3, digits: 2), bytes[5] == Byte.colon,
            let second = bytes.number(at: 6, digits: 2), hour <= 23, minute <= 59, second <= 60
        else { return false }
        var index = 8
        if bytes[8] == Byte.dot {
            index = 9
            while ASCII.isDigit(bytes[index]) { index += 1 }
            if index == 9 { return false }
        }
        var offset = 0
        if bytes[index] | 0x20 == UInt8(ascii: "z") {
            index += 1
        } else {
            let sign = bytes[index]
            guard sign == Byte.plus || sign == Byte.minus,
                let hours = bytes.number(at: index + 1, digits: 2), bytes[index + 3] == Byte.colon,
                let minutes = bytes.number(at: index + 4, digits: 2), hours <= 23, minutes <= 59
            else { return false }
            offset = (hours * 60 + minutes) * (sign == Byte.plus ? 1 : -1)
            index += 6
        }
        guard index == bytes.count else { return false }
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
        for index in 0..<36 {
            let byte = bytes[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                if byte != Byte.minus { return false }
            } else if !ASCII.isHex(byte) {
                return false
            }
        }
        return true
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
