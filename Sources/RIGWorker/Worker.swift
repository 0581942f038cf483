internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRedact
internal import RIGSandbox

/// One worker from its first frame to its end: frames out, frames in, and the calls it holds.
///
/// Whatever breaks the protocol, hangs past its grace, or closes its pipe ends the worker; its
/// calls then end with how. `onEvent` tells the pool.
@RequestLoop
final class Worker {
    enum Event {
        /// An answer came, so a place is free.
        case answered(Worker)
        /// It takes nothing more and holds nothing more.
        case ended(Worker)
        /// Its work directory is removed too; the last event.
        case gone
    }

    private enum State {
        case starting, serving, draining, ended
    }

    private let plan: WorkerPlan
    private var process: JailedProcess
    private let launch: WorkerLaunch
    private var state = State.starting
    private var calls: [(id: UInt64, call: HeldCall)] = []
    /// Calls whose caller has left, with the timer that kills a worker which ignores that.
    private var abandoned: [UInt64: LoopTimer] = [:]
    private var nextID: UInt64 = 1
    private(set) var servedCalls = 0
    private(set) var answeredCalls = 0
    /// Serves until its replacement does.
    var isDue = false
    /// Failures that the pool had seen when this one came.
    var failuresBefore = 0
    /// Looks in a row, by the pool, that found nothing done since the one before.
    private var quietLooks = 0
    private var servedCallsAtLook = 0
    private var retirement: LoopTimer?
    private let header = ByteBuffer(capacity: 1024)
    private let tail = ByteBuffer([UInt8(ascii: "}")])
    private var reader: ByteReader?
    private var writer: ByteWriter?
    private var output: [OutputCapture] = []
    /// Why RIG ended it, when it did.
    private var sentence: WorkerEnd?
    /// Nothing more comes from it.
    private var isReadingOver = false
    /// How the process ended, once it did.
    private var exit: WorkerEnd?
    private var grace: LoopTimer?
    /// Waits for `ready` or `tools`, or for the end.
    private var expected: OneShot<WorkerMessage?>?
    private let ending = OneShot<Void>()
    private var spoken = LogGate()
    var onEvent: (Event) -> Void = { _ in }

    init(_ plan: WorkerPlan, _ launch: WorkerLaunch) {
        self.plan = plan
        self.launch = launch
        process = launch.take()
    }

    var processID: Int32 { process.workerPid }
    /// Calls that are open in the worker; one whose caller has left is, until its result comes.
    var held: Int { calls.count + abandoned.count }
    /// Takes another call. One that RIG ends or that closed its pipe takes none, though its process
    /// may last a little longer: a call given to it would have an unknown outcome for nothing.
    var isFree: Bool { isServing && held < plan.limits.concurrency }
    /// Takes calls, though perhaps not one more at this moment.
    var isServing: Bool {
        state == .serving && sentence == nil && !isReadingOver && exit == nil
    }
    func holds(_ call: HeldCall) -> Bool { calls.contains { $0.call === call } }

    // Life

    /// Begins to read what the worker says.
    func open() throws(Errno) {
        _ = try EventLoop.shared.onExit(of: process.launcherPidfd) { _ in self.exited() }
        do throws(Errno) {
            try openPipes()
        } catch {
            isReadingOver = true
            throw error
        }
    }

    private func openPipes() throws(Errno) {
        let writer = try ByteWriter(process.takeToWorker(), queueBytesMax: plan.unsentBytesMax)
        // Reported in a later tick, when the worker may have ended and be gone already.
        writer.onFailure = { [weak self] _ in self?.endProcess() }
        self.writer = writer
        for (pipe, isError) in [(0, false), (1, true)] {
            let descriptor = pipe == 0 ? process.takeOutput() : process.takeErrors()
            output.append(
                try OutputCapture(descriptor, plan.redactor) { [unowned self] in
                    report($0, isError)
                })
        }
        let reader = try ByteReader(
            process.takeFromWorker(), inputBytesMax: plan.frameBytesMax + Frame.headerBytes)
        self.reader = reader
        try reader.start(
            onBytes: { _ in self.takeFrames() },
            onEnd: { _ in
                self.isReadingOver = true
                self.endProcess()
                self.finishIfOver()
            })
    }

