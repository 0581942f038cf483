import RIGLinux
import RIGLoop
import XCTest

/// Runs each test's body on the loop, on a thread of its own.
class LoopTestCase: XCTestCase {
    override class func setUp() {
        EventLoop.startOnThread()
    }
}

/// Facts that several threads or callbacks gather, in their order.
@RequestLoop
final class Journal<Entry: Sendable> {
    private(set) var entries: [Entry] = []
    private var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?

    func note(_ entry: Entry) {
        entries.append(entry)
        if let waiter, entries.count >= waiter.count {
            self.waiter = nil
            waiter.continuation.resume()
        }
    }

    /// Suspends until so many entries are there.
    func wait(for count: Int) async {
        if entries.count >= count { return }
        await withCheckedContinuation { waiter = (count, $0) }
    }
}

/// A variable that several closures on the loop share.
@RequestLoop
final class Shared<Value> {
    var value: Value

    init(_ value: Value) {
        self.value = value
    }
}
