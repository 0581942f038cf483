// The exact paths: keys after unescaping, and whether two of an object are the same.

/// Hexadecimal digits of `\u` escapes, which stage 1 has checked.
enum Hexadecimal {
    static func four(_ text: Text, _ start: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<4 { value = value << 4 | digit(text[start + index]) }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt32 {
        byte <= Byte.nine ? UInt32(byte & 15) : UInt32(byte & 7) + 9
    }
}

extension Walk {
    /// Bytes of a string without escapes.
    struct Plain {
        let text: Text
        let length: Int
    }

    /// A string's bytes after unescaping, in scratch; valid until the next call.
    func unescape(_ start: Int, _ length: Int) -> Plain {
        let count = unescape(start, length, at: 0)
        return unsafe Plain(text: Text(state.pointee.scratch.bytes), length: count)
    }

    /// Unescapes to `offset` of scratch and tells the length; never longer than it was.
    func unescape(_ start: Int, _ length: Int, at offset: Int) -> Int {
        unsafe state.pointee.scratch.reserveBytes(offset + length)
        // SAFETY: the line above left room for `length` bytes at `offset`.
        let out = unsafe state.pointee.scratch.bytes + offset
        var count = 0
        var index = start
        let end = start + length
        while index < end {
            let byte = text[index]
            if byte != Byte.backslash {
                unsafe out[count] = byte
                count += 1
                index += 1
                continue
            }
            let name = text[index + 1]
            if name == UInt8(ascii: "u") {
                var scalar = Hexadecimal.four(text, index + 2)
                index += 6
                if scalar & 0xFC00 == 0xD800 {
                    let low = Hexadecimal.four(text, index + 2)
                    scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (low & 0x3FF)
                    index += 6
                }
                unsafe count += Walk.encode(scalar, out + count)
            } else {
                unsafe out[count] = Walk.escaped(name)
                count += 1
                index += 2
            }
        }
        return count
    }

    private static func escaped(_ name: UInt8) -> UInt8 {
        switch name {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: name
        }
    }

    private static func encode(_ scalar: UInt32, _ out: UnsafeMutablePointer<UInt8>) -> Int {
        // SAFETY: at most 4 bytes where the escape took at least 6.
        func put(_ index: Int, _ value: UInt32) {
            unsafe out[index] = UInt8(truncatingIfNeeded: value)
        }
        if scalar < 0x80 {
            put(0, scalar)
            return 1
        }
        if scalar < 0x800 {
            put(0, 0xC0 | scalar >> 6)
            put(1, 0x80 | scalar & 0x3F)
            return 2
        }
        if scalar < 0x10000 {
            put(0, 0xE0 | scalar >> 12)
            put(1, 0x80 | scalar >> 6 & 0x3F)
            put(2, 0x80 | scalar & 0x3F)
            return 3
        }
        put(0, 0xF0 | scalar >> 18)
        put(1, 0x80 | scalar >> 12 & 0x3F)
        put(2, 0x80 | scalar >> 6 & 0x3F)
        put(3, 0x80 | scalar & 0x3F)
        return 4
    }

    /// The entry of a key that holds escapes, or -1.
    @inline(never)
    func findUnescaped(_ rule: Ref<ObjectRule>, _ key: KeyView) -> Int {
        let plain = unescape(key.start, key.length)
        let view = KeyView(plain.text, start: 0, length: plain.length)
        return rule.it.table.find(view, plain.text)
    }

    /// The position behind a value, by its brackets alone. Never past the end.
    func skip(_ at: Position) -> Position {
        var place = at
        var open = 0
        repeat {
            let first = text[place[0]]
            if first == Byte.quote {
                place = place + 2
                continue
            }
            if first == Byte.openBrace || first == Byte.openBracket { open += 1 }
            if first == Byte.closeBrace || first == Byte.closeBracket { open -= 1 }
            place = place + 1
        } while unsafe open > 0 && place.pointer < state.pointee.end.pointer
        return place
    }

    /// Whether no two keys of the object are the same after unescaping. Looks at the whole object
    /// at once, so a loop asks at most once; of malformed text it says true, the loop will tell.
    @inline(never)
    func hasUniqueKeys(_ open: Position) -> Bool {
        var at = open + 1
        var count = 0
        var used = 0
        while text[at[0]] == Byte.quote && text[at[2]] == Byte.colon {
            let start = at[0] + 1
            let length = at[1] - start
            var entry = WalkScratch.Entry(
                hash: 0, start: start, length: length, unescaped: false)
            if holdsEscape(start, length) {
                let plain = unescape(start, length, at: used)
                entry = WalkScratch.Entry(
                    hash: 0, start: used, length: plain, unescaped: true)
                used += plain
            }
            unsafe state.pointee.scratch.set(count, entry)
            count += 1
            let after = skip(at + 3)
            guard text[after[0]] == Byte.comma else {
                at = after
                break
            }
            at = after + 1
        }
        guard spend(at - open) else { return false }
        return insertAll(count)
    }

    private func insertAll(_ count: Int) -> Bool {
        let mask = unsafe state.pointee.scratch.clearSlots(count)
        for index in 0..<count {
            // SAFETY: `index` was set above, and slots are more than there are entries.
            var entry = unsafe state.pointee.scratch.entries[index]
            var hasher = unsafe WalkHasher(seed: state.pointee.seed)
            hasher.add(home(entry), entry.start, entry.length)
            entry.hash = hasher.state
            unsafe state.pointee.scratch.entries[index] = entry
            var slot = Int(truncatingIfNeeded: hasher.state) & mask
            while true {
                let other = unsafe Int(state.pointee.scratch.slots[slot]) - 1
                if other < 0 { break }
                if unsafe isSame(entry, state.pointee.scratch.entries[other]) { return false }
                slot = (slot + 1) & mask
            }
            unsafe state.pointee.scratch.slots[slot] = UInt32(index + 1)
        }
        return true
    }

    private func home(_ entry: WalkScratch.Entry) -> Text {
        unsafe entry.unescaped ? Text(state.pointee.scratch.bytes) : text
    }

    private func isSame(_ left: WalkScratch.Entry, _ right: WalkScratch.Entry) -> Bool {
        guard left.hash == right.hash, left.length == right.length else {
            return false
        }
        let (mine, others) = (home(left), home(right))
        for index in 0..<left.length {
            if mine[left.start + index] != others[right.start + index] { return false }
        }
        return true
    }
}
