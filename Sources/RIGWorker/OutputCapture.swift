internal import RIGBytes
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// Reads what a worker writes on stdout or stderr, line by line, and no faster than allowed: lines
/// over the rate are dropped and counted, long ones are cut.
@RequestLoop
final class OutputCapture {
    private let reader: ByteReader
    private let onLine: (String) -> Void
    private var windowStart: UInt64 = 0
    private var windowBytes = 0
    private var dropped = 0
    private(set) var lastLine: String?

    init(_ descriptor: consuming Descriptor, onLine: @escaping (String) -> Void) throws(Errno) {
        reader = try ByteReader(descriptor, inputBytesMax: 4 * Limits.workerLogLineBytesMax)
        self.onLine = onLine
        try reader.start(
            onBytes: { [unowned self] _ in takeLines() }, onEnd: { [unowned self] _ in takeRest() })
    }

    /// Reports what stands without a line's end, and stops.
    func close() {
        takeRest()
        reader.close()
    }

    private func takeRest() {
        guard !reader.input.isEmpty else { return }
        emit(reader.input.range)
        reader.take(reader.input.count)
    }

    private func takeLines() {
        let bytes = reader.input
        var start = 0
        for index in 0..<bytes.count where bytes[index] == UInt8(ascii: "\n") {
            emit(ByteRange(offset: start, count: index - start))
            start = index + 1
        }
        reader.take(start)
        if bytes.count >= Limits.workerLogLineBytesMax { takeRest() }
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
        let line = reader.input.string(cut)
        if !line.isEmpty { lastLine = line }
        onLine(line)
    }
}
