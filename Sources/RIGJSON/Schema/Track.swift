/// One bit for each member or item of one container: evaluated by some keyword (2020-12 core,
/// section 11). SAFETY: `count` words, on the stack of the node that asks.
@safe
struct Track {
    let words: UnsafeMutablePointer<UInt64>
    let count: Int

    func mark(_ ordinal: Int) {
        // SAFETY: ordinals are below the members counted when the words were allocated.
        unsafe words[ordinal >> 6] |= 1 << UInt64(ordinal & 63)
    }

    func isMarked(_ ordinal: Int) -> Bool {
        unsafe words[ordinal >> 6] & 1 << UInt64(ordinal & 63) != 0
    }

    func add(_ other: Track) {
        for index in 0..<count { unsafe words[index] |= other.words[index] }
    }

    func markAll() {
        for index in 0..<count { unsafe words[index] = UInt64.max }
    }

    /// Runs `body` on words of its own, all clear.
    static func fresh(_ count: Int, _ body: (Track) -> Position?) -> Position? {
        unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { words in
            unsafe words.initialize(repeating: 0)
            guard let base = words.baseAddress else { return nil }
            return unsafe body(Track(words: base, count: count))
        }
    }
}
