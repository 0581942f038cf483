package import RIGBytes

/// 128 bits that name one call: 48 bits of milliseconds since 1970, then 80 random bits. Later ids
/// of one source are greater, in value and in text, so that a log sorts by its ids.
///
/// Text: 26 characters of Crockford's base 32 (no I, L, O, U), as in `01K9Z6Q8R3T5V7X9ZB1D3F5H7J`.
package struct CallID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    /// The length of the text form.
    package static let textBytes = 26

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the text form; nil for anything that `text` would not write.
    package init?(_ text: String) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for byte in text.utf8 {
            guard let digit = Self.value(of: byte) else { return nil }
            // 26 digits hold 130 bits: the first one may only use three of its five.
            if count == 0, digit > 7 { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
            count += 1
            if count > Self.textBytes { return nil }
        }
        guard count == Self.textBytes else { return nil }
        self.init(high: high, low: low)
    }

    /// When the id was made, in milliseconds since 1970.
    package var milliseconds: UInt64 { high >> 16 }

    package static func < (one: CallID, other: CallID) -> Bool {
        one.high == other.high ? one.low < other.low : one.high < other.high
    }

    /// Appends the 26 characters without making a string.
    package func append(to buffer: ByteBuffer) {
        buffer.append(characters.span)
    }

    package var text: String {
        let characters = characters
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.textBytes)
        for index in 0..<Self.textBytes { bytes.append(characters[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Two words give twelve characters each from 60 bits, and the highest eight bits the first two:
    /// every audit row and every frame holds an id, so it is spelled without branches.
    private var characters: [26 of UInt8] {
        var characters: [26 of UInt8] = .init(repeating: 0)
        Self.spell(low, 12, endingAt: 26, into: &characters)
        Self.spell(low >> 60 | high << 4, 12, endingAt: 14, into: &characters)
        Self.spell(high >> 56, 2, endingAt: 2, into: &characters)
        return characters
    }

    private static func spell(
        _ bits: UInt64, _ count: Int, endingAt end: Int, into characters: inout [26 of UInt8]
    ) {
        var rest = bits
        var place = end
        while place > end - count {
            place -= 1
            characters[place] = character(of: UInt8(truncatingIfNeeded: rest & 31))
            rest >>= 5
        }
    }

    package var description: String { text }

    /// The alphabet leaves out I, L, O and U, so each of them moves what follows by one.
    private static func character(of digit: UInt8) -> UInt8 {
        func past(_ last: UInt8) -> UInt8 { digit > last ? 1 : 0 }
        return digit &+ 0x30 &+ past(9) &* 7 &+ past(17) &+ past(19) &+ past(21) &+ past(26)
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x48: character - 0x41 + 10
        case 0x4A...0x4B: character - 0x4A + 18
        case 0x4D...0x4E: character - 0x4D + 20
        case 0x50...0x54: character - 0x50 + 22
        case 0x56...0x5A: character - 0x56 + 27
        default: nil
        }
    }
}

/// Makes call ids, strictly growing, without a system call and without an allocation.
///
/// The random bits come from a generator seeded once by the system: ids are unique, not secret.
/// Whatever must not be guessed (approval tokens) has to draw from the system itself.
package struct CallIDSource: Sendable {
    private var state: UInt64
    private var last = CallID(high: 0, low: 0)

    /// Seeded by the system.
    package init() {
        var system = SystemRandomNumberGenerator()
        self.init(seed: system.next())
    }

    /// Seeded by the caller, for tests.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next id. `milliseconds` is the wall clock since 1970; should it step back, the ids go on
    /// growing from the latest time seen.
    package mutating func next(milliseconds: UInt64) -> CallID {
        if milliseconds > last.milliseconds {
            last = CallID(high: milliseconds << 16 | random() & 0xFFFF, low: random())
        } else {
            // Within a millisecond the random part grows by a random step, so that neighbours
            // cannot be counted, and carries into the high word instead of wrapping.
            let (low, carried) = last.low.addingReportingOverflow(random() >> 32 + 1)
            last = CallID(high: carried ? last.high &+ 1 : last.high, low: low)
        }
        return last
    }

    /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
