package import RIGLinux
package import RIGLoop
internal import RIGModel

/// Looks names up on threads of its own: the system's resolver blocks for seconds when no server
/// answers, and neither the loop nor the pool that builds snapshots may wait for it.
@RequestLoop
package final class NameResolver {
    package typealias Lookup =
        @Sendable (String) -> Result<[IPAddress], NameLookup.Failure>

    private let lookup: Lookup
    private let lookupsMax: Int
    private var running = 0

    /// - Parameter lookup: Blocks. Tests put their own in its place.
    package init(
        lookupsMax: Int = Limits.egressLookupsMax, _ lookup: @escaping Lookup = NameResolver.system
    ) {
        self.lookup = lookup
        self.lookupsMax = lookupsMax
    }

    package nonisolated static let system: Lookup = { name in
        do throws(NameLookup.Failure) {
            return .success(try NameLookup.addresses(of: name))
        } catch {
            return .failure(error)
        }
    }

    /// - Parameter nanoseconds: How long the caller waits; the lookup itself cannot be stopped, and
    ///   counts until it ends.
    package func addresses(
        of name: String, withinNanoseconds nanoseconds: UInt64
    ) async throws(EgressReason) -> [IPAddress] {
        guard running < lookupsMax else { throw .lookupsExhausted }
        let answer = OneShot<Result<[IPAddress], NameLookup.Failure>>()
        running += 1
        do throws(Errno) {
            try KernelThread.start(name: "rig-name") { [lookup] in
                let result = lookup(name)
                RequestLoop.start {
                    self.running -= 1
                    answer.resume(result)
                }
            }
        } catch {
            running -= 1
            throw .lookupFailed
        }
        let timer = EventLoop.shared.after(nanoseconds: nanoseconds) {
            answer.resume(.failure(.temporary))
        }
        defer { EventLoop.shared.cancel(timer) }
        switch await answer.wait() {
        case .success(let addresses): return addresses
        case .failure(.notFound): throw .nameNotFound
        case .failure: throw .lookupFailed
        }
    }
}

/// The addresses of the names that one worker uses. A name keeps what it was found to be for as long
/// as the worker lives, looked up again from time to time; where that fails the last answer stands.
/// What is connected to is always an address that was checked itself, never the name again, so an
/// answer that changes (DNS rebinding) is checked like the first.
@RequestLoop
final class NamePins {
    private struct Pin {
        var addresses: [IPAddress]
        var untilNanoseconds: UInt64
    }

    private let resolver: NameResolver
    private let lifeNanoseconds: UInt64
    private var pins: [String: Pin] = [:]
    /// Names of wildcards are the worker's to invent.
    private static let countMax = 256

    init(_ resolver: NameResolver, lifeMilliseconds: Int) {
        self.resolver = resolver
        lifeNanoseconds = UInt64(lifeMilliseconds) * 1_000_000
    }

    func addresses(
        of host: HostName, withinNanoseconds nanoseconds: UInt64
    ) async throws(EgressReason) -> [IPAddress] {
        guard case .name(let name) = host else {
            if case .address(let address) = host { return [address] }
            return []
        }
        let now = MonotonicClock.nowNanoseconds()
        if let pin = pins[name], now < pin.untilNanoseconds { return pin.addresses }
        do throws(EgressReason) {
            let addresses = try await resolver.addresses(
                of: name, withinNanoseconds: nanoseconds)
            if pins.count >= Self.countMax { pins.removeAll() }
            pins[name] = Pin(addresses: addresses, untilNanoseconds: now + lifeNanoseconds)
            return addresses
        } catch {
            guard let pin = pins[name] else { throw error }
            return pin.addresses
        }
    }
}
