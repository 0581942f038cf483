package import RIGBytes

/// The preferred form of a date (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
    /// Appends the time `seconds` after 1970, which is not negative.
    package static func append(secondsSince1970 seconds: Int64, to buffer: ByteBuffer) {
        precondition(seconds >= 0, "the time is after 1970")
        let (days, second) = (Int(seconds / 86_400), Int(seconds % 86_400))
        let (year, month, day) = civil(days)
        buffer.append(name(of: days % 7, "ThuFriSatSunMonTueWed"))
        buffer.append(", " as StaticString)
        appendTwo(day, to: buffer)
        buffer.append(ByteClass.space)
        buffer.append(name(of: month - 1, "JanFebMarAprMayJunJulAugSepOctNovDec"))
        buffer.append(ByteClass.space)
        buffer.appendDecimal(year)
        buffer.append(ByteClass.space)
        appendTwo(second / 3600, to: buffer)
        buffer.append(UInt8(ascii: ":"))
        appendTwo(second / 60 % 60, to: buffer)
        buffer.append(UInt8(ascii: ":"))
        appendTwo(second % 60, to: buffer)
        buffer.append(" GMT" as StaticString)
    }

    /// The date of a day in the Gregorian calendar, counted in eras of 400 years from 1 March 0000.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func name(of index: Int, _ names: String) -> Substring.UTF8View {
        names.utf8.dropFirst(index * 3).prefix(3)
    }

    private static func appendTwo(_ value: Int, to buffer: ByteBuffer) {
        buffer.append(UInt8(truncatingIfNeeded: value / 10) &+ 0x30)
        buffer.append(UInt8(truncatingIfNeeded: value % 10) &+ 0x30)
    }
}

extension ByteBuffer {
    fileprivate func append(_ text: Substring.UTF8View) {
        append(contentsOf: text)
    }
}