    /// Sends a message and waits for the worker's next one that is not a log line; nil when it
    /// ended or `milliseconds` passed, which ends it.
    func ask(
        _ write: (inout JSONWriter) -> Void, withinMilliseconds milliseconds: Int
    ) async -> WorkerMessage? {
        guard state != .ended else { return nil }
        let answer = OneShot<WorkerMessage?>()
        expected = answer
        let timer = EventLoop.shared.after(nanoseconds: UInt64(milliseconds) * 1_000_000) {
            self.kill(.late(milliseconds: milliseconds))
        }
        post(write)
        let message = await answer.wait()
        EventLoop.shared.cancel(timer)
        return message
    }

    /// From now on the worker takes calls; it may have ended since it was ready.
    /// - Parameter onDue: Called when it has lived for as long as a worker may.
    func serve(onDue: @escaping @RequestLoop () -> Void) {
        guard state != .ended else { return }
        precondition(state == .starting, "a worker begins to serve once")
        state = .serving
        let lifetime = UInt64(plan.limits.lifetimeMilliseconds) * 1_000_000
        retirement = EventLoop.shared.after(nanoseconds: lifetime, onDue)
    }

    /// How many looks in a row, this one included, found it with nothing to do since the last.
    func look() -> Int {
        quietLooks = held == 0 && servedCalls == servedCallsAtLook ? quietLooks + 1 : 0
        servedCallsAtLook = servedCalls
        return quietLooks
    }

    /// Takes no more calls, and ends once it has answered those it holds.
    func drain() {
        guard state == .serving || state == .starting else { return }
        state = .draining
        finishDraining()
    }

    private func finishDraining() {
        guard state == .draining, held == 0, grace == nil else { return }
        post { Self.writeType("shutdown", to: &$0) }
        grace = patience()
    }

    /// Kills the worker unless it is cancelled before.
    private func patience() -> LoopTimer {
        let nanoseconds = UInt64(plan.limits.graceMilliseconds) * 1_000_000
        return EventLoop.shared.after(nanoseconds: nanoseconds) { self.kill(.stopped) }
    }

    /// Ends the worker now; its calls end with `end`.
    func kill(_ end: WorkerEnd) {
        guard state != .ended, sentence == nil else { return }
        sentence = end
        endProcess()
    }

    private func endProcess() {
        guard exit == nil else { return }
        do {
            try process.kill()
        } catch {
            // The launcher does not listen: its death is the worker's.
            do { try process.killLauncher() } catch { report("cannot be killed: \(error)", true) }
        }
    }

    private func exited() {
        exit = Self.end(process)
        // What it answered before it ended still counts; the pipe ends with the process.
        finishIfOver()
    }

    private func finishIfOver() {
        guard state != .ended, let exit, isReadingOver else { return }
        let end = sentence ?? exit
        sentence = end
        let wasDraining = state == .draining
        state = .ended
        reader?.close()
        writer?.close()
        for capture in output { capture.close() }
        if let grace { EventLoop.shared.cancel(grace) }
        if let retirement { EventLoop.shared.cancel(retirement) }
        for timer in abandoned.values { EventLoop.shared.cancel(timer) }
        abandoned = [:]
        let calls = self.calls
        self.calls = []
        for (_, call) in calls { call.end(.failure(.crashed(end))) }
        expected?.resume(nil)
        endedByItself = !wasDraining && end != .stopped
        onEvent(.ended(self))
        discardWorkDirectory()
    }

    /// Suspends until nothing of it is left, process and work directory; for one that was opened
    /// and that nobody else waits for.
    func gone() async { await ending.wait() }

    /// Nobody asked it to end.
    private(set) var endedByItself = false

    /// How it ended; known once it did.
    var end: WorkerEnd? { state == .ended ? sentence : nil }

    /// The last line on stderr, for a start that failed.
    var lastWords: String? { output.last?.lastLine }

    /// The launcher's word, read after it ended; nothing when it was killed before it could speak.
    private static func end(_ process: borrowing JailedProcess) -> WorkerEnd {
        do {
            while let report = try process.nextReport(), report != .closed {
                switch report {
                case .ended(.exited(let status)): return .exited(status: status)
                case .ended(.killed(let signal)): return .killed(signal: signal.number)
                default: continue
                }
            }
        } catch {
            return .stopped
        }
        return .stopped
    }

