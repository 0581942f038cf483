internal import RIGLinux
internal import RIGLoop

/// One moment by which something must have happened. Moving it further away, as every request does,
/// costs no timer: the one that is set looks again when it fires.
@RequestLoop
final class Deadline {
    var onTimeout: (@RequestLoop () -> Void)?
    private var wanted: UInt64 = .max
    private var armed: UInt64 = .max
    private var timer: LoopTimer?

    var isSet: Bool { wanted != .max }

    func set(milliseconds: Int, atMost latest: UInt64 = .max) {
        let now = MonotonicClock.nowNanoseconds()
        wanted = min(now + UInt64(milliseconds) * 1_000_000, latest)
        if wanted < armed { arm(wanted) }
    }

    /// The timer stays and may fire once for nothing.
    func clear() {
        wanted = .max
    }

    /// No moment will be set any more.
    func end() {
        wanted = .max
        onTimeout = nil
        disarm()
    }

    private func arm(_ moment: UInt64) {
        disarm()
        armed = moment
        timer = EventLoop.shared.at(moment) { [weak self] in self?.fire() }
    }

    private func disarm() {
        if let timer { EventLoop.shared.cancel(timer) }
        timer = nil
        armed = .max
    }

    private func fire() {
        timer = nil
        armed = .max
        if wanted == .max { return }
        if MonotonicClock.nowNanoseconds() < wanted { return arm(wanted) }
        wanted = .max
        onTimeout?()
    }
}
