internal import RIGLinux
internal import Synchronization

/// The two connections of one job. They are closed once, by the thread of the job; another thread
/// may end what waits on them.
final class Sockets: Sendable {
    private struct Pair: ~Copyable {
        let worker: Descriptor
        let host: Descriptor
    }

    let worker: CInt
    let host: CInt
    private let pair: Mutex<Pair?>

    /// Takes `fds` over; nil, with all closed, unless there are two.
    init?(_ fds: [CInt]) {
        guard fds.count == 2 else {
            for fd in fds { _ = Descriptor(owning: fd) }
            return nil
        }
        (worker, host) = (fds[0], fds[1])
        pair = Mutex(Pair(worker: Descriptor(owning: fds[0]), host: Descriptor(owning: fds[1])))
    }

    func close() {
        pair.withLock { $0 = nil }
    }

    func shutDown() {
        pair.withLock { pair in
            // Closed numbers may be somebody else's by now.
            guard pair != nil else { return }
            for fd in [worker, host] {
                do throws(Errno) {
                    try TCPSocket.shutDown(fd)
                } catch {
                    // Its peer has gone, which is what was wanted.
                    continue
                }
            }
        }
    }
}

/// By the sidecar's number.
final class RunningJobs: Sendable {
    private let jobs = Mutex<[UInt64: Sockets]>([:])

    func add(_ id: UInt64, _ sockets: Sockets) {
        jobs.withLock { $0[id] = sockets }
    }

    func remove(_ id: UInt64) {
        jobs.withLock { $0[id] = nil }
    }

    func shutDown(_ id: UInt64) {
        jobs.withLock { $0[id] }?.shutDown()
    }
}
