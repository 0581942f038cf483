/// Deadlines in order, with cancelling in constant time.
///
/// A binary heap of (deadline, sequence, slot); a cancelled timer only frees its slot, and its
/// entry is dropped when it comes up or when more than half of the heap is dead. Equal deadlines
/// fire in the order they were set.
@RequestLoop
struct TimerHeap {
    /// Names one timer; harmless after it fired or was cancelled.
    struct Key: Equatable, Sendable {
        let slot: UInt32
        let sequence: UInt64
    }

    private struct Entry {
        var deadline: UInt64
        var sequence: UInt64
        var slot: UInt32

        func precedes(_ other: Entry) -> Bool {
            deadline != other.deadline
                ? deadline < other.deadline : sequence < other.sequence
        }
    }

    private struct Slot {
        /// 0: free.
        var sequence: UInt64
        var action: (@RequestLoop () -> Void)?
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private var lastSequence: UInt64 = 0
    private(set) var liveCount = 0

    nonisolated init() {}

    mutating func add(deadline: UInt64, _ action: @escaping @RequestLoop () -> Void) -> Key {
        lastSequence += 1
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
            slots[Int(slot)] = Slot(sequence: lastSequence, action: action)
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(sequence: lastSequence, action: action))
        }
        heap.append(Entry(deadline: deadline, sequence: lastSequence, slot: slot))
        rise(heap.count - 1)
        liveCount += 1
        return Key(slot: slot, sequence: lastSequence)
    }

    /// false when it fired or was cancelled before.
    mutating func cancel(_ key: Key) -> Bool {
        guard slots[Int(key.slot)].sequence == key.sequence else { return false }
        release(key.slot)
        if heap.count > 64 && liveCount * 2 < heap.count { dropDead() }
        return true
    }

    /// The earliest live deadline; drops dead entries above it.
    mutating func nextDeadline() -> UInt64? {
        while let first = heap.first {
            if isLive(first) { return first.deadline }
            removeFirst()
        }
        return nil
    }

    /// Takes one timer that is due at `now`.
    mutating func takeDue(_ now: UInt64) -> (@RequestLoop () -> Void)? {
        while let first = heap.first {
            if !isLive(first) {
                removeFirst()
                continue
            }
            if first.deadline > now { return nil }
            removeFirst()
            let action = slots[Int(first.slot)].action
            release(first.slot)
            return action
        }
        return nil
    }

    private func isLive(_ entry: Entry) -> Bool {
        slots[Int(entry.slot)].sequence == entry.sequence
    }

    private mutating func release(_ slot: UInt32) {
        slots[Int(slot)] = Slot(sequence: 0, action: nil)
        free.append(slot)
        liveCount -= 1
    }

    private mutating func dropDead() {
        heap = heap.filter { isLive($0) }
        var index = heap.count / 2
        while index > 0 {
            index -= 1
            sink(index)
        }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        if heap.isEmpty { return }
        heap[0] = last
        sink(0)
    }

    private mutating func rise(_ start: Int) {
        var index = start
        let entry = heap[index]
        while index > 0 {
            let parent = (index - 1) / 2
            if !entry.precedes(heap[parent]) { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = entry
    }

    private mutating func sink(_ start: Int) {
        var index = start
        let entry = heap[index]
        while true {
            var child = 2 * index + 1
            if child >= heap.count { break }
            if child + 1 < heap.count && heap[child + 1].precedes(heap[child]) { child += 1 }
            if !heap[child].precedes(entry) { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
