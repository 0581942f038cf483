internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// What a worker says beside its answers, on its way to the log: captured lines, log messages, and
/// what RIG has to say of it.
@RequestLoop
final class WorkerVoice {
    private let plan: WorkerPlan
    private let processID: Int32
    private var spoken = LogGate()

    init(_ plan: WorkerPlan, processID: Int32) {
        self.plan = plan
        self.processID = processID
    }

    /// Passes a log message on, no faster and no longer than captured lines.
    func tell(_ level: String, _ words: String) {
        let bytes = words.utf8
        let count = min(bytes.count, Limits.workerLogLineBytesMax)
        let verdict = spoken.pass(bytes: count, at: MonotonicClock.nowNanoseconds())
        if verdict.droppedBefore > 0 { warn(LogGate.notice(verdict.droppedBefore)) }
        guard verdict.passes else { return }
        let text =
            count < bytes.count ? String(decoding: bytes.prefix(count), as: UTF8.self) : words
        log(level, text)
    }

    /// A line of standard output.
    func inform(_ line: String) { log("info", line) }

    /// A line of standard error, or RIG's own word.
    func warn(_ line: String) { log("warning", line) }

    private func log(_ level: String, _ text: String) {
        plan.log(
            WorkerLogLine(
                namespace: plan.namespace.text, pid: processID, level: level, text: text))
    }
}
