internal import RIGLoop

/// The calls that one worker holds: those somebody waits for, and those whose caller has left and
/// whose result is still to come.
@RequestLoop
struct OpenCalls {
    enum Closed {
        case call(HeldCall)
        case abandoned
        /// The worker does not hold such a call.
        case unknown
    }

    private var awaited: [(id: UInt64, call: HeldCall)] = []
    /// With the timer that ends a worker which ignores that its caller left.
    private var abandoned: [UInt64: LoopTimer] = [:]
    private var nextID: UInt64 = 1

    var count: Int { awaited.count + abandoned.count }

    func holds(_ call: HeldCall) -> Bool { awaited.contains { $0.call === call } }

    /// What the worker will name the call by.
    mutating func add(_ call: HeldCall) -> UInt64 {
        let id = nextID
        nextID += 1
        call.place = .sent(id: id)
        awaited.append((id, call))
        return id
    }

    /// Nobody waits for the call any more; false when it was not awaited.
    mutating func abandon(_ id: UInt64, patience: () -> LoopTimer) -> Bool {
        guard let index = awaited.firstIndex(where: { $0.id == id }) else { return false }
        awaited.remove(at: index)
        abandoned[id] = patience()
        return true
    }

    /// The call's result has come.
    mutating func close(_ id: UInt64) -> Closed {
        if let timer = abandoned.removeValue(forKey: id) {
            EventLoop.shared.cancel(timer)
            return .abandoned
        }
        guard let index = awaited.firstIndex(where: { $0.id == id }) else { return .unknown }
        return .call(awaited.remove(at: index).call)
    }

    /// The same without an end of it.
    func find(_ id: UInt64) -> Closed {
        if let call = awaited.first(where: { $0.id == id })?.call { return .call(call) }
        return abandoned[id] == nil ? .unknown : .abandoned
    }

    /// Takes all out; those that somebody waits for are returned.
    mutating func removeAll() -> [HeldCall] {
        for timer in abandoned.values { EventLoop.shared.cancel(timer) }
        abandoned = [:]
        defer { awaited = [] }
        return awaited.map(\.call)
    }
}