    private static func discard(_ path: String) async {
        await RequestLoop.offload {
            do {
                try WorkDirectory.discard(path)
            } catch {
                // The next start of a sidecar sweeps what is left.
                return
            }
        }
    }

    private func discardWorkDirectory() {
        let path = launch.hostWorkDirectory
        RequestLoop.start {
            if let path { await Self.discard(path) }
            self.ending.resume(())
            self.onEvent(.gone)
            self.onEvent = { _ in }
        }
    }

    // Calls

    /// Sends a call; the arguments go to the kernel from the buffer they were received in.
    func send(_ call: HeldCall) {
        let id = nextID
        nextID += 1
        servedCalls += 1
        call.place = .sent(id: id)
        calls.append((id, call))
        header.removeAll()
        let start = Frame.begin(header)
        Self.writeInvoke(call.invocation, id: id, to: header)
        Frame.finish(header, from: start, trailingBytes: call.invocation.args.count + 1)
        writer?.send(
            BytePart(header), BytePart(call.invocation.buffer, call.invocation.args),
            BytePart(tail))
    }

    /// Everything of the frame but the arguments and the closing brace. Written without a tree and
    /// without a string: this is the one frame that every call pays for.
    private static func writeInvoke(
        _ invocation: Invocation, id: UInt64, to buffer: ByteBuffer
    ) {
        buffer.append(#"{"type":"invoke","id":"# as StaticString)
        var message = JSONWriter(buffer)
        message.int(id)
        buffer.append(#","tool":""# as StaticString)
        buffer.append(invocation.tool.text)
        // Neither tool names nor correlation ids hold a character that JSON escapes.
        buffer.append(#"","ctx":{"correlation_id":""# as StaticString)
        invocation.correlationID.append(to: buffer)
        buffer.append(#"","attempt":"# as StaticString)
        message = JSONWriter(buffer)
        message.int(invocation.attempt)
        buffer.append(#","deadline_ms":"# as StaticString)
        let left = invocation.deadlineNanoseconds &- MonotonicClock.nowNanoseconds()
        message = JSONWriter(buffer)
        message.int(max(0, Int64(bitPattern: left)) / 1_000_000)
        buffer.append(#","tenant_id":"# as StaticString)
        message = JSONWriter(buffer)
        message.string(invocation.tenant)
        buffer.append(#","actor_id":"# as StaticString)
        message = JSONWriter(buffer)
        message.string(invocation.actor)
        if let id = invocation.approvalID {
            buffer.append(#","approval_id":"# as StaticString)
            message = JSONWriter(buffer)
            message.string(id)
        }
        if let secrets = invocation.secrets {
            buffer.append(#","secrets":"# as StaticString)
            buffer.append(contentsOf: secrets)
        }
        buffer.append(#"},"args":"# as StaticString)
    }

    /// The caller of a sent call has left: the worker is told, and has its grace to heed it.
    func abandon(_ id: UInt64) {
        guard let index = calls.firstIndex(where: { $0.id == id }) else { return }
        calls.remove(at: index)
        post { message in
            message.beginObject()
            message.key("type")
            message.string("cancel")
            message.key("id")
            message.int(id)
            message.endObject()
        }
        abandoned[id] = patience()
    }

    func writeHello(to message: inout JSONWriter) {
        message.beginObject()
        message.key("type")
        message.string("hello")
        message.key("protocol")
        message.int(1)
        message.key("pack")
        message.beginObject()
        message.key("root")
        message.string(plan.entry.root)
        message.key("entry")
        message.string(plan.entry.entry)
        message.key("name")
        message.string(plan.entry.name)
        message.endObject()
        message.key("limits")
        message.beginObject()
        message.key("frame_bytes")
        message.int(plan.frameBytesMax)
        message.key("concurrency")
        message.int(plan.limits.concurrency)
        message.endObject()
        message.key("work_dir")
        message.string(launch.workDirectory)
        if let path = plan.dataDirectory {
            message.key("data_dir")
            message.string(path)
        }
        if let path = plan.workspaceDirectory {
            message.key("workspace_dir")
            message.string(path)
        }
        message.endObject()
    }

    private func post(_ write: (inout JSONWriter) -> Void) {
        header.removeAll()
        let start = Frame.begin(header)
        var message = JSONWriter(header)
        write(&message)
        Frame.finish(header, from: start)
        writer?.send(BytePart(header))
    }

    // Frames in

    private func takeFrames() {
        guard let reader else { return }
        // Nothing that a worker says counts once it is being ended, but it must be read away: a
        // reader whose input is full would never see the pipe's end, and the worker never end.
        guard sentence == nil else { return reader.take(reader.input.count) }
        var offset = 0
        while sentence == nil {
            let head = Frame.head(
                of: reader.input, at: offset, bytesMax: plan.frameBytesMax)
            guard case .whole(let text) = head else {
                if case .oversized = head { kill(.brokeProtocol(.oversizedFrame)) }
                if case .incomplete(let missing) = head { reader.input.reserve(missing) }
                break
            }
            take(text, in: reader.input)
            offset = text.end
        }
        reader.take(min(offset, reader.input.count))
    }

    private func take(_ text: ByteRange, in buffer: ByteBuffer) {
        guard let message = WorkerMessage.read(buffer, text) else {
            return kill(.brokeProtocol(.malformedFrame))
        }
        guard let message = withoutSecrets(message, buffer, text) else { return }
        switch message {
        case .result(let id):
            answer(id, text, in: buffer)
        case .progress(let id, let progress):
            if let call = calls.first(where: { $0.id == id })?.call {
                call.onProgress?(progress)
            } else if abandoned[id] == nil {
                kill(.brokeProtocol(.unknownCall))
            }
        case .log(let level, let words):
            tell(level, words)
        case .ready, .tools, .toolsFailed:
            guard let answer = expected else {
                return kill(.brokeProtocol(.unexpectedMessage))
            }
            expected = nil
            answer.resume(message)
        }
    }

    /// The message as it may be shown; nil when it cannot be. A result is the path's to clean.
    private func withoutSecrets(
        _ message: WorkerMessage, _ buffer: ByteBuffer, _ text: ByteRange
    ) -> WorkerMessage? {
        if case .result = message { return message }
        switch plan.redactor?.redact(buffer, text, .json) {
        case nil, .clean:
            return message
        case .redacted(let clean):
            if let message = WorkerMessage.read(clean, clean.range) { return message }
            kill(.brokeProtocol(.malformedFrame))
        case .inStructure:
            report("a message was withheld: it has a secret where none can be cut out", true)
            // Somebody waits for this one.
            if expected != nil { kill(.brokeProtocol(.malformedFrame)) }
        }
        return nil
    }

    private func answer(_ id: UInt64, _ text: ByteRange, in buffer: ByteBuffer) {
        if let timer = abandoned.removeValue(forKey: id) {
            EventLoop.shared.cancel(timer)
        } else if let index = calls.firstIndex(where: { $0.id == id }) {
            let call = calls.remove(at: index).call
            // A copy of its own, because the next frames will overwrite these bytes.
            let frame = ByteBuffer(capacity: text.count)
            frame.append(buffer, text)
            call.end(.success(ReplyFrame(buffer: frame, text: frame.range)))
        } else {
            return kill(.brokeProtocol(.unknownCall))
        }
        answeredCalls += 1
        onEvent(.answered(self))
        finishDraining()
    }

    /// Passes a log message on, no faster and no longer than captured lines.
    private func tell(_ level: String, _ words: String) {
        let bytes = words.utf8
        let count = min(bytes.count, Limits.workerLogLineBytesMax)
        let verdict = spoken.pass(bytes: count, at: MonotonicClock.nowNanoseconds())
        if verdict.droppedBefore > 0 { report(LogGate.notice(verdict.droppedBefore), true) }
        guard verdict.passes else { return }
        let text =
            count < bytes.count ? String(decoding: bytes.prefix(count), as: UTF8.self) : words
        log(level, text)
    }

    private func report(_ line: String, _ isError: Bool) {
        log(isError ? "warning" : "info", line)
    }

    private func log(_ level: String, _ text: String) {
        plan.log(
            WorkerLogLine(
                namespace: plan.namespace.text, pid: processID, level: level, text: text))
    }
}
