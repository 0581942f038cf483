/// The rule of RFC 8259 section 7 for `\u`: four hexadecimal digits, and surrogates in pairs.
enum UnicodeEscapes {
    /// The first `\u` of a text that breaks the rule. `escapes` marks the backslashes.
    static func firstFault(
        _ text: UnsafePointer<UInt8>, count: Int, escapes: UnsafePointer<UInt64>
    ) -> JSONError? {
        // SAFETY: the caller's bound; a bit is only set for a byte of the text.
        let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
        var word = 0
        while word < (count + 63) / 64 {
            var bits = unsafe escapes[word]
            while bits != 0 {
                let index = word * 64 + bits.trailingZeroBitCount
                bits &= bits &- 1
                guard index + 1 < count, unsafe bytes[index + 1] == UInt8(ascii: "u") else {
                    continue
                }
                if let fault = unsafe fault(bytes, at: index) { return fault }
            }
            word += 1
        }
        return nil
    }

    /// What is wrong with the `\u` whose backslash stands at `index`; nil when nothing is. A low
    /// surrogate is right when the high one that wants it stands directly before.
    static func fault(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> JSONError? {
        guard let unit = unsafe unit(bytes, at: index) else {
            return JSONError(.invalidEscape, at: index)
        }
        switch unit {
        case 0xD800...0xDBFF:
            guard let next = unsafe self.unit(bytes, at: index + 6), 0xDC00...0xDFFF ~= next else {
                return JSONError(.loneSurrogate, at: index)
            }
            return nil
        case 0xDC00...0xDFFF:
            // The six bytes before are an escape of their own only when their backslash is not
            // escaped; counting backslashes back to the run's start tells.
            guard let before = unsafe self.unit(bytes, at: index - 6), 0xD800...0xDBFF ~= before,
                unsafe startsEscape(bytes, at: index - 6)
            else { return JSONError(.loneSurrogate, at: index) }
            return nil
        default:
            return nil
        }
    }

    /// The code unit of the `\uXXXX` at `index`; nil when there is none.
    static func unit(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt16? {
        guard index >= 0, index + 6 <= bytes.count, unsafe bytes[index] == UInt8(ascii: "\\"),
            unsafe bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        var digit = index + 2
        while digit < index + 6 {
            guard let value = unsafe JSONText.hexValue(bytes[digit]) else { return nil }
            unit = unit << 4 | UInt16(value)
            digit += 1
        }
        return unit
    }

    private static func startsEscape(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        var run = 0
        while index - run > 0, unsafe bytes[index - run - 1] == UInt8(ascii: "\\") { run += 1 }
        return run.isMultiple(of: 2)
    }
}
