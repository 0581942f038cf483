/// Swift jobs in the order they came; a ring that grows and never shrinks.
struct JobQueue {
    private var slots: [LoopJob?]
    private var head = 0
    private(set) var count = 0

    init(capacity: Int = 256) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a power of two")
        slots = Array(repeating: nil, count: capacity)
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ job: LoopJob) {
        if count == slots.count { grow() }
        slots[(head + count) & (slots.count - 1)] = job
        count += 1
    }

    mutating func next() -> LoopJob? {
        if count == 0 { return nil }
        let job = slots[head]
        slots[head] = nil
        head = (head + 1) & (slots.count - 1)
        count -= 1
        return job
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: nil, count: old.count * 2)
        for index in 0..<count { slots[index] = old[(head + index) & (old.count - 1)] }
        head = 0
    }
}
