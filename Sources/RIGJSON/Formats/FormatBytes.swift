/// The bytes a format looks at: unescaped UTF-8. Reads past the end give 0, which no format allows,
/// so that checkers need no bounds of their own.
///
/// SAFETY: `base` is readable for `count` bytes; every access is compared with it.
@safe
struct FormatBytes {
    private let base: UnsafePointer<UInt8>
    let start: Int
    let count: Int

    @inline(__always)
    init(_ base: UnsafePointer<UInt8>, _ count: Int) {
        unsafe self.base = base
        self.start = 0
        self.count = count
    }

    private init(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) {
        unsafe self.base = base
        self.start = start
        self.count = count
    }

    @inline(__always)
    subscript(_ index: Int) -> UInt8 {
        index >= 0 && index < count ? unsafe base[start &+ index] : 0
    }

    /// A part; bounds that do not lie inside give an empty one.
    subscript(_ range: Range<Int>) -> FormatBytes {
        let fits = range.lowerBound >= 0 && range.upperBound <= count
        return unsafe FormatBytes(
            base, start + (fits ? range.lowerBound : 0), fits ? range.count : 0)
    }

    /// The part from `first` on.
    func suffix(from first: Int) -> FormatBytes { self[first..<max(count, first)] }

    func firstIndex(of byte: UInt8, from first: Int = 0) -> Int? {
        var index = first
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    func lastIndex(of byte: UInt8) -> Int? {
        var index = count - 1
        while index >= 0 {
            if self[index] == byte { return index }
            index -= 1
        }
        return nil
    }

    func allSatisfy(_ holds: (UInt8) -> Bool) -> Bool {
        var index = 0
        while index < count {
            if !holds(self[index]) { return false }
            index += 1
        }
        return true
    }

    /// The value of `digits` ASCII digits at `index`, or nil.
    @inline(__always)
    func number(at index: Int, digits: Int) -> Int? {
        var value = 0
        for offset in 0..<digits {
            let digit = self[index &+ offset] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    var text: String {
        unsafe String(
            decoding: UnsafeBufferPointer(start: base + start, count: count), as: UTF8.self)
    }
}

/// Classes of ASCII bytes, after RFC 5234.
enum ASCII {
    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

    @inline(__always)
    static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
}
