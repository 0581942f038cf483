internal import RIGLinux

/// Who is called for which descriptor. A token is (generation, slot): a report that the kernel
/// made before its watch was cancelled finds another generation and is dropped.
@RequestLoop
struct WatchTable {
    typealias Handler = @RequestLoop (Readiness) -> Void

    private struct Slot {
        var generation: UInt32
        /// -1: free.
        var fd: CInt
        var handler: Handler?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    nonisolated init() {}

    mutating func add(_ fd: CInt, _ handler: @escaping Handler) -> UInt64 {
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(generation: 0, fd: -1, handler: nil))
        }
        let generation = slots[Int(slot)].generation &+ 1
        slots[Int(slot)] = Slot(generation: generation, fd: fd, handler: handler)
        return UInt64(generation) << 32 | UInt64(slot)
    }

    /// The descriptor that was watched; nil when the token is stale.
    mutating func remove(_ token: UInt64) -> CInt? {
        guard let fd = fd(token) else { return nil }
        let slot = UInt32(truncatingIfNeeded: token)
        slots[Int(slot)].fd = -1
        slots[Int(slot)].handler = nil
        free.append(slot)
        return fd
    }

    func fd(_ token: UInt64) -> CInt? {
        let slot = Int(UInt32(truncatingIfNeeded: token))
        guard slot < slots.count, slots[slot].fd >= 0,
            slots[slot].generation == UInt32(truncatingIfNeeded: token >> 32)
        else { return nil }
        return slots[slot].fd
    }

    func handler(_ token: UInt64) -> Handler? {
        fd(token) == nil ? nil : slots[Int(UInt32(truncatingIfNeeded: token))].handler
    }
}
