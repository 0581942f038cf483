/// Points in time as RFC 3339 text in UTC.
///
///     Timestamp.text(milliseconds: 0)                        // "1970-01-01T00:00:00.000Z"
///     Timestamp.milliseconds("1970-01-01T01:00:00+01:00")    // 0
///
/// Days are counted in eras of 400 years, of 146097 days each, that begin on the first of March,
/// so that a leap day is the last day of its year.
package enum Timestamp {
    private static let dayMilliseconds: Int64 = 86_400_000
    private static let eraDays: Int64 = 146_097
    /// Days from 0000-03-01 to 1970-01-01.
    private static let epochDays: Int64 = 719_468

    /// With exactly three fraction digits; years 0000 to 9999.
    package static func text(milliseconds: Int64) -> String {
        let days = floor(milliseconds, dayMilliseconds)
        var rest = milliseconds - days * dayMilliseconds
        let (year, month, day) = date(days: days)
        let fraction = rest % 1000
        rest /= 1000
        var text: [UInt8] = []
        text.reserveCapacity(24)
        append(year, 4, "-", to: &text)
        append(month, 2, "-", to: &text)
        append(day, 2, "T", to: &text)
        append(rest / 3600, 2, ":", to: &text)
        append(rest / 60 % 60, 2, ":", to: &text)
        append(rest % 60, 2, ".", to: &text)
        append(fraction, 3, "Z", to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// nil for what is no RFC 3339 date-time. Digits past milliseconds are dropped; a leap second
    /// (":60") counts as the second after it.
    package static func milliseconds(_ text: String) -> Int64? {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"),
            let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"),
            let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2), let fraction = reader.fraction(),
            let offset = reader.offsetMinutes(), reader.isAtEnd,
            (1...12).contains(month), day >= 1, day <= Self.days(year: year, month: month),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset
        return (minutes * 60 + second) * 1000 + fraction
    }

    private static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
        value >= 0 ? value / unit : -((-value + unit - 1) / unit)
    }

    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + epochDays
        let era = floor(shifted, eraDays)
        let dayOfEra = shifted - era * eraDays
        let leapDays = dayOfEra / 1460 - dayOfEra / 36524 + dayOfEra / (eraDays - 1)
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // Months from March on have 31, 30, 31, 30, 31 days and again: 153 every five.
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = floor(marchYear, 400)
        let yearOfEra = marchYear - era * 400
        let marchMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * eraDays + dayOfEra - epochDays
    }

    private static func days(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2:
            year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
                ? 29 : 28
        default: 31
        }
    }

    private static func append(
        _ value: Int64, _ width: Int, _ separator: Unicode.Scalar, to text: inout [UInt8]
    ) {
        var unit: Int64 = 1
        for _ in 1..<width { unit *= 10 }
        while unit > 0 {
            text.append(UInt8(truncatingIfNeeded: value / unit % 10) + 0x30)
            unit /= 10
        }
        text.append(UInt8(ascii: separator))
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        var isAtEnd: Bool { index == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        mutating func digit() -> Int64? {
            guard index < bytes.count, (0x30...0x39).contains(bytes[index]) else { return nil }
            index += 1
            return Int64(bytes[index - 1] - 0x30)
        }

        mutating func number(_ width: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<width {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Milliseconds of an optional fraction; nil for a point without digits.
        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            guard var value = digit() else { return nil }
            var digits = 1
            while let digit = digit() {
                if digits < 3 { value = value * 10 + digit }
                digits = min(digits + 1, 3)
            }
            while digits < 3 {
                value *= 10
                digits += 1
            }
            return value
        }

        mutating func offsetMinutes() -> Int64? {
            if take("Z") || take("z") { return 0 }
            let isBehind = take("-")
            guard isBehind || take("+"), let hours = number(2), take(":"),
                let minutes = number(2), hours < 24, minutes < 60
            else { return nil }
            return (hours * 60 + minutes) * (isBehind ? -1 : 1)
        }
    }
}
