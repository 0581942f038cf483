/// Memory that a walk needs only for escaped strings, for many keys and for `uniqueItems`. Grown
/// on demand, kept between walks, so that a warm checker allocates nothing.
///
/// SAFETY: owned by one `Checker`, which releases it; the capacities below are its bounds.
@unsafe
struct WalkScratch {
    /// A text of `hasUniqueKeys` or an item of `uniqueItems`.
    struct Entry {
        var hash: UInt64
        /// An offset in the text, or in `bytes` when `unescaped`; for items the index of the
        /// position from where the array opens.
        var start: Int
        var length: Int
        var unescaped: Bool
    }

    static let slackBytes = 64

    var bytes: UnsafeMutablePointer<UInt8>
    var byteCapacity: Int
    var entries: UnsafeMutablePointer<Entry>
    var entryCapacity: Int
    var slots: UnsafeMutablePointer<UInt32>
    var slotCapacity: Int
    /// The dynamic scope: resources, outermost first.
    var scopes: UnsafeMutablePointer<UInt32>

    init() {
        unsafe byteCapacity = 1024
        unsafe bytes = .allocate(capacity: byteCapacity + Self.slackBytes)
        unsafe bytes.initialize(repeating: 0, count: byteCapacity + Self.slackBytes)
        unsafe entryCapacity = 64
        unsafe entries = .allocate(capacity: entryCapacity)
        unsafe slotCapacity = 128
        unsafe slots = .allocate(capacity: slotCapacity)
        unsafe scopes = .allocate(capacity: WalkState.nestingMax + 2)
    }

    func release() {
        unsafe bytes.deallocate()
        unsafe entries.deallocate()
        unsafe slots.deallocate()
        unsafe scopes.deallocate()
    }

    mutating func reserveBytes(_ count: Int) {
        guard unsafe count > byteCapacity else { return }
        let grown = unsafe max(count, byteCapacity * 2)
        let block = unsafe UnsafeMutablePointer<UInt8>.allocate(capacity: grown + Self.slackBytes)
        unsafe block.initialize(repeating: 0, count: grown + Self.slackBytes)
        unsafe block.update(from: bytes, count: byteCapacity)
        unsafe bytes.deallocate()
        unsafe bytes = block
        unsafe byteCapacity = grown
    }

    mutating func set(_ index: Int, _ entry: Entry) {
        if unsafe index == entryCapacity {
            let block = unsafe UnsafeMutablePointer<Entry>.allocate(capacity: entryCapacity * 2)
            unsafe block.initialize(from: entries, count: entryCapacity)
            unsafe entries.deallocate()
            unsafe entries = block
            unsafe entryCapacity *= 2
        }
        unsafe (entries + index).initialize(to: entry)
    }

    /// An empty table of at least twice `count` slots; the mask for a hash.
    mutating func clearSlots(_ count: Int) -> Int {
        var needed = 16
        while needed < count * 2 { needed *= 2 }
        if unsafe needed > slotCapacity {
            unsafe slots.deallocate()
            unsafe slots = .allocate(capacity: needed)
            unsafe slotCapacity = needed
        }
        unsafe slots.initialize(repeating: 0, count: needed)
        return needed - 1
    }
}

/// A seeded 64-bit hash over values: multiply and fold.
struct WalkHasher {
    var state: UInt64

    init(seed: UInt64) {
        state = seed ^ 0x9E37_79B9_7F4A_7C15
    }

    @inline(__always)
    mutating func add(_ value: UInt64) {
        let product = (state ^ value).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        state = (product.high ^ product.low) &+ 0xE703_7ED1_A0B4_28DB
    }

    mutating func add(_ text: Text, _ start: Int, _ length: Int) {
        var index = 0
        while index + 8 <= length {
            add(text.word(start + index))
            index += 8
        }
        let rest = text.word(start + index) & ~(UInt64.max << UInt64((length - index) * 8))
        add(rest)
        add(UInt64(truncatingIfNeeded: length))
    }
}
