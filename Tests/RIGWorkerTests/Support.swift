import RIGBytes
import RIGLinux
import RIGLoop
import RIGModel
import XCTest

@testable import RIGWorker

/// Runs each test's body on the loop, on a thread of its own.
class LoopTestCase: XCTestCase {
    override class func setUp() {
        EventLoop.startOnThread()
    }
}

/// Facts that callbacks gather, in their order, and the wait for one of them.
@RequestLoop
final class Journal<Entry: Sendable> {
    private(set) var entries: [Entry] = []
    private var waiters: [(isMet: ([Entry]) -> Bool, shot: OneShot<Void>)] = []

    func note(_ entry: Entry) {
        entries.append(entry)
        for waiter in waiters where waiter.isMet(entries) { waiter.shot.resume(()) }
        waiters.removeAll { $0.shot.isResumed }
    }

    /// Suspends until the entries satisfy the claim.
    func wait(until isMet: @escaping ([Entry]) -> Bool) async {
        if isMet(entries) { return }
        let shot = OneShot<Void>()
        waiters.append((isMet, shot))
        await shot.wait()
    }
}

extension Invocation {
    /// A call of `tool` with `args`, whose deadline is `milliseconds` from now.
    static func make(
        _ tool: String, _ args: String = "{}", withinMilliseconds milliseconds: Int = 60_000
    ) throws -> Invocation {
        let buffer = ByteBuffer(Array(args.utf8))
        return Invocation(
            tool: try XCTUnwrap(ToolName(tool)),
            correlationID: CorrelationID(CallID(high: 1, low: 2)), tenant: "test",
            actor: "tester", attempt: 1, buffer: buffer, args: buffer.range,
            deadlineNanoseconds: MonotonicClock.nowNanoseconds()
                + UInt64(milliseconds) * 1_000_000)
    }
}
