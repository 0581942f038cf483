internal import RIGLinux
internal import RIGLoop

/// A listening socket, from which a tick takes so many connections and no more.
@RequestLoop
final class Listener {
    /// Without free descriptors the kernel reports the same connection again and again.
    private static let pauseNanoseconds: UInt64 = 100_000_000

    private var descriptor: Descriptor?
    private let fd: CInt
    private let isUnix: Bool
    private var watch: Watch?

    init(_ socket: consuming Descriptor, isUnix: Bool) {
        fd = socket.fd
        descriptor = consume socket
        self.isUnix = isUnix
    }

    func start(_ server: Server) throws(Errno) {
        watch = try EventLoop.shared.watch(fd, .readable) { _ in
            self.accept(server)
        }
    }

    func close() {
        if let watch { EventLoop.shared.cancel(watch) }
        watch = nil
        descriptor = nil
    }

    private func accept(_ server: Server) {
        for _ in 0..<server.limits.acceptsPerTick {
            do throws(Errno) {
                guard let socket = try UnixSocket.accept(fd) else { return }
                if isUnix {
                    let userID = try UnixSocket.peerUserID(socket.fd)
                    server.take(socket, .unix(userID: userID))
                } else {
                    try TCPSocket.sendAtOnce(socket.fd)
                    server.take(socket, .tcp)
                }
            } catch {
                return pause(server)
            }
        }
    }

    private func pause(_ server: Server) {
        guard let watch else { return }
        EventLoop.shared.rearm(watch, [])
        _ = EventLoop.shared.after(nanoseconds: Self.pauseNanoseconds) { [weak self] in
            guard let self, let watch = self.watch else { return }
            EventLoop.shared.rearm(watch, .readable)
        }
    }
}
