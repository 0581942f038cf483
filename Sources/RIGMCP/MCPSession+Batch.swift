internal import RIGBytes
internal import RIGJSON
internal import RIGLoop

/// Several messages in one array: one revision has them, and its answers come in one array too.
extension MCPSession {
    /// Messages in one batch.
    private static let batchMax = 256

    func receiveBatch(
        _ buffer: ByteBuffer, _ range: ByteRange, _ headers: MessageHeaders?,
        _ outlet: @escaping Outlet
    ) -> Reception {
        guard revision?.hasBatches == true else {
            refuse(
                .invalidRequest("arrays of messages are of 2025-03-26 only"), nil, headers, outlet)
            return .answering
        }
        let parts: [JSONValue]
        do throws(JSONError) {
            let limits = JSONLimits(bytesMax: bridge.options.messageBytesMax)
            parts = try JSONValue.parse(buffer, range, limits: limits).array ?? []
        } catch {
            refuse(.parse("\(error.code) at byte \(error.offset)"), nil, headers, outlet)
            return .answering
        }
        guard !parts.isEmpty, parts.count <= Self.batchMax,
            !parts.contains(where: {
                $0.array != nil || $0["method"]?.string == "initialize"
            })
        else {
            refuse(
                .invalidRequest("a batch has 1 to \(Self.batchMax) messages, and no initialize"),
                nil, headers, outlet)
            return .answering
        }
        let collector = BatchCollector(outlet)
        for part in parts {
            let text = ByteBuffer()
            part.write(to: text)
            collector.expect()
            let reception = receive(text, text.range, headers: headers) { buffer, kind in
                collector.take(buffer, kind)
            }
            if case .accepted = reception { collector.skip() }
        }
        return collector.seal()
    }
}

/// Gathers the answers of a batch; what is not an answer goes on at once.
@RequestLoop
private final class BatchCollector {
    private let outlet: Outlet
    private let answers = ByteBuffer()
    /// Answers that are still to come.
    private var open = 0
    private var isSealed = false

    init(_ outlet: @escaping Outlet) {
        self.outlet = outlet
        answers.append(UInt8(ascii: "["))
    }

    func expect() { open += 1 }

    func skip() {
        open -= 1
        finishIfDone()
    }

    func take(_ buffer: ByteBuffer, _ kind: OutgoingKind) {
        switch kind {
        case .answer:
            if answers.count > 1 { answers.append(UInt8(ascii: ",")) }
            answers.append(buffer, buffer.range)
            skip()
        case .silence:
            skip()
        case .notification, .request:
            outlet(buffer, kind)
        }
    }

    /// No more is expected than was announced.
    func seal() -> MCPSession.Reception {
        isSealed = true
        if open == 0 && answers.count == 1 { return .accepted }
        finishIfDone()
        return .answering
    }

    private func finishIfDone() {
        guard isSealed, open == 0 else { return }
        guard answers.count > 1 else { return outlet(answers, .silence) }
        answers.append(UInt8(ascii: "]"))
        outlet(answers, .answer(status: 200))
        isSealed = false
    }
}
