package import RIGBytes

/// Reads the members of an envelope where they stand, without a tree.
///
/// In: a scanned text and the position of an object. The members are visited in order; each value
/// is read, checked by a program or skipped. Every fault of the grammar, and a repeated key, makes
/// the cursor `failed`, after which it yields no more members.
///
///     var cursor = Cursor(scanner, buffer)
///     while cursor.next() {
///         if cursor.isKey("id") { id = cursor.int() }
///         else if cursor.isKey("args") { args = cursor.check(program, &checker, scanner) }
///         else { cursor.check(.any, &checker, scanner) }
///     }
///     guard cursor.isFinished else { … }        // malformed, repeated key, or bytes behind
///
/// A member whose value nobody has read, checked or skipped makes `next` fail, so that nothing
/// unchecked passes by oversight.
@safe
package struct Cursor: ~Escapable {
    /// Members an envelope may have; one with more is refused.
    package static let membersMax = 64

    private let text: Text
    private let start: Position
    private let count: Int
    private let depth: Int
    private let buffer: ByteBuffer
    private let rangeOffset: Int
    private let open: Int
    private var key = 0
    /// The index of the position where the current value begins.
    package private(set) var index = 0
    private var members = 0
    private var phase = Phase.opened
    private var bloom = KeyBloom()
    private var sawEscape = false

    private enum Phase { case opened, atValue, behindValue, closed, failed }

    /// A cursor over the object at position `index` of `scanner`, which has scanned `buffer`.
    @_lifetime(borrow scanner)
    package init(_ scanner: borrowing Scanner, _ buffer: ByteBuffer, at index: Int = 0) {
        precondition(index >= 0 && index < max(scanner.count, 1), "index names a position")
        // SAFETY: the cursor's lifetime is bound to the scanner's; the buffer is retained.
        unsafe text = Text(scanner.unsafeText)
        unsafe start = Position(scanner.unsafePositions)
        count = scanner.count
        depth = scanner.depthMax
        self.buffer = buffer
        rangeOffset = scanner.range.offset
        open = index
        self.index = index
        if count == 0 || text[start[index]] != Byte.openBrace { phase = .failed }
    }

    /// Something was malformed, or a reader met a value of another kind.
    package var failed: Bool { phase == .failed }

    /// All members were seen and the object has ended.
    package var isClosed: Bool { phase == .closed }

    /// The object has ended, and it was the whole text.
    package var isFinished: Bool { phase == .closed && index == count }

    /// The index behind the object, once it is closed.
    package var end: Int? { phase == .closed ? index : nil }

    /// Goes on to the next member; false at the end and after a fault.
    @_lifetime(self: copy self)
    package mutating func next() -> Bool {
        switch phase {
        case .opened:
            index += 1
            if byte(0) == Byte.closeBrace { return close() }
        case .behindValue:
            if byte(0) == Byte.closeBrace { return close() }
            guard byte(0) == Byte.comma else { return stop() }
            index += 1
        case .atValue, .closed, .failed:
            // A value that was neither read nor skipped has not been checked by anyone.
            return phase == .closed ? false : stop()
        }
        guard index + 3 < count, byte(0) == Byte.quote, byte(2) == Byte.colon else {
            return stop()
        }
        key = index
        members += 1
        guard members <= Self.membersMax, isNewKey() else { return stop() }
        index += 3
        phase = .atValue
        return true
    }

    /// Whether the current member's key is `name`, compared after unescaping.
    package func isKey(_ name: StaticString) -> Bool {
        equals(key, name)
    }

    /// Whether the current value is a string, and this one.
    package func isString(_ value: StaticString) -> Bool {
        byte(0) == Byte.quote && equals(index, value)
    }

    package var isNull: Bool { first(index) == UInt8(ascii: "n") }
    package var isObject: Bool { first(index) == Byte.openBrace }
    package var isString: Bool { first(index) == Byte.quote }

    /// The current key as text.
    package var keyText: String { decode(key) }

    /// Checks the current value by `program`; its bytes, relative to the buffer, or nil.
    @_lifetime(self: copy self)
    @discardableResult
    package mutating func check(
        _ program: SchemaProgram, _ checker: inout Checker, _ scanner: borrowing Scanner
    ) -> ByteRange? {
        guard phase == .atValue, let after = checker.check(program, scanner, buffer, at: index),
            after < count
        else { return refuse() }
        return leave(to: after)
    }

    /// Skips the current value by its brackets alone, for one that is checked later at `index`: the
    /// later check must end at `indexBehind`. Its bytes, relative to the buffer.
    @_lifetime(self: copy self)
    package mutating func skipUnchecked() -> (range: ByteRange, index: Int, indexBehind: Int)? {
        guard phase == .atValue else { return nil }
        let value = index
        var place = index
        var nesting = 0
        repeat {
            guard place < count else {
                _ = stop()
                return nil
            }
            let byte = first(place)
            if byte == Byte.quote {
                place += 2
                continue
            }
            if byte == Byte.openBrace || byte == Byte.openBracket { nesting += 1 }
            if byte == Byte.closeBrace || byte == Byte.closeBracket { nesting -= 1 }
            place += 1
        } while nesting > 0
        guard nesting == 0, place < count, let range = leave(to: place) else {
            _ = stop()
            return nil
        }
        return (range, value, place)
    }

    /// Goes on behind a nested object that another cursor has read to `end`; fails on nil.
    @_lifetime(self: copy self)
    @discardableResult
    package mutating func skip(to end: Int?) -> ByteRange? {
        guard phase == .atValue, let end, end > index, end < count else { return refuse() }
        return leave(to: end)
    }

    /// The current value as text, or nil (and `failed`) when it is no string.
    @_lifetime(self: copy self)
    package mutating func string() -> String? {
        guard phase == .atValue, byte(0) == Byte.quote else {
            _ = stop()
            return nil
        }
        let text = decode(index)
        _ = leave(to: index + 2)
        return text
    }

    @_lifetime(self: copy self)
    package mutating func bool() -> Bool? {
        guard phase == .atValue, let value = literal() else {
            _ = stop()
            return nil
        }
        _ = leave(to: index + 1)
        return value
    }

    /// True when the value is `null`, which is then read.
    @_lifetime(self: copy self)
    package mutating func null() -> Bool {
        guard phase == .atValue, scalar() == "null" else { return false }
        _ = leave(to: index + 1)
        return true
    }

    /// A whole number of 64 bits, however it is written (`100`, `1e2`).
    @_lifetime(self: copy self)
    package mutating func int() -> Int64? {
        guard let value = number()?.int64 else {
            _ = stop()
            return nil
        }
        return value
    }

    @_lifetime(self: copy self)
    package mutating func double() -> Double? {
        number()?.double
    }

    @_lifetime(self: copy self)
    private mutating func number() -> JSONNumber? {
        guard phase == .atValue, let value = JSONNumber(literal: scalar()) else {
            _ = stop()
            return nil
        }
        _ = leave(to: index + 1)
        return value
    }
}

