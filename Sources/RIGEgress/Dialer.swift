internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// From a granted name to a connected socket: looked up, every address checked, connected to one
/// after the other until one answers.
@RequestLoop
struct Dialer {
    let policy: EgressPolicy
    let pins: NamePins
    let limits: EgressLimits

    /// A connection, or why there is none and which address it was about.
    enum Outcome: ~Copyable {
        case connected(Descriptor, IPAddress)
        case failed(EgressReason, IPAddress?)
    }

    /// - Parameter onStoppable: Is given what ends the attempt early.
    func dial(
        _ host: HostName, port: UInt16, onStoppable: (@escaping () -> Void) -> Void
    ) async -> Outcome {
        let patience = UInt64(limits.connectMilliseconds) * 1_000_000
        let deadline = MonotonicClock.nowNanoseconds() + patience
        let addresses: [IPAddress]
        do throws(EgressReason) {
            addresses = try await pins.addresses(of: host, withinNanoseconds: patience)
        } catch {
            return .failed(error, nil)
        }
        let permitted = addresses.filter { policy.permits($0, port: port) }
        guard !permitted.isEmpty else { return .failed(.addressRefused, addresses.first) }
        var reason = EgressReason.connectFailed
        for (index, address) in permitted.enumerated() {
            let now = MonotonicClock.nowNanoseconds()
            guard now < deadline else { return .failed(.connectTimeout, address) }
            // The rest of the time, shared with those that are still to be tried.
            let share = (deadline - now) / UInt64(permitted.count - index)
            switch await connect(address, port, withinNanoseconds: share, onStoppable) {
            case .connected(let socket, let address): return .connected(socket, address)
            case .failed(let why, _): reason = why
            }
        }
        return .failed(reason, permitted.last)
    }

    private func connect(
        _ address: IPAddress, _ port: UInt16, withinNanoseconds nanoseconds: UInt64,
        _ onStoppable: (@escaping () -> Void) -> Void
    ) async -> Outcome {
        do throws(Errno) {
            let socket = try TCPSocket.connect(to: address, port: port)
            guard try await isWritable(socket.fd, withinNanoseconds: nanoseconds, onStoppable)
            else {
                return .failed(.connectTimeout, address)
            }
            if let error = try TCPSocket.error(of: socket.fd) { throw error }
            try TCPSocket.sendAtOnce(socket.fd)
            return .connected(socket, address)
        } catch {
            return .failed(error == .timedOut ? .connectTimeout : .connectFailed, address)
        }
    }

    private func isWritable(
        _ fd: CInt, withinNanoseconds nanoseconds: UInt64,
        _ onStoppable: (@escaping () -> Void) -> Void
    ) async throws(Errno) -> Bool {
        let isReady = OneShot<Bool>()
        let watch = try EventLoop.shared.watch(fd, .writable) { _ in isReady.resume(true) }
        let timer = EventLoop.shared.after(nanoseconds: nanoseconds) { isReady.resume(false) }
        onStoppable { isReady.resume(false) }
        let answered = await isReady.wait()
        EventLoop.shared.cancel(timer)
        EventLoop.shared.cancel(watch)
        return answered
    }
}
