import Foundation
import RIGLoop

@RequestLoop
final class Counter {
    nonisolated init() {}
    var value = 0
}

/// Told once from the loop, waited for on a test's thread.
final class Told: @unchecked Sendable {
    private let condition = NSCondition()
    private var flag = false

    var isSignalled: Bool { condition.withLock { flag } }

    func signal() {
        condition.withLock {
            flag = true
            condition.broadcast()
        }
    }

    /// false when nothing came for 20 seconds.
    func wait() -> Bool {
        let deadline = Date(timeIntervalSinceNow: 20)
        return condition.withLock {
            while !flag, condition.wait(until: deadline) {}
            return flag
        }
    }
}

/// Holds handlers until a test lets them go.
@RequestLoop
final class Gatekeeper {
    nonisolated init() {}
    private var isOpen = false
    private var waiting: [OneShot<Void>] = []

    func opened() async {
        if isOpen { return }
        let one = OneShot<Void>()
        waiting.append(one)
        await one.wait()
    }

    func open() {
        isOpen = true
        for one in waiting { one.resume(()) }
        waiting = []
    }
}

extension NSCondition {
    fileprivate func withLock<Value>(_ body: () -> Value) -> Value {
        lock()
        defer { unlock() }
        return body()
    }
}
