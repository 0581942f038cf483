internal import RIGLoop

/// The calls that wait for a worker, in their order.
@RequestLoop
struct CallQueue {
    let countMax: Int
    private var calls: [HeldCall] = []

    init(countMax: Int) {
        self.countMax = countMax
    }

    var count: Int { calls.count }
    var isEmpty: Bool { calls.isEmpty }
    var isFull: Bool { calls.count >= countMax }

    mutating func append(_ call: HeldCall) {
        call.beginsToQueue()
        calls.append(call)
    }

    mutating func removeFirst() -> HeldCall {
        let call = calls.removeFirst()
        call.leavesQueue()
        return call
    }

    mutating func remove(_ call: HeldCall) {
        calls.removeAll { $0 === call }
    }

    /// Takes out those that are meant.
    mutating func remove(where isMeant: (HeldCall) -> Bool = { _ in true }) -> [HeldCall] {
        defer { calls.removeAll(where: isMeant) }
        return calls.filter(isMeant)
    }
}
