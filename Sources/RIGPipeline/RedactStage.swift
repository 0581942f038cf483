internal import RIGBytes
internal import RIGLoop
internal import RIGModel
internal import RIGRedact
internal import RIGWorker

/// Takes the pack's secrets out of a worker's frame: output, error and all.
///
/// Before the output is checked, so that what the schema allows is what the caller gets, and nothing
/// that is said of a bad output quotes a secret. A frame without one goes on as it is.
@RequestLoop
enum RedactStage {
    /// A frame that is all escapes takes 45 ns a byte. What is longer is searched beside the loop,
    /// so that no pack can hold up the calls of others.
    private static let loopBytesMax = 64 << 10

    static func redact(
        _ call: inout Call, _ route: Route, _ reply: ReplyFrame
    ) async throws(RTPError) -> ReplyFrame {
        guard let redactor = route.redactor else { return reply }
        defer { call.clock.mark(.redact) }
        if reply.text.count <= loopBytesMax { return try clean(reply, redactor) }
        return try await RequestLoop.offload { () throws(RTPError) in
            try clean(reply, redactor)
        }
    }

    private nonisolated static func clean(
        _ reply: ReplyFrame, _ redactor: Redactor
    ) throws(RTPError) -> ReplyFrame {
        switch redactor.redact(reply.buffer, reply.text, .json) {
        case .clean:
            return reply
        case .redacted(let clean):
            return ReplyFrame(buffer: clean, text: clean.range)
        case .inStructure:
            throw .outputInvalid(
                [], what: "the output has a secret where none can be cut out: outside of a string")
        }
    }
}
