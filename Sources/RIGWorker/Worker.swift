internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// One worker from its first frame to its end: its life, and the calls it holds.
///
/// Whatever breaks the protocol, hangs past its grace, or closes its pipe ends the worker; its
/// calls then end with how. `onEvent` tells the pool. What it says is read in Worker+Frames.swift.
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

    let plan: WorkerPlan
    let voice: WorkerVoice
    var calls = OpenCalls()
    private let body: any WorkerBody
    private var channel: WorkerChannel?
    private var state = State.starting
    private(set) var servedCalls = 0
    var answeredCalls = 0
    /// Serves until its replacement does.
    var isDue = false
    /// Failures that the pool had seen when this one came.
    var failuresBefore = 0
    /// Looks in a row, by the pool, that found nothing done since the one before.
    private var quietLooks = 0
    private var servedCallsAtLook = 0
    private var retirement: LoopTimer?
    /// Why RIG ended it, when it did.
    private var sentence: WorkerEnd?
    /// Nothing more comes from it.
    private var isReadingOver = false
    private var grace: LoopTimer?
    /// Waits for `ready` or `tools`, or for the end.
    var expected: OneShot<WorkerMessage?>?
    private let ending = OneShot<Void>()
    var onEvent: (Event) -> Void = { _ in }

    init(_ plan: WorkerPlan, _ body: any WorkerBody) {
        self.plan = plan
        self.body = body
        voice = WorkerVoice(plan, processID: body.processID)
    }

    var processID: Int32 { body.processID }
    /// Calls that are open in the worker; one whose caller has left is, until its result comes.
    var held: Int { calls.count }
    /// Takes another call. One that RIG ends or that closed its pipe takes none, though its process
    /// may last a little longer: a call given to it would have an unknown outcome for nothing.
    var isFree: Bool { isServing && held < plan.limits.concurrency }
    /// Takes calls, though perhaps not one more at this moment.
    var isServing: Bool {
        state == .serving && sentence == nil && !isReadingOver && body.end == nil && !isSpent
    }
    /// It was given the one call that it takes.
    var isSpent: Bool { plan.limits.isPerCall && servedCalls > 0 }
    func holds(_ call: HeldCall) -> Bool { calls.holds(call) }

    // Beginning

    /// Begins to read what the worker says.
    func open() throws(Errno) {
        try body.watch {
            // What it answered before it ended still counts; the pipe ends with the process.
            self.finishIfOver()
        }
        do throws(Errno) {
            let channel = try WorkerChannel(
                to: body.takeToWorker(), from: body.takeFromWorker(), plan)
            self.channel = channel
            try body.listen(plan, voice)
            try channel.start(
                onFrame: { self.take($1, in: $0) },
                onOversized: { self.kill(.brokeProtocol(.oversizedFrame)) },
                // In a later tick, when the worker may have ended and be gone already.
                onUnwritable: { [weak self] in self?.body.kill() },
                onEnd: {
                    self.isReadingOver = true
                    self.body.kill()
                    self.finishIfOver()
                })
        } catch {
            isReadingOver = true
            throw error
        }
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
        channel?.post(write)
        let message = await answer.wait()
        EventLoop.shared.cancel(timer)
        return message
    }

    /// Says hello; the answer is `ready`.
    /// - Parameter prepares: Whether the worker is to do now what its first call would wait for.
    func greet(prepares: Bool, _ patience: Patience) async -> WorkerMessage? {
        await ask(
            {
                SidecarMessage.writeHello(
                    plan, workDirectory: body.workDirectoryInside, prepares: prepares, to: &$0)
            },
            withinMilliseconds: patience.left(of: Limits.workerReadyMilliseconds))
    }

    // Service

    /// From now on the worker takes calls; it may have ended since it was ready.
    /// - Parameter onDue: Called when it has lived for as long as a worker may.
    func serve(onDue: @escaping @RequestLoop () -> Void) {
        guard state != .ended else { return }
        precondition(state == .starting, "a worker begins to serve once")
        state = .serving
        let lifetime = UInt64(plan.limits.lifetimeMilliseconds) * 1_000_000
        retirement = EventLoop.shared.after(nanoseconds: lifetime, onDue)
    }

    /// Asks it something, and ends it when it does not answer.
    func check() {
        guard expected == nil else { return }
        RequestLoop.start {
            _ = await self.ask(
                { SidecarMessage.writeType("describe", to: &$0) },
                withinMilliseconds: self.plan.limits.answerMilliseconds)
        }
    }

    func send(_ call: HeldCall) {
        servedCalls += 1
        channel?.send(call.invocation, id: calls.add(call))
    }

    /// The caller of a sent call has left: the worker is told, and has its grace to heed it.
    func abandon(_ id: UInt64) {
        guard calls.abandon(id, patience: patience) else { return }
        channel?.post { SidecarMessage.writeCancel(id, to: &$0) }
    }

    /// How many looks in a row, this one included, found it with nothing to do since the last.
    func look() -> Int {
        quietLooks = held == 0 && servedCalls == servedCallsAtLook ? quietLooks + 1 : 0
        servedCallsAtLook = servedCalls
        return quietLooks
    }

    // End

    /// Takes no more calls, and ends once it has answered those it holds.
    func drain() {
        guard state == .serving || state == .starting else { return }
        state = .draining
        finishDraining()
    }

    func finishDraining() {
        guard state == .draining, held == 0, grace == nil else { return }
        channel?.post { SidecarMessage.writeType("shutdown", to: &$0) }
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
        channel?.isDeaf = true
        body.kill()
    }

    private func finishIfOver() {
        guard state != .ended, let exit = body.end, isReadingOver else { return }
        let end = sentence ?? exit
        sentence = end
        let wasDraining = state == .draining
        state = .ended
        channel?.close()
        body.close()
        if let grace { EventLoop.shared.cancel(grace) }
        if let retirement { EventLoop.shared.cancel(retirement) }
        for call in calls.removeAll() { call.end(.failure(.crashed(end))) }
        expected?.resume(nil)
        endedByItself = !wasDraining && end != .stopped
        onEvent(.ended(self))
        leave()
    }

    private func leave() {
        RequestLoop.start {
            await self.body.discard()
            self.ending.resume(())
            self.onEvent(.gone)
            self.onEvent = { _ in }
        }
    }

    /// Suspends until nothing of it is left, process and work directory; for one that was opened
    /// and that nobody else waits for.
    func gone() async { await ending.wait() }

    /// Nobody asked it to end.
    private(set) var endedByItself = false

    /// How it ended; known once it did.
    var end: WorkerEnd? { state == .ended ? sentence : nil }

    /// The last line on stderr, for a start that failed.
    var lastWords: String? { body.lastWords }
}
