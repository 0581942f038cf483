internal import CScan

/// The bytes a format looks at: unescaped UTF-8. Reads past the end give 0, which no format allows,
/// so that checkers need no bounds of their own.
///
/// SAFETY: `base` is readable for `count` bytes and 64 more; every access is compared with `count`.
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

    /// The byte at `index`, which the caller knows to be below `count`.
    @inline(__always)
    func at(_ index: Int) -> UInt8 { unsafe base[start &+ index] }

    /// Eight bytes from `index`, all below `count`, the first in the lowest bits.
    @inline(__always)
    func word(_ index: Int) -> UInt64 {
        unsafe UInt64(
            littleEndian: UnsafeRawPointer(base + start + index).loadUnaligned(as: UInt64.self))
    }

    /// How many letters and digits stand from `index` on.
    @inline(__always)
    func alphanumerics(from index: Int) -> Int {
        var end = index
        while end < count {
            let run = unsafe (~rig_alphanumerics16(base + start + end)).trailingZeroBitCount
            end &+= run
            if run < 16 { break }
        }
        return min(end, count) &- index
    }

    /// How many bytes stand from `index` on that a path or a query of a URI holds as they are.
    @inline(__always)
    func pathBytes(from index: Int) -> Int {
        var end = index
        while end < count {
            let run = unsafe (~rig_path16(base + start + end)).trailingZeroBitCount
            end &+= run
            if run < 16 { break }
        }
        return min(end, count) &- index
    }

    /// Masks of the first 64 bytes, of which those past `count` mean nothing.
    @inline(__always)
    func addressMasks() -> rig_address_masks { unsafe rig_address64(base + start, count) }

    /// Two ASCII digits at `index`, which lie below `count`; 100 or more when they are none.
    @inline(__always)
    func pair(_ index: Int) -> Int {
        let (tens, ones) = (at(index) &- 0x30, at(index &+ 1) &- 0x30)
        return tens < 10 && ones < 10 ? Int(tens) &* 10 &+ Int(ones) : 100
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
