internal import RIGBytes
package import RIGIdempotency
package import RIGLoop

/// Calls of this process that hold an idempotency key, and those who sent the same call meanwhile.
///
/// The first one leads: it looks the key up, and is the only one that may run. The others wait for
/// what becomes of it.
@RequestLoop
package final class KeysInFlight {
    package let ledger: KeyLedger
    private var flights: [Digest: KeyFlight] = [:]

    package init(_ ledger: KeyLedger) {
        self.ledger = ledger
    }

    /// The call that holds the key now.
    func flight(_ scope: KeyScope) -> KeyFlight? { flights[scope.digest] }

    /// Takes the key, which nobody holds.
    func take(_ scope: KeyScope) -> KeyFlight {
        let flight = KeyFlight(scope)
        flights[scope.digest] = flight
        return flight
    }

    /// Lets go of the key and tells those who wait what became of it.
    func settle(_ flight: KeyFlight) {
        flights[flight.scope.digest] = nil
        flight.end()
    }

    /// Keys that are held, for metrics.
    package var count: Int { flights.count }
}

/// One call that holds its key.
@RequestLoop
final class KeyFlight {
    let scope: KeyScope
    /// Whether the key is claimed on disk, by this call's intent.
    var isClaimed = false
    /// What those who wait get, once the call has ended: nil tells them to look for themselves.
    var result: KeyedResult?
    private var waiters: [OneShot<Patience.End>] = []

    init(_ scope: KeyScope) {
        self.scope = scope
    }

    func follow() -> OneShot<Patience.End> {
        let waiter = OneShot<Patience.End>()
        waiters.append(waiter)
        return waiter
    }

    fileprivate func end() {
        for waiter in waiters { waiter.resume(.delivered) }
        waiters = []
    }
}
