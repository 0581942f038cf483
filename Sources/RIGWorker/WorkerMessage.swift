internal import RIGBytes
internal import RIGJSON
internal import RIGModel

/// What a runner can say (spec/worker-protocol.md), as far as RIG has to look at once. A result is
/// only routed here: the path reads and checks it.
enum WorkerMessage {
    case ready(Ready)
    case tools(metadata: JSONValue, tools: [JSONValue])
    case toolsFailed(RTPError)
    case result(id: UInt64)
    case progress(id: UInt64, Progress)
    case log(level: String, message: String)

    enum Ready {
        case pack(name: String, version: String)
        case failed(RTPError)
    }

    /// Reads a frame; nil when it is no message of the protocol.
    static func read(_ buffer: ByteBuffer, _ text: ByteRange) -> WorkerMessage? {
        if let id = resultID(buffer, text) { return .result(id: id) }
        let message: JSONValue
        do {
            message = try JSONValue.parse(
                buffer, text, limits: JSONLimits(bytesMax: max(text.count, 1)))
        } catch {
            return nil
        }
        switch message["type"]?.string {
        case "result":
            guard let id = message["id"]?.int64, id > 0 else { return nil }
            return .result(id: UInt64(id))
        case "ready": return ready(message)
        case "tools": return tools(message)
        case "progress": return progress(message)
        case "log":
            guard let text = message["message"]?.string else { return nil }
            // A word of its own would reach a terminal as it is.
            let level = message["level"]?.string ?? "info"
            return .log(level: levels.contains(level) ? level : "info", message: text)
        default: return nil
        }
    }

    private static let levels: Set<String> = ["debug", "info", "warning", "error"]

    /// The id of a result written the way our runners write it, read without a parser: this is every
    /// frame of a call. Whatever else is in the frame is for the path to check.
    private static func resultID(_ buffer: ByteBuffer, _ text: ByteRange) -> UInt64? {
        let opening: StaticString = #"{"type":"result","id":"#
        let start = opening.utf8CodeUnitCount
        guard text.count > start + 1,
            buffer.equals(ByteRange(offset: text.offset, count: start), opening),
            buffer[text.offset + start] != UInt8(ascii: "0")
        else { return nil }
        var id: UInt64 = 0
        var at = text.offset + start
        // 18 digits cannot overflow, and no sidecar counts further.
        let end = min(text.end, at + 18)
        while at < end, buffer[at] &- 0x30 < 10 {
            id = id * 10 + UInt64(buffer[at] - 0x30)
            at += 1
        }
        guard id > 0, at < text.end, buffer[at] == UInt8(ascii: ",") else { return nil }
        return id
    }

    private static func ready(_ message: JSONValue) -> WorkerMessage? {
        guard message["protocol"]?.int64 == 1 else { return nil }
        if let error = message["error"] {
            return .ready(.failed(.fromWorker(error, isIdempotent: true)))
        }
        guard let name = message["pack"]?["name"]?.string,
            let version = message["pack"]?["version"]?.string
        else { return nil }
        return .ready(.pack(name: name, version: version))
    }

    private static func tools(_ message: JSONValue) -> WorkerMessage? {
        if let error = message["error"] {
            return .toolsFailed(.fromWorker(error, isIdempotent: true))
        }
        guard let metadata = message["metadata"], let tools = message["tools"]?.array else {
            return nil
        }
        return .tools(metadata: metadata, tools: tools)
    }

    private static func progress(_ message: JSONValue) -> WorkerMessage? {
        guard let id = message["id"]?.int64, id > 0, let done = message["done"]?.number else {
            return nil
        }
        return .progress(
            id: UInt64(id),
            Progress(
                done: done.double, total: message["total"]?.number?.double,
                message: message["message"]?.string))
    }
}

/// How far a call has come, in the pack's own units.
package struct Progress: Sendable, Equatable {
    package let done: Double
    package let total: Double?
    package let message: String?

    package init(done: Double, total: Double? = nil, message: String? = nil) {
        self.done = done
        self.total = total
        self.message = message
    }
}
