internal import RIGBytes
internal import RIGHTTP
internal import RIGLoop
internal import RIGServer

/// What a session's streams carried: kept for a while, so that a client whose connection broke gets
/// the rest. Every event has an id that names its stream: `3-17`.
@RequestLoop
final class SessionEvents {
    /// The stream that no request opened: changes of the list.
    static let own = 0
    private static let eventsMax = 256
    private static let bytesMax = 4 << 20

    private struct Event {
        let stream: Int
        let number: Int
        let bytes: ByteBuffer
    }

    private var kept: [Event] = []
    private var keptBytes = 0
    private var numbers: [Int: Int] = [own: 0]
    private var attached: [Int: LiveStream] = [:]
    private var lastStream = 0

    /// A stream of a request of its own.
    func open() -> Int {
        lastStream += 1
        numbers[lastStream] = 0
        return lastStream
    }

    var hasListeners: Bool { !attached.isEmpty }

    func isAttached(_ stream: Int) -> Bool { attached[stream] != nil }

    /// Sends what comes on `stream` to `live`, beginning with what it missed.
    /// - Parameter number: The last event that the client has; nil begins with what comes next.
    func attach(_ live: LiveStream, to stream: Int, after number: Int?) {
        attached[stream]?.finish()
        if let number {
            for event in kept where event.stream == stream && event.number > number {
                live.send(event.bytes)
            }
        }
        if numbers[stream] == nil { return live.finish() }
        attached[stream] = live
    }

    func detach(_ live: LiveStream, from stream: Int) {
        if attached[stream] === live { attached[stream] = nil }
    }

    func emit(_ message: ByteBuffer, on stream: Int) {
        guard let last = numbers[stream] else { return }
        numbers[stream] = last + 1
        let bytes = ByteBuffer(capacity: message.count + 64)
        EventWriter.append(
            event: "message", id: "\(stream)-\(last + 1)", message, message.range, to: bytes)
        keep(Event(stream: stream, number: last + 1, bytes: bytes))
        attached[stream]?.send(bytes)
    }

    /// Names the stream before anything was said on it, so that it can be taken up again.
    func prime(_ stream: Int) {
        let bytes = ByteBuffer(capacity: 64)
        let nothing = ByteBuffer(capacity: 0)
        EventWriter.append(id: "\(stream)-0", nothing, nothing.range, to: bytes)
        attached[stream]?.send(bytes)
    }

    /// Nothing follows on `stream`; what it carried can still be asked for.
    func finish(_ stream: Int) {
        numbers[stream] = nil
        attached.removeValue(forKey: stream)?.finish()
    }

    func close() {
        numbers = [:]
        for live in attached.values { live.finish() }
        attached = [:]
        kept = []
    }

    /// Reads `3-17`.
    static func place(_ id: String) -> (stream: Int, number: Int)? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let stream = Int(parts[0]), let number = Int(parts[1]),
            stream >= 0, number >= 0
        else { return nil }
        return (stream, number)
    }

    private func keep(_ event: Event) {
        kept.append(event)
        keptBytes += event.bytes.count
        while kept.count > Self.eventsMax || (keptBytes > Self.bytesMax && kept.count > 1) {
            keptBytes -= kept.removeFirst().bytes.count
        }
    }
}

/// One client's connection that carries events, kept awake while nothing happens.
@RequestLoop
final class LiveStream {
    private static let quietNanoseconds: UInt64 = 15_000_000_000

    private let stream: HTTPStream
    private var timer: LoopTimer?
    /// Events behind one that had to wait.
    private var waiting: [ByteBuffer] = []
    private var isWaiting = false
    private var isFinishing = false
    let done = OneShot<Void>()

    init(_ exchange: HTTPExchange, _ sessionID: String?) {
        stream = exchange.stream(200, "text/event-stream") { head in
            head.field("Cache-Control", "no-cache, no-store" as StaticString)
            head.field("X-Accel-Buffering", "no" as StaticString)
            if let sessionID { head.field("Mcp-Session-Id", sessionID) }
        }
        stayAwake()
    }

    /// Sends one event, in its order, as soon as the client takes it.
    func send(_ bytes: ByteBuffer) {
        guard !isFinishing, !stream.isClosed else { return }
        if isWaiting || !stream.sendNow(BytePart(bytes)) {
            waiting.append(bytes)
            sendWaiting()
        }
    }

    func finish() {
        guard !isFinishing else { return }
        isFinishing = true
        if let timer { EventLoop.shared.cancel(timer) }
        timer = nil
        if !isWaiting { end() }
    }

    private func end() {
        if !stream.isFinished { stream.finish() }
        done.resume(())
    }

    private func sendWaiting() {
        guard !isWaiting else { return }
        isWaiting = true
        RequestLoop.start { [self] in
            while !waiting.isEmpty, !stream.isClosed {
                await stream.send(BytePart(waiting.removeFirst()))
            }
            waiting = []
            isWaiting = false
            if isFinishing { end() }
        }
    }

    private func stayAwake() {
        timer = EventLoop.shared.after(nanoseconds: Self.quietNanoseconds) { [weak self] in
            guard let self, !isFinishing, !stream.isClosed else { return }
            if !isWaiting {
                let comment = ByteBuffer(capacity: 16)
                EventWriter.appendComment("", to: comment)
                stream.sendNow(BytePart(comment))
            }
            stayAwake()
        }
    }
}
