/// A bounded line of those who wait for a value, first come first served, each with its own
/// patience.
///
///     guard let place = idleWorkers.join(timeoutNanoseconds: 5_000_000_000) else { overloaded }
///     switch await place.wait() {
///     case .delivered(let worker): …
///     case .timedOut, .cancelled: …
///     }
@RequestLoop
package final class WaitQueue<Value: Sendable> {
    package enum End: Sendable {
        case delivered(Value)
        case timedOut
        /// By `Place.cancel` or `WaitQueue.cancelAll`.
        case cancelled
    }

    package let countMax: Int
    /// Those who still wait.
    package private(set) var count = 0
    /// In order; those that ended otherwise stay until they come up or outnumber the others.
    private var line: [Place] = []
    private var head = 0

    package init(countMax: Int) {
        precondition(countMax >= 0, "a count is not negative")
        self.countMax = countMax
    }

    package var isEmpty: Bool { count == 0 }
    package var isFull: Bool { count >= countMax }

    /// Takes the last place; nil when the line has its full length. Without a timeout it is held
    /// until something is delivered or it is cancelled.
    package func join(timeoutNanoseconds: UInt64? = nil) -> Place? {
        if isFull { return nil }
        let place = Place(queue: self)
        if let timeoutNanoseconds {
            place.timer = EventLoop.shared.after(nanoseconds: timeoutNanoseconds) {
                place.end(.timedOut)
            }
        }
        if head > 64 && line.count - head < head || line.count - head > 2 * count + 64 {
            line = line[head...].filter { !$0.hasEnded }
            head = 0
        }
        line.append(place)
        count += 1
        return place
    }

    /// Hands `value` to the first in line; false when nobody waits.
    package func deliver(_ value: Value) -> Bool {
        while head < line.count {
            let place = line[head]
            head += 1
            if place.end(.delivered(value)) {
                dropIfEmpty()
                return true
            }
        }
        dropIfEmpty()
        return false
    }

    /// Ends all waits, in their order.
    package func cancelAll() {
        let all = line[head...]
        line = []
        head = 0
        for place in all { place.end(.cancelled) }
    }

    private func dropIfEmpty() {
        if head < line.count { return }
        line.removeAll(keepingCapacity: true)
        head = 0
    }

    /// One who waits.
    @RequestLoop
    package final class Place {
        private let queue: WaitQueue
        private let answer = OneShot<End>()
        fileprivate var timer: LoopTimer?

        fileprivate init(queue: WaitQueue) {
            self.queue = queue
        }

        fileprivate var hasEnded: Bool { answer.isResumed }

        /// Suspends until the wait ends. Once only.
        package func wait() async -> End {
            await answer.wait()
        }

        /// Gives the place up, such as when a client has gone.
        /// - Returns: false when the wait had ended: what was delivered must still be taken.
        @discardableResult
        package func cancel() -> Bool {
            end(.cancelled)
        }

        @discardableResult
        fileprivate func end(_ end: End) -> Bool {
            if !answer.resume(end) { return false }
            queue.count -= 1
            if let timer { EventLoop.shared.cancel(timer) }
            timer = nil
            return true
        }
    }
}
