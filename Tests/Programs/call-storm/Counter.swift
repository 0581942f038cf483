import Glibc
import RIGBytes
import RIGLinux
import RIGLoop
import RIGPipeline

/// Calls taken over a Unix socket, for clients that are processes of their own: a call a line,
/// `TOOL <tab> ARGS`; its end a line, `ok` or the error's type. One call at a time a connection.
@RequestLoop
final class Counter {
    private let house: House
    private let listener: Descriptor
    private var watch: Watch?
    private var connections: [ObjectIdentifier: Connection] = [:]

    init(_ house: House, at path: String) throws {
        self.house = house
        if try FileStatus.ifPresent(path) != nil { try File.remove(path) }
        listener = try UnixSocket.listen(path)
    }

    func open() throws {
        watch = try EventLoop.shared.watch(listener.fd, .readable) { [self] _ in accept() }
    }

    private func accept() {
        do {
            while let socket = try UnixSocket.accept(listener.fd) {
                let connection = try Connection(socket, house) { [self] in
                    connections[ObjectIdentifier($0)] = nil
                }
                connections[ObjectIdentifier(connection)] = connection
                try connection.start()
            }
        } catch {
            Terminal.report("call-storm: accept: \(error)\n")
        }
    }
}

/// One client.
@RequestLoop
private final class Connection {
    private let house: House
    private let reader: ByteReader
    private let writer: ByteWriter
    private let onEnd: @RequestLoop (Connection) -> Void

    init(
        _ socket: consuming Descriptor, _ house: House,
        onEnd: @escaping @RequestLoop (Connection) -> Void
    ) throws {
        self.house = house
        self.onEnd = onEnd
        writer = try ByteWriter(try socket.duplicate(), queueBytesMax: 1 << 20)
        reader = try ByteReader(socket, inputBytesMax: 1 << 20)
    }

    func start() throws {
        try reader.start(
            onBytes: { [self] _ in next() }, onEnd: { [self] _ in close() })
    }

    private func next() {
        let bytes = reader.input.array(reader.input.range)
        guard let end = bytes.firstIndex(of: 10) else { return }
        reader.take(end + 1)
        let parts = bytes[..<end].split(separator: 9, maxSplits: 1)
        let tool = String(decoding: parts[0], as: UTF8.self)
        let args = Array(parts[1])
        Task { @RequestLoop in
            let answer = await house.call(tool, args)
            let word =
                switch answer.result {
                case .output: "ok"
                case .failure(let error): error.type.rawValue
                }
            guard !writer.isClosed else { return }
            _ = writer.send(BytePart(ByteBuffer(Array((word + "\n").utf8))))
        }
    }

    private func close() {
        reader.close()
        writer.close()
        onEnd(self)
    }
}
