internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop

/// The two directions of frames between the sidecar and one worker.
///
/// In: frames, whole, one after the other, to `onFrame`; what is left when the owner has heard
/// enough is read away. Out: messages, each in one writev.
@RequestLoop
final class WorkerChannel {
    private let frameBytesMax: Int
    private let reader: ByteReader
    private let writer: ByteWriter
    private let header = ByteBuffer(capacity: 1024)
    private let tail = ByteBuffer([UInt8(ascii: "}")])
    /// Nothing that the worker says counts any more. It must be read away all the same: a reader
    /// whose input is full would never see the end, and the worker never end.
    var isDeaf = false

    /// Takes over both descriptors.
    init(
        to: consuming Descriptor, from: consuming Descriptor, _ plan: WorkerPlan
    ) throws(Errno) {
        frameBytesMax = plan.frameBytesMax
        writer = try ByteWriter(to, queueBytesMax: plan.unsentBytesMax)
        reader = try ByteReader(from, inputBytesMax: plan.frameBytesMax + Frame.headerBytes)
    }

    /// Begins to read.
    /// - Parameters:
    ///   - onFrame: Gets the text of each frame where it was received; it is overwritten afterwards.
    ///   - onOversized: A frame over the cap was announced.
    ///   - onUnwritable: Nothing more can be sent; in a later tick.
    ///   - onEnd: Nothing more comes.
    func start(
        onFrame: @escaping @RequestLoop (ByteBuffer, ByteRange) -> Void,
        onOversized: @escaping @RequestLoop () -> Void,
        onUnwritable: @escaping @RequestLoop () -> Void,
        onEnd: @escaping @RequestLoop () -> Void
    ) throws(Errno) {
        writer.onFailure = { _ in onUnwritable() }
        try reader.start(
            onBytes: { _ in self.cut(onFrame, onOversized) }, onEnd: { _ in onEnd() })
    }

    func close() {
        reader.close()
        writer.close()
    }

    func post(_ write: (inout JSONWriter) -> Void) {
        header.removeAll()
        let start = Frame.begin(header)
        var message = JSONWriter(header)
        write(&message)
        Frame.finish(header, from: start)
        writer.send(BytePart(header))
    }

    /// Sends a call; the arguments go to the kernel from the buffer they were received in.
    func send(_ invocation: Invocation, id: UInt64) {
        header.removeAll()
        let start = Frame.begin(header)
        SidecarMessage.writeInvoke(invocation, id: id, to: header)
        Frame.finish(header, from: start, trailingBytes: invocation.args.count + 1)
        writer.send(
            BytePart(header), BytePart(invocation.buffer, invocation.args), BytePart(tail))
    }

    private func cut(
        _ onFrame: @RequestLoop (ByteBuffer, ByteRange) -> Void,
        _ onOversized: @RequestLoop () -> Void
    ) {
        guard !isDeaf else { return reader.take(reader.input.count) }
        var offset = 0
        while !isDeaf {
            let head = Frame.head(of: reader.input, at: offset, bytesMax: frameBytesMax)
            guard case .whole(let text) = head else {
                if case .oversized = head { onOversized() }
                if case .incomplete(let missing) = head { reader.input.reserve(missing) }
                break
            }
            onFrame(reader.input, text)
            offset = text.end
        }
        reader.take(min(offset, reader.input.count))
    }
}
