/// Says which fault of a text comes first, byte by byte, after a kernel has flagged that there is
/// one. Slow on purpose: it runs for refused texts only.
enum ScanDiagnosis {
    /// The first fault of `text[0..<count]` that stage 1 knows of.
    static func firstFault(_ text: UnsafePointer<UInt8>, count: Int) -> JSONError {
        // SAFETY: the caller's bound.
        let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
        var index = 0
        var opened: Int?
        while index < count {
            let byte = unsafe bytes[index]
            if byte >= 0x80 {
                guard let length = unsafe UTF8Sequence.length(bytes, at: index) else {
                    return JSONError(.invalidUTF8, at: index)
                }
                index += length
                continue
            }
            if byte == UInt8(ascii: "\\") {
                guard index + 1 < count else { break }
                let escaped = unsafe bytes[index + 1]
                guard JSONText.isEscapable(escaped) else {
                    return JSONError(.invalidEscape, at: index)
                }
                if escaped == UInt8(ascii: "u"),
                    let fault = unsafe UnicodeEscapes.fault(bytes, at: index)
                {
                    return fault
                }
                index += 2
                continue
            }
            if byte == UInt8(ascii: "\"") {
                opened = opened == nil ? index : nil
            } else if byte < 0x20, opened != nil {
                return JSONError(.controlCharacter, at: index)
            }
            index += 1
        }
        return JSONError(.unterminatedString, at: opened ?? count)
    }
}
