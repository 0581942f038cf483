internal import RIGBytes
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// Reads what a worker writes on stdout or stderr, line by line, and no faster than allowed: lines
/// over the rate are dropped and counted, long ones are cut.
@RequestLoop
final class OutputCapture {
    /// No less than a pipe holds.
    private static let pipeBytesMax = 1 << 20

    private let reader: ByteReader
    private let onLine: (String) -> Void
    private var gate = LogGate()
    /// What comes up to the next line's end belongs to a line that was cut.
    private var isInCutLine = false
    private(set) var lastLine: String?

    init(_ descriptor: consuming Descriptor, onLine: @escaping (String) -> Void) throws(Errno) {
        reader = try ByteReader(descriptor, inputBytesMax: 4 * Limits.workerLogLineBytesMax)
        self.onLine = onLine
        try reader.start(
            onBytes: { [unowned self] _ in takeLines() }, onEnd: { [unowned self] _ in takeRest() })
    }

    /// Reports what is in the pipe still, what stands without a line's end and how much was
    /// dropped, and stops.
    func close() {
        reader.readRest(bytesMax: Self.pipeBytesMax)
        takeRest()
        if gate.dropped > 0 { onLine(LogGate.notice(gate.dropped)) }
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
            isInCutLine = false
            start = index + 1
        }
        reader.take(start)
        if bytes.count >= Limits.workerLogLineBytesMax {
            takeRest()
            isInCutLine = true
        }
    }

    private func emit(_ range: ByteRange) {
        guard !isInCutLine else { return }
        let cut = ByteRange(
            offset: range.offset, count: min(range.count, Limits.workerLogLineBytesMax))
        let verdict = gate.pass(bytes: cut.count, at: MonotonicClock.nowNanoseconds())
        if verdict.droppedBefore > 0 { onLine(LogGate.notice(verdict.droppedBefore)) }
        guard verdict.passes else { return }
        let line = reader.input.string(cut)
        if !line.isEmpty { lastLine = line }
        onLine(line)
    }
}
