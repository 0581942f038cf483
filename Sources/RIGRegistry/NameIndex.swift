package import RIGBytes

/// Finds a number by the bytes of a name, without making a `String` of them.
///
/// Built once a snapshot, read by every call: open addressing over FNV-1a, at most half full.
package struct NameIndex: Sendable {
    private struct Slot {
        var hash: UInt64 = 0
        /// -1 marks a free slot.
        var value: Int32 = -1
        var start: Int32 = 0
        var count: Int32 = 0
    }

    private let slots: [Slot]
    private let names: [UInt8]

    /// Maps each name to its position in `names`; a name that stands twice keeps its first one.
    package init(_ names: [String]) {
        var size = 8
        while size < names.count * 2 { size *= 2 }
        var slots = [Slot](repeating: Slot(), count: size)
        var bytes: [UInt8] = []
        for (value, name) in names.enumerated() {
            let utf8 = Array(name.utf8)
            let hash = Self.hash(utf8)
            var at = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[at].value >= 0 { at = (at + 1) & (size - 1) }
            slots[at] = Slot(
                hash: hash, value: Int32(value), start: Int32(bytes.count),
                count: Int32(utf8.count))
            bytes += utf8
        }
        self.slots = slots
        self.names = bytes
    }

    /// The number of the name that stands in a part of `buffer`, or nil.
    package func find(_ buffer: ByteBuffer, _ range: ByteRange) -> Int? {
        var hash = Self.seed
        for offset in range.offset..<range.end { hash = Self.step(hash, buffer[offset]) }
        return find(hash, count: range.count) { buffer[range.offset + $0] }
    }

    /// The number of `name`, or nil.
    package func find(_ name: String) -> Int? {
        let utf8 = Array(name.utf8)
        return find(Self.hash(utf8), count: utf8.count) { utf8[$0] }
    }

    @inline(__always)
    private func find(_ hash: UInt64, count: Int, _ byte: (Int) -> UInt8) -> Int? {
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: hash) & mask
        while slots[at].value >= 0 {
            if slots[at].hash == hash, Int(slots[at].count) == count, matches(slots[at], byte) {
                return Int(slots[at].value)
            }
            at = (at + 1) & mask
        }
        return nil
    }

    @inline(__always)
    private func matches(_ slot: Slot, _ byte: (Int) -> UInt8) -> Bool {
        for index in 0..<Int(slot.count) where names[Int(slot.start) + index] != byte(index) {
            return false
        }
        return true
    }

    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(seed, step)
    }
}
