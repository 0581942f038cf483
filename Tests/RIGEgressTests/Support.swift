import Foundation
import RIGBytes
import RIGLinux
import RIGLoop
import RIGModel
import XCTest

@testable import RIGEgress
@testable import RIGSandbox

/// A server on a port of its own that answers each connection on a thread, by blocking calls.
final class Peer: Sendable {
    let port: UInt16
    private let listener: CInt

    /// - Parameter body: Is given a blocking socket, which is closed after it.
    init(_ body: @escaping @Sendable (CInt) -> Void) throws {
        let descriptor = try TCPSocket.listen(host: "127.0.0.1", port: 0)
        port = try TCPSocket.localPort(descriptor.fd)
        try descriptor.setNonBlocking(false)
        let fd = descriptor.release()
        listener = fd
        try KernelThread.start(name: "peer") {
            while let socket = try? UnixSocket.accept(fd) {
                try? socket.setNonBlocking(false)
                let number = socket.release()
                try? KernelThread.start(name: "peer-one") {
                    body(number)
                    _ = Descriptor(owning: number)
                }
            }
        }
    }

    deinit {
        try? TCPSocket.shutDown(listener)
    }

    static func echo() throws -> Peer {
        try Peer { fd in
            var room = [UInt8](repeating: 0, count: 64 << 10)
            while case .bytes(let count)? = try? Transmit.read(fd, into: &room) {
                guard (try? Transmit.writeAll(fd, Array(room[..<count]))) != nil else { return }
            }
        }
    }
}

/// A worker's side: a blocking connection to a listener.
struct Client: ~Copyable {
    let socket: Descriptor

    init(port: UInt16) throws {
        let opened = try TCPSocket.connect(host: "127.0.0.1", port: port)
        try opened.setNonBlocking(false)
        try TCPSocket.setTimeout(opened.fd, milliseconds: 20_000)
        socket = consume opened
    }

    /// Stays open until the number is closed.
    consuming func release() -> CInt { socket.release() }

    func send(_ text: String) throws { try Transmit.writeAll(socket.fd, Array(text.utf8)) }
    func send(_ bytes: [UInt8]) throws { try Transmit.writeAll(socket.fd, bytes) }
    func finish() throws { try UnixSocket.finishSending(socket.fd) }

    /// Everything until the end; what came before a reset, too.
    func rest() -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while case .bytes(let count)? = try? Transmit.read(socket.fd, into: &room) {
            bytes += room[..<count]
        }
        return bytes
    }

    func text() -> String { String(decoding: rest(), as: UTF8.self) }

    func read(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var room = [UInt8](repeating: 0, count: count - bytes.count)
            guard case .bytes(let got)? = try? Transmit.read(socket.fd, into: &room) else {
                return bytes
            }
            bytes += room[..<got]
        }
        return bytes
    }
}

/// A door over ordinary listeners, and what it recorded.
@RequestLoop
final class Bench {
    private(set) var events: [EgressEvent] = []
    /// By the policy's roles.
    let ports: [UInt16]
    let door: WorkerDoor
    private var waiters: [(test: ([EgressEvent]) -> Bool, done: OneShot<Void>)] = []
    var isRecording = true

    nonisolated static func make(
        _ net: [String], secrets: [EgressSecret] = [], names: [String: [String]] = [:],
        limits: EgressLimits = EgressLimits(), courier: SecretCourier? = nil
    ) async throws -> Bench {
        try await make(
            net, secrets: secrets, limits: limits, courier: courier,
            lookup: { name in
                guard let found = names[name] else { return .failure(.notFound) }
                return .success(found.compactMap { IPAddress($0) })
            })
    }

    nonisolated static func make(
        _ net: [String], secrets: [EgressSecret], limits: EgressLimits, courier: SecretCourier?,
        lookup: @escaping NameResolver.Lookup
    ) async throws -> Bench {
        let targets = try net.map { try XCTUnwrap(NetTarget($0), $0) }
        let policy = try EgressPolicy(net: targets, secrets: secrets)
        return try await Bench(policy, limits, courier, lookup)
    }

    private init(
        _ policy: EgressPolicy, _ limits: EgressLimits, _ courier: SecretCourier?,
        _ lookup: @escaping NameResolver.Lookup
    ) throws {
        var ports: [UInt16] = []
        var fds: [CInt] = []
        for _ in policy.roles {
            let listener = try TCPSocket.listen(host: "127.0.0.1", port: 0)
            ports.append(try TCPSocket.localPort(listener.fd))
            fds.append(listener.release())
        }
        self.ports = ports
        let box = Box()
        let service = EgressService(
            resolver: NameResolver(lookup), courier: courier, limits: limits
        ) { box.bench?.take($0) ?? true }
        door = service.serve(
            JailSockets(fds), policy,
            for: EgressPack(namespace: "test", name: "rig-pack-test", version: "1.0.0"),
            workerPID: 42)
        box.bench = self
    }

    private final class Box {
        weak var bench: Bench?
    }

    private func take(_ event: EgressEvent) -> Bool {
        guard isRecording else { return false }
        events.append(event)
        let ready = waiters.filter { $0.test(events) }
        waiters.removeAll { $0.test(events) }
        for waiter in ready { waiter.done.resume(()) }
        return true
    }

    /// Suspends until what was recorded passes `test`.
    func wait(until test: @escaping ([EgressEvent]) -> Bool) async {
        if test(events) { return }
        let done = OneShot<Void>()
        waiters.append((test, done))
        await done.wait()
    }

    /// How the last connection ended.
    func end() async -> EgressEvent {
        await wait { $0.last?.phase != nil && $0.last?.phase != .opened }
        return events[events.count - 1]
    }

    private var descriptors = 0

    private var openDescriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
    }

    func remember() async {
        await settle()
        descriptors = openDescriptors
    }

    /// Peers' threads close theirs a moment after the connection's end was recorded.
    func hasNoMoreDescriptors() async -> Bool {
        for _ in 0..<200 {
            if openDescriptors <= descriptors { return true }
            await settle()
        }
        return false
    }

    private func settle() async { await EventLoop.shared.sleep(nanoseconds: 10_000_000) }

    func stopRecording() { isRecording = false }
}

/// Runs `body`, which blocks, off the loop and off the pool.
func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
