internal import RIGBytes
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRedact

/// Reads what a worker writes on stdout or stderr, line by line, and no faster than allowed: lines
/// over the rate are dropped and counted, long ones are cut, secrets are taken out before.
@RequestLoop
final class OutputCapture {
    private let reader: ByteReader
    private static let inputBytesMax = 4 * Limits.workerLogLineBytesMax
    private let redactor: Redactor?
    private let onLine: (String) -> Void
    private var windowStart: UInt64 = 0
    private var windowBytes = 0
    private var dropped = 0
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
        if bytes.count >= Limits.workerLogLineBytesMax { takeLongLine() }
    }

    /// Shows what there is of a line that does not end, but for the beginning of a secret: that
    /// waits for its rest.
    private func takeLongLine() {
        guard let redactor else { return takeRest() }
        let bytes = reader.input
        let settled = redactor.settledBytes(bytes, bytes.range)
        if settled > 0 {
            emit(ByteRange(offset: 0, count: settled))
            reader.take(settled)
        } else if bytes.count >= Self.inputBytesMax {
            onLine("a line was withheld: it begins like a secret and does not end")
            reader.take(bytes.count)
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
        var (buffer, whole) = (reader.input, range)
        // Before the cut, which would leave the beginning of a secret.
        if case .redacted(let clean) = redactor?.redact(buffer, range, .text) {
            (buffer, whole) = (clean, clean.range)
        }
        let cut = ByteRange(
            offset: whole.offset, count: min(whole.count, Limits.workerLogLineBytesMax))
        let line = buffer.string(cut)
        if !line.isEmpty { lastLine = line }
        onLine(line)
    }
}
