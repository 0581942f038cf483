internal import CScan

/// ASCII bytes that the grammar of JSON names.
enum Byte {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let minus = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let dot = UInt8(ascii: ".")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")
    static let lowerE = UInt8(ascii: "e")
    static let upperE = UInt8(ascii: "E")

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }
}

/// The bytes under a walk. A wrapper of one pointer, so that the bound is argued in one place.
///
/// SAFETY: every offset that a walk forms is a structural position of the scanned text, or lies
/// between two of them, plus at most 64 bytes; the scanner promises these readable.
@safe
struct Text {
    let base: UnsafePointer<UInt8>

    @inline(__always)
    init(_ base: UnsafePointer<UInt8>) {
        unsafe self.base = base
    }

    @inline(__always)
    subscript(_ offset: Int) -> UInt8 { unsafe base[offset] }

    /// Eight bytes from `offset`, the first in the lowest bits.
    @inline(__always)
    func word(_ offset: Int) -> UInt64 {
        unsafe UInt64(
            littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    /// Bit i says whether the byte at `offset + i` is a digit, for 16 bytes.
    @inline(__always)
    func digits(_ offset: Int) -> UInt32 {
        unsafe rig_digits16(base + offset)
    }

    /// The same for bytes that are not the digit zero.
    @inline(__always)
    func nonzeros(_ offset: Int) -> UInt32 {
        unsafe rig_nonzeros16(base + offset)
    }

    @inline(__always)
    func pointer(_ offset: Int) -> UnsafePointer<UInt8> {
        unsafe base + offset
    }
}

/// A place in the array of structural positions; the cursor of every walk.
///
/// SAFETY: the scanner repeats the last closer past the end as often as brackets can be open, so
/// a walk that counts depth meets a closer before it leaves the array.
@safe
struct Position: Equatable {
    let pointer: UnsafePointer<UInt32>

    @inline(__always)
    init(_ pointer: UnsafePointer<UInt32>) {
        unsafe self.pointer = pointer
    }

    /// The text offset that stands `index` places from here.
    @inline(__always)
    subscript(_ index: Int) -> Int { unsafe Int(truncatingIfNeeded: pointer[index]) }

    @inline(__always)
    static func + (left: Position, right: Int) -> Position {
        unsafe Position(left.pointer + right)
    }

    @inline(__always)
    static func - (left: Position, right: Position) -> Int {
        unsafe left.pointer - right.pointer
    }

    @inline(__always)
    static func == (left: Position, right: Position) -> Bool {
        unsafe left.pointer == right.pointer
    }
}

/// A record of a compiled program.
///
/// SAFETY: programs are immutable and their storage outlives every walk that runs them; records
/// hold indexes and pointers into that same storage only.
@safe
struct Ref<Record> {
    let pointer: UnsafePointer<Record>

    @inline(__always)
    init(_ pointer: UnsafePointer<Record>) {
        unsafe self.pointer = pointer
    }

    @inline(__always)
    var it: Record {
        unsafeAddress { unsafe pointer }
    }

    @inline(__always)
    subscript(_ index: Int) -> Record {
        unsafeAddress { unsafe pointer + index }
    }

    @inline(__always)
    static func + (left: Ref, right: Int) -> Ref {
        unsafe Ref(left.pointer + right)
    }
}
