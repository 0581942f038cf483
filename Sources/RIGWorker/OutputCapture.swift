internal import RIGBytes
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// Reads what a worker writes on stdout or stderr, line by line, and no faster than allowed: lines
/// over the rate are dropped and counted, long ones are cut.
@RequestLoop
final class OutputCapture {
    private let fd: CInt
    private let onLine: (String) -> Void
    private var watch: Watch?
    private let pending = ByteBuffer(capacity: 512)
    private var windowStart: UInt64 = 0
    private var windowBytes = 0
    private var dropped = 0
    private(set) var lastLine: String?

    init(_ fd: CInt, onLine: @escaping (String) -> Void) throws(Errno) {
        self.fd = fd
        self.onLine = onLine
        watch = try EventLoop.shared.watch(fd, .readable) { [unowned self] _ in receive() }
    }

    /// Takes what is still there, as far as it is there now, and stops.
    func close() {
        receive()
        if pending.count > 0 { emit(pending.range) }
        stop()
    }

    private func stop() {
        if let watch { EventLoop.shared.cancel(watch) }
        watch = nil
    }

    /// One read a tick: a flood has to share the loop with everything else.
    private func receive() {
        guard watch != nil else { return }
        do {
            // SAFETY: the room is committed before anything else uses the buffer.
            let room = unsafe pending.unsafeRoom(atLeast: Limits.workerLogLineBytesMax)
            switch unsafe try Transmit.read(fd, into: room) {
            case .bytes(let count):
                pending.commit(count)
                takeLines()
            case .end:
                stop()
            case .wouldBlock:
                break
            }
        } catch {
            stop()
        }
    }

    private func takeLines() {
        var start = 0
        for index in 0..<pending.count where pending[index] == UInt8(ascii: "\n") {
            emit(ByteRange(offset: start, count: index - start))
            start = index + 1
        }
        pending.removeFirst(start)
        if pending.count >= Limits.workerLogLineBytesMax {
            emit(pending.range)
            pending.removeAll()
        }
    }

    private func emit(_ range: ByteRange) {
        let now = MonotonicClock.nowNanoseconds()
        if now &- windowStart > 1_000_000_000 {
            if dropped > 0 { onLine("\(dropped) lines were dropped: too many a second") }
            (windowStart, windowBytes, dropped) = (now, 0, 0)
        }
        windowBytes += range.count
        guard windowBytes <= Limits.workerLogBytesPerSecond else {
            dropped += 1
            return
        }
        let cut = ByteRange(
            offset: range.offset, count: min(range.count, Limits.workerLogLineBytesMax))
        let line = pending.string(cut)
        if !line.isEmpty { lastLine = line }
        onLine(line)
    }
}
