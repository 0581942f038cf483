package import RIGBytes
internal import RIGJSON
package import RIGLinux
package import RIGLoop
package import RIGModel
package import RIGSandbox

/// One worker from its first frame to its end: frames out, frames in, and the calls it holds.
///
/// Whatever breaks the protocol, hangs past its grace, or closes its pipe ends the worker; its
/// calls then end with how. `onEvent` tells the pool.
@RequestLoop
package final class Worker {
    enum Event {
        /// An answer came, so a place is free.
        case answered(Worker)
        case ended(Worker)
    }

    private enum State {
        case starting, serving, draining, ended
    }

    private let plan: WorkerPlan
    private let process: JailedProcess
    private let workDirectory: String
    private var state = State.starting
    private var calls: [(id: UInt64, call: HeldCall)] = []
    /// Calls whose caller has left, with the timer that kills a worker which ignores that.
    private var abandoned: [UInt64: LoopTimer] = [:]
    private var nextID: UInt64 = 1
    private(set) var servedCalls = 0
    private var received = ByteBuffer(capacity: 16 << 10)
    private let header = ByteBuffer(capacity: 1024)
    private var writer: StreamWriter?
    private var reading: Watch?
    private var exitWatch: Watch?
    private var output: [OutputCapture] = []
    private var reason: WorkerEnd?
    private var grace: LoopTimer?
    /// Waits for `ready` or `tools`, or for the end.
    private var expected: UnsafeContinuation<WorkerMessage?, Never>?
    var onEvent: (Event) -> Void = { _ in }

    init(_ plan: WorkerPlan, _ process: consuming JailedProcess, workDirectory: String) {
        self.plan = plan
        self.process = process
        self.workDirectory = workDirectory
    }

    package var processID: Int32 { process.workerPid }
    var held: Int { calls.count }
    var isFree: Bool { state == .serving && calls.count < plan.limits.concurrency }
    func holds(_ call: HeldCall) -> Bool { calls.contains { $0.call === call } }

    // Life

    /// Begins to read what the worker says.
    func open() throws(Errno) {
        writer = try StreamWriter(process.toWorkerFd, bytesMax: 2 * plan.frameBytesMax) {
            [unowned self] _ in kill(.stopped)
        }
        reading = try EventLoop.shared.watch(process.fromWorkerFd, .readable) {
            [unowned self] _ in receive()
        }
        exitWatch = try EventLoop.shared.onExit(of: process.launcherPidfd) {
            [unowned self] in exited($0)
        }
        for (fd, isError) in [(process.outputFd, false), (process.errorsFd, true)] {
            output.append(try OutputCapture(fd, isError: isError) { [unowned self] in report($0) })
        }
    }

    /// Sends a message and waits for the worker's next one that is not a log line; nil when it
    /// ended or `milliseconds` passed, which ends it.
    func ask(
        _ write: (inout JSONWriter) -> Void, withinMilliseconds milliseconds: Int
    ) async -> WorkerMessage? {
        guard state != .ended else { return nil }
        var isLate = false
        let timer = EventLoop.shared.after(nanoseconds: UInt64(milliseconds) * 1_000_000) {
            isLate = true
            self.kill(.stopped)
        }
        post(write)
        let message = await withUnsafeContinuation { unsafe expected = $0 }
        EventLoop.shared.cancel(timer)
        return isLate ? nil : message
    }

    /// From now on the worker takes calls.
    func serve() {
        precondition(state == .starting, "a worker begins to serve once")
        state = .serving
    }

    /// Takes no more calls, and ends once it has answered those it holds.
    func drain() {
        guard state == .serving || state == .starting else { return }
        state = .draining
        finishDraining()
    }

    private func finishDraining() {
        guard state == .draining, calls.isEmpty, grace == nil else { return }
        post { message in
            message.beginObject()
            message.key("type")
            message.string("shutdown")
            message.endObject()
        }
        let patience = UInt64(Limits.workerGraceMilliseconds) * 1_000_000
        grace = EventLoop.shared.after(nanoseconds: patience) { self.kill(.stopped) }
    }

    /// Ends the worker now; its calls end with `end`.
    func kill(_ end: WorkerEnd) {
        guard state != .ended, reason == nil else { return }
        reason = end
        process.kill()
    }

    private func exited(_ result: Result<ExitStatus, Errno>) {
        exitWatch = nil
        // What it answered before it died still counts.
        if reason == nil { receive() }
        let end = reason ?? Self.end(process.lastReport(), result)
        state = .ended
        for capture in output { capture.close() }
        if let reading { EventLoop.shared.cancel(reading) }
        reading = nil
        writer?.close()
        if let grace { EventLoop.shared.cancel(grace) }
        for timer in abandoned.values { EventLoop.shared.cancel(timer) }
        let calls = self.calls
        self.calls = []
        reason = end
        for (_, call) in calls { call.end(.failure(.crashed(end))) }
        discardWorkDirectory()
        take(nil)
        onEvent(.ended(self))
    }

    /// How it ended; known once it did.
    var end: WorkerEnd? { state == .ended ? reason : nil }

    /// The last line on stderr, for a start that failed.
    var lastWords: String? { output.last?.lastLine }

    private static func end(
        _ report: JailReport?, _ result: Result<ExitStatus, Errno>
    ) -> WorkerEnd {
        let status: ExitStatus? = if case .ended(let status) = report { status } else {
            switch result {
            case .success(let status): status
            case .failure: nil
            }
        }
        switch status {
        case .exited(let code): return .exited(status: code)
        case .killed(let signal): return .killed(signal: signal.number)
        case nil: return .stopped
        }
    }

    private func discardWorkDirectory() {
        let path = workDirectory
        Task.detached {
            do {
                try WorkDirectory.discard(path)
            } catch {
                // The next start of the sidecar sweeps what is left.
                return
            }
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
        writer?.write(header, call.invocation.buffer, call.invocation.args, "}")
    }

    private static func writeInvoke(
        _ invocation: Invocation, id: UInt64, to buffer: ByteBuffer
    ) {
        var message = JSONWriter(buffer)
        message.beginObject()
        message.key("type")
        message.string("invoke")
        message.key("id")
        message.int(id)
        message.key("tool")
        message.string(invocation.tool.text)
        message.key("ctx")
        message.beginObject()
        message.key("correlation_id")
        message.string(invocation.correlationID.text)
        message.key("tenant_id")
        message.string(invocation.tenant)
        message.key("actor_id")
        message.string(invocation.actor)
        message.key("attempt")
        message.int(invocation.attempt)
        message.key("deadline_ms")
        let left = invocation.deadlineNanoseconds &- MonotonicClock.nowNanoseconds()
        message.int(max(0, Int64(bitPattern: left)) / 1_000_000)
        message.endObject()
        message.key("args")
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
        let patience = UInt64(Limits.workerGraceMilliseconds) * 1_000_000
        abandoned[id] = EventLoop.shared.after(nanoseconds: patience) { self.kill(.stopped) }
    }

    private func post(_ write: (inout JSONWriter) -> Void) {
        header.removeAll()
        let start = Frame.begin(header)
        var message = JSONWriter(header)
        write(&message)
        Frame.finish(header, from: start)
        writer?.write(header)
    }

    // Frames in

    private func receive() {
        while state != .ended, reason == nil {
            // SAFETY: the room lies in the buffer and is committed before anything else uses it.
            let room = unsafe received.unsafeRoom(atLeast: 4 << 10)
            let transfer: Transfer
            do {
                transfer = unsafe try Transmit.read(process.fromWorkerFd, into: room)
            } catch {
                return kill(.stopped)
            }
            switch transfer {
            case .wouldBlock:
                return
            case .end:
                if let reading { EventLoop.shared.cancel(reading) }
                reading = nil
                // A worker that cannot answer any more is of no use; how it ends is still told.
                return process.kill()
            case .bytes(let count):
                received.commit(count)
                takeFrames()
                if unsafe count < room.count { return }
            }
        }
    }

    private func takeFrames() {
        var offset = 0
        defer { received.removeFirst(min(offset, received.count)) }
        while reason == nil {
            switch Frame.head(of: received, at: offset, bytesMax: plan.frameBytesMax) {
            case .incomplete(let missing):
                received.reserve(missing)
                return
            case .oversized:
                return kill(.brokeProtocol(.oversizedFrame))
            case .whole(let text):
                offset = text.end
                take(text)
            }
        }
    }

    private func take(_ text: ByteRange) {
        guard let message = WorkerMessage.read(received, text) else {
            return kill(.brokeProtocol(.malformedFrame))
        }
        switch message {
        case .result(let id):
            answer(id, text)
        case .progress(let id, let progress):
            calls.first { $0.id == id }?.call.onProgress?(progress)
        case .log(let level, let words):
            plan.log(
                WorkerLogLine(
                    namespace: plan.namespace.text, pid: processID, level: level, text: words))
        case .ready, .tools, .toolsFailed:
            guard unsafe expected != nil else {
                return kill(.brokeProtocol(.unexpectedMessage))
            }
            take(message)
        }
    }

    private func take(_ message: WorkerMessage?) {
        guard let continuation = unsafe expected else { return }
        unsafe expected = nil
        unsafe continuation.resume(returning: message)
    }

    private func answer(_ id: UInt64, _ text: ByteRange) {
        if let timer = abandoned.removeValue(forKey: id) {
            EventLoop.shared.cancel(timer)
        } else if let index = calls.firstIndex(where: { $0.id == id }) {
            let call = calls.remove(at: index).call
            // A copy of its own, because the next frames will overwrite these bytes.
            let frame = ByteBuffer(capacity: text.count)
            frame.append(received, text)
            call.end(.success(ReplyFrame(buffer: frame, text: frame.range)))
        } else {
            return kill(.brokeProtocol(.unknownCall))
        }
        onEvent(.answered(self))
        finishDraining()
    }

    private func report(_ line: String) {
        plan.log(
            WorkerLogLine(
                namespace: plan.namespace.text, pid: processID, level: "info", text: line))
    }
}
