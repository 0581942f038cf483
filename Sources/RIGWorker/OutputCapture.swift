internal import RIGBytes
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRedact

/// Reads what a worker writes on stdout or stderr, line by line, and no faster than allowed: lines
/// over the rate are dropped and counted, long ones are cut, secrets are taken out before.
@RequestLoop
final class OutputCapture {
    /// No less than a pipe holds.
    private static let pipeBytesMax = 1 << 20

    private let reader: ByteReader
    private static let inputBytesMax = 4 * Limits.workerLogLineBytesMax
    private let redactor: Redactor?
    private let onLine: (String) -> Void
    private var gate = LogGate()
    /// What comes up to the next line's end belongs to a line that was cut.
    private var isInCutLine = false
    private(set) var lastLine: String?

    init(
        _ descriptor: consuming Descriptor, _ redactor: Redactor?,
        onLine: @escaping (String) -> Void
    ) throws(Errno) {
        reader = try ByteReader(descriptor, inputBytesMax: Self.inputBytesMax)
        self.redactor = redactor
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
        if bytes.count >= Limits.workerLogLineBytesMax { takeLongLine() }
    }

    /// Shows what there is of a line that does not end, but for the beginning of a secret, and none
    /// of what follows up to the line's end.
    private func takeLongLine() {
        let bytes = reader.input
        guard let redactor else {
            takeRest()
            isInCutLine = true
            return
        }
        let settled = redactor.settledBytes(bytes, bytes.range)
        if settled > 0 {
            emit(ByteRange(offset: 0, count: settled))
            reader.take(settled)
            isInCutLine = true
        } else if bytes.count >= Self.inputBytesMax {
            if !isInCutLine {
                onLine("a line was withheld: it begins like a secret and does not end")
            }
            reader.take(bytes.count)
            isInCutLine = true
        }
    }

    private func emit(_ range: ByteRange) {
        guard !isInCutLine else { return }
        var (buffer, whole) = (reader.input, range)
        // Before the cut, which would leave the beginning of a secret.
        if case .redacted(let clean) = redactor?.redact(buffer, range, .text) {
            (buffer, whole) = (clean, clean.range)
        }
        let cut = ByteRange(
            offset: whole.offset, count: min(whole.count, Limits.workerLogLineBytesMax))
        let verdict = gate.pass(bytes: cut.count, at: MonotonicClock.nowNanoseconds())
        if verdict.droppedBefore > 0 { onLine(LogGate.notice(verdict.droppedBefore)) }
        guard verdict.passes else { return }
        let line = buffer.string(cut)
        if !line.isEmpty { lastLine = line }
        onLine(line)
    }
}