extension Cursor {
    private func first(_ place: Int) -> UInt8 { text[start[place]] }
    private func byte(_ ahead: Int) -> UInt8 { text[start[index + ahead]] }

    @_lifetime(self: copy self)
    private mutating func close() -> Bool {
        index += 1
        phase = index <= count ? .closed : .failed
        return false
    }

    @_lifetime(self: copy self)
    private mutating func stop() -> Bool {
        phase = .failed
        return false
    }

    @_lifetime(self: copy self)
    private mutating func refuse() -> ByteRange? {
        phase = .failed
        return nil
    }

    /// Goes behind the current value.
    @_lifetime(self: copy self)
    private mutating func leave(to after: Int) -> ByteRange? {
        let from = start[index]
        // The value's last byte stands before the separator, white space aside.
        var end = start[after]
        while end > from && Byte.isSpace(text[end - 1]) { end -= 1 }
        index = after
        phase = .behindValue
        return ByteRange(offset: rangeOffset + from, count: end - from)
    }

    /// The bytes of a number or literal.
    private func scalar() -> String {
        let from = start[index]
        var end = start[index + 1]
        while end > from && Byte.isSpace(text[end - 1]) { end -= 1 }
        // SAFETY: `from..<end` lies between two positions of the text.
        return unsafe String(
            decoding: UnsafeBufferPointer(start: text.pointer(from), count: end - from),
            as: UTF8.self)
    }

    private func literal() -> Bool? {
        switch scalar() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    private func decode(_ place: Int) -> String {
        let from = start[place] + 1
        // SAFETY: stage 1 has paired the quotes, and checked the string between them.
        return unsafe JSONText.string(
            UnsafeBufferPointer(start: text.pointer(from), count: start[place + 1] - from))
    }

    private func equals(_ place: Int, _ name: StaticString) -> Bool {
        let from = start[place] + 1
        let length = start[place + 1] - from
        var same = length == name.utf8CodeUnitCount
        var escaped = false
        for offset in 0..<length {
            let byte = text[from + offset]
            if byte == Byte.backslash {
                escaped = true
                break
            }
            // SAFETY: `same` holds only while the lengths agree, so `offset` lies in `name`.
            if same, unsafe byte != name.utf8Start[offset] { same = false }
        }
        if !escaped { return same }
        return CodePoints.equal(decode(place), name.description)
    }

    /// At most `membersMax` keys are compared with each other, and seldom any.
    @_lifetime(self: copy self)
    private mutating func isNewKey() -> Bool {
        let from = start[key] + 1
        let view = KeyView(text, start: from, length: start[key + 1] - from)
        var escaped = false
        for offset in 0..<view.length where text[from + offset] == Byte.backslash {
            escaped = true
        }
        // Once a key was escaped, the signature no longer tells keys apart.
        sawEscape = sawEscape || escaped
        guard bloom.mayRepeat(view) || sawEscape else { return true }
        var place = open + 1
        while place < key {
            if isSameKey(place, key) { return false }
            place = behind(place + 3) + 1
        }
        return true
    }

    private func isSameKey(_ left: Int, _ right: Int) -> Bool {
        let (mine, others) = (start[left] + 1, start[right] + 1)
        let (length, other) = (start[left + 1] - mine, start[right + 1] - others)
        var same = length == other
        for offset in 0..<length {
            let byte = text[mine + offset]
            if byte == Byte.backslash { return CodePoints.equal(decode(left), decode(right)) }
            if same && byte != text[others + offset] { same = false }
        }
        if same { return true }
        for offset in 0..<other where text[others + offset] == Byte.backslash {
            return CodePoints.equal(decode(left), decode(right))
        }
        return false
    }

    private func behind(_ place: Int) -> Int {
        var at = place
        var nesting = 0
        repeat {
            let byte = first(at)
            if byte == Byte.quote {
                at += 2
                continue
            }
            if byte == Byte.openBrace || byte == Byte.openBracket { nesting += 1 }
            if byte == Byte.closeBrace || byte == Byte.closeBracket { nesting -= 1 }
            at += 1
        } while nesting > 0 && at < count
        return at
    }
}
