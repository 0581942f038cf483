/// A fixed set of short texts, told apart by their first eight bytes, last eight bytes and length:
/// the keys of an object schema, the strings of an enum. Keys over 16 bytes are compared whole.
///
/// Lookup is one multiplication, one load and one compare when the compiler found a seed without
/// collisions (it nearly always does), else a short probe.
struct KeyTable {
    var entries: Ref<KeyEntry>
    var count = 0
    /// Index + 1 of the entry, or 0; a power of two of them.
    var slots: Ref<UInt32>
    var shift: UInt64 = 63
    var mask = 1
    var seed: UInt64 = 1
    /// Some key holds a backslash: the raw bytes of an escaped text could look like it.
    var holdsBackslash = false

    @inline(__always)
    func find(_ key: KeyView, _ text: Text) -> Int {
        var slot = Int(truncatingIfNeeded: KeyTable.hash(key, seed) &>> shift)
        while true {
            let index = Int(slots[slot]) &- 1
            if index < 0 { return -1 }
            if (entries + index).matches(key, text) { return index }
            slot = (slot &+ 1) & mask
        }
    }

    /// The same for a key of at most 16 bytes, which its signature holds.
    @inline(__always)
    func findShort(_ key: KeyView) -> Bool {
        var slot = Int(truncatingIfNeeded: KeyTable.hash(key, seed) &>> shift)
        while true {
            let index = Int(slots[slot]) &- 1
            if index < 0 { return false }
            if (entries + index).hasSignature(key) { return true }
            slot = (slot &+ 1) & mask
        }
    }

    @inline(__always)
    static func hash(_ key: KeyView, _ seed: UInt64) -> UInt64 {
        let tail = key.tail &* 0x9E37_79B9_7F4A_7C15
        let length = UInt64(truncatingIfNeeded: key.length) &* 0xC2B2_AE3D_27D4_EB4F
        return (key.head ^ (tail ^ (tail &>> 29)) ^ length) &* seed
    }
}

/// One text of a `KeyTable`; what the member loop compares stands in the first 64 bytes.
struct KeyEntry {
    var head: UInt64
    var tail: UInt64
    /// -1 for the entry behind the last one, which is like no key.
    var length: Int
    var node: Ref<Node>?
    /// Bytes of `head` and `tail` that count, and where the tail stands in the text.
    var headMask: UInt64 = 0
    var tailMask: UInt64 = 0
    var tailOffset = 0
    /// Of the keys an object has shown: the entry's number, modulo 64. The entry behind the last
    /// one stands for all other keys and has none.
    var bit: UInt64 = 0
    var bytes: Ref<UInt8>
    /// Stands in `properties`; otherwise only `required` or a dependency names it.
    var declared = true

    init(_ view: KeyView, bytes: Ref<UInt8>, node: Ref<Node>?, index: Int, declared: Bool) {
        head = view.head
        tail = view.tail
        length = view.length
        self.node = node
        headMask = length >= 8 ? .max : (1 << UInt64(length * 8)) - 1
        tailMask = length >= 8 ? .max : 0
        tailOffset = max(length - 8, 0)
        bit = 1 << UInt64(index & 63)
        self.bytes = bytes
        self.declared = declared
    }

    /// What follows the entries of a table: nothing is that long.
    init(others node: Ref<Node>?, bytes: Ref<UInt8>) {
        head = 0
        tail = 0
        length = -1
        self.node = node
        self.bytes = bytes
    }
}

extension Ref<KeyEntry> {
    /// The same as `matches` for a text that nobody has looked at yet: no signature is made.
    @inline(__always)
    func stands(_ text: Text, at start: Int, _ length: Int) -> Bool {
        guard it.length == length else { return false }
        let head = (text.word(start) ^ it.head) & it.headMask
        let tail = (text.word(start &+ it.tailOffset) ^ it.tail) & it.tailMask
        return head | tail == 0 && (length <= 16 || matchesMiddle(start, length, text))
    }

    /// Fields are read where they stand: a copy of the entry would go through memory.
    @inline(__always)
    func matches(_ key: KeyView, _ text: Text) -> Bool {
        hasSignature(key) && (key.length <= 16 || matchesMiddle(key.start, key.length, text))
    }

    @inline(__always)
    func hasSignature(_ key: KeyView) -> Bool {
        it.head == key.head && it.tail == key.tail && it.length == key.length
    }

    @inline(never)
    private func matchesMiddle(_ start: Int, _ length: Int, _ text: Text) -> Bool {
        var index = 8
        while index < length - 8 {
            if it.bytes[index] != text[start + index] { return false }
            index += 1
        }
        return true
    }
}

/// A text in question: where it stands, and its signature. For less than eight bytes `head`
/// holds all of them and `tail` is 0.
struct KeyView {
    var start: Int
    var length: Int
    var head: UInt64
    var tail: UInt64

    @inline(__always)
    init(_ text: Text, start: Int, length: Int) {
        self.start = start
        self.length = length
        let word = text.word(start)
        if length >= 8 {
            head = word
            tail = text.word(start &+ length &- 8)
        } else {
            head = word & ((1 &<< UInt64(truncatingIfNeeded: length &* 8)) &- 1)
            tail = 0
        }
    }

    /// The same signature over bytes that stand elsewhere (compile time, unescaped keys).
    init(bytes: some Collection<UInt8>) {
        let all = Array(bytes)
        start = 0
        length = all.count
        head = 0
        tail = 0
        for (index, byte) in all.prefix(8).enumerated() { head |= UInt64(byte) << (8 * index) }
        if all.count >= 8 {
            for (index, byte) in all.suffix(8).enumerated() { tail |= UInt64(byte) << (8 * index) }
        }
    }
}

/// Three 64-bit words that say "surely new" about most keys of an object.
struct KeyBloom {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0

    @inline(__always)
    init() {}

    /// Adds a key; true when a key before it may have been the same.
    @inline(__always)
    mutating func mayRepeat(_ key: KeyView) -> Bool {
        let hash = KeyTable.hash(key, 0xD6E8_FEB8_6659_FD93)
        let one = UInt64(1) &<< (hash &>> 58)
        let two = UInt64(1) &<< ((hash &>> 52) & 63)
        let three = UInt64(1) &<< ((hash &>> 46) & 63)
        let seen = (first & one) != 0 && (second & two) != 0 && (third & three) != 0
        first |= one
        second |= two
        third |= three
        return seen
    }
}
