internal import RIGBytes
internal import RIGLoop
internal import RIGRedact

/// What a worker's frames bring about.
extension Worker {
    func take(_ text: ByteRange, in buffer: ByteBuffer) {
        guard let message = WorkerMessage.read(buffer, text) else {
            return kill(.brokeProtocol(.malformedFrame))
        }
        guard let message = withoutSecrets(message, buffer, text) else { return }
        switch message {
        case .result(let id):
            answer(id, text, in: buffer)
        case .progress(let id, let progress):
            switch calls.find(id) {
            case .call(let call): call.onProgress?(progress)
            case .abandoned: break
            case .unknown: kill(.brokeProtocol(.unknownCall))
            }
        case .log(let level, let words):
            voice.tell(level, words)
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
            voice.warn("a message was withheld: it has a secret where none can be cut out")
            // Somebody waits for this one.
            if expected != nil { kill(.brokeProtocol(.malformedFrame)) }
        }
        return nil
    }

    private func answer(_ id: UInt64, _ text: ByteRange, in buffer: ByteBuffer) {
        switch calls.close(id) {
        case .call(let call):
            // A copy of its own, because the next frames will overwrite these bytes.
            let frame = ByteBuffer(capacity: text.count)
            frame.append(buffer, text)
            call.end(.success(ReplyFrame(buffer: frame, text: frame.range)))
        case .abandoned:
            break
        case .unknown:
            return kill(.brokeProtocol(.unknownCall))
        }
        answeredCalls += 1
        onEvent(.answered(self))
        finishDraining()
    }
}
