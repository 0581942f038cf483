internal import RIGBytes
package import RIGLinux
package import RIGLoop

/// MCP over a pair of pipes: one message a line, nothing else on the way out.
///
/// A client that does not read is not read from either, and one that lets too much wait is given up.
@RequestLoop
package final class StdioTransport {
    /// Answers that a client may leave unread before nothing more is read of it, and before it is
    /// given up.
    private static let waitingBytesMax = 1 << 20
    private static let queueBytesMax = 64 << 20
    /// At the end: for how long a client may take nothing of what waits for it, and how long it may
    /// take for all of it.
    private static let stallNanoseconds: UInt64 = 2_000_000_000
    private static let outputNanoseconds: UInt64 = 30_000_000_000

    private let bridge: MCPBridge
    private let reader: ByteReader
    private let writer: ByteWriter
    private let session: MCPSession
    private let outlet: Outlet
    /// How far `reader.input` was searched for the end of a line.
    private var searched = 0
    /// The rest of a line that was too long is dropped.
    private var isSkipping = false
    private var ended = OneShot<Void>()

    /// Takes over both ends.
    package init(
        _ bridge: MCPBridge, _ principal: Principal, input: consuming Descriptor,
        output: consuming Descriptor
    ) throws(Errno) {
        self.bridge = bridge
        reader = try ByteReader(
            input, inputBytesMax: bridge.options.messageBytesMax + (1 << 20))
        let writer = try ByteWriter(output, queueBytesMax: Self.queueBytesMax)
        self.writer = writer
        let line = ByteBuffer([UInt8(ascii: "\n")])
        let reader = reader
        outlet = { message, kind in
            if kind == .silence { return }
            if writer.send(BytePart(message), BytePart(line)) == .refused {
                writer.close()
                reader.close()
            } else if writer.queuedBytes > Self.waitingBytesMax {
                reader.pause()
            }
        }
        session = MCPSession(bridge, principal, unsolicited: outlet)
    }

    /// Serves until the client's end of input, or until it can no longer be told anything.
    package func serve() async throws(Errno) {
        let (reader, ended) = (reader, ended)
        writer.onFailure = { _ in ended.resume(()) }
        writer.onDrained = { reader.resume() }
        try reader.start(
            onBytes: { [weak self] _ in self?.takeLines() },
            onEnd: { [weak self] _ in
                self?.takeRest()
                ended.resume(())
            })
        await ended.wait()
    }

    /// Ends `serve` as if the client had ended its input.
    package func stop() {
        reader.close()
        ended.resume(())
    }

    /// Lets what is being answered be answered, for so long at most, and then cancels it. What was
    /// said by then has a time of its own: it is lost only when nobody takes it.
    package func close(withinNanoseconds: UInt64) async {
        if !session.isIdle {
            let idle = OneShot<Void>()
            session.onIdle = { idle.resume(()) }
            let timer = EventLoop.shared.after(nanoseconds: withinNanoseconds) { idle.resume(()) }
            await idle.wait()
            EventLoop.shared.cancel(timer)
        }
        session.onIdle = nil
        session.close()
        reader.close()
        await writeOut()
        writer.close()
    }

    /// Returns when everything is written, or its reader has gone or takes no more.
    private func writeOut() async {
        let deadline = MonotonicClock.nowNanoseconds() + Self.outputNanoseconds
        var left = writer.queuedBytes
        while left > 0, MonotonicClock.nowNanoseconds() < deadline {
            let step = OneShot<Void>()
            writer.onDrained = { step.resume(()) }
            writer.onFailure = { _ in step.resume(()) }
            let timer = EventLoop.shared.after(nanoseconds: Self.stallNanoseconds) {
                step.resume(())
            }
            await step.wait()
            EventLoop.shared.cancel(timer)
            guard writer.queuedBytes < left else { return }
            left = writer.queuedBytes
        }
    }

    private func takeLines() {
        let input = reader.input
        var start = 0
        while let end = input.firstIndex(of: UInt8(ascii: "\n"), from: max(start, searched)) {
            if isSkipping {
                isSkipping = false
            } else {
                take(ByteRange(offset: start, count: end - start))
            }
            start = end + 1
        }
        if reader.isClosed { return }
        reader.take(start)
        searched = input.count
        if input.count > bridge.options.messageBytesMax {
            if !isSkipping { refuseLength() }
            isSkipping = true
        }
        if isSkipping {
            reader.take(input.count)
            searched = 0
        }
    }

    /// A last message may come without the end of its line.
    private func takeRest() {
        if !isSkipping { take(reader.input.range) }
    }

    private func take(_ range: ByteRange) {
        guard range.count <= bridge.options.messageBytesMax else { return refuseLength() }
        guard !Self.isBlank(reader.input, range) else { return }
        let message = ByteBuffer(capacity: range.count)
        message.append(reader.input, range)
        session.receive(message, message.range, outlet)
    }

    private func refuseLength() {
        let bytesMax = bridge.options.messageBytesMax
        session.refuse(
            .invalidRequest("a message has at most \(bytesMax) bytes"), nil, nil, outlet)
    }

    private static func isBlank(_ buffer: ByteBuffer, _ range: ByteRange) -> Bool {
        for index in range.offset..<range.end
        where ![0x20, 0x09, 0x0D].contains(buffer[index]) {
            return false
        }
        return true
    }
}
