internal import RIGBytes
internal import RIGLinux
internal import RIGLoop
internal import RIGPipeline

/// A client that shook hands over HTTP, and what it has not been told yet.
@RequestLoop
final class HTTPSession {
    /// Unguessable; nil until the handshake.
    fileprivate(set) var id: String?
    fileprivate(set) var lastUsedNanoseconds: UInt64 = 0
    let events = SessionEvents()
    let principal: Principal
    private(set) var protocolSession: MCPSession

    init(_ bridge: MCPBridge, _ principal: Principal) {
        self.principal = principal
        let events = events
        protocolSession = MCPSession(
            bridge, principal,
            unsolicited: { message, _ in
                events.emit(message, on: SessionEvents.own)
            })
        protocolSession.requiresHandshake = true
    }

    func belongs(to other: Principal) -> Bool { principal.isSame(as: other) }

    /// Nothing is being answered and nobody listens: a client that comes back shakes hands again.
    var isQuiet: Bool { protocolSession.isIdle && !events.hasListeners }

    func close() {
        protocolSession.close()
        events.close()
    }
}

/// The sessions of one front, by their ids.
@RequestLoop
final class HTTPSessionTable {
    /// Of one principal; one more ends its own that has been quiet for longest.
    private static let principalSessionsMax = 256
    /// Of all of them; what nobody has used for so long makes room then.
    private static let sessionsMax = 4_096
    private static let staleNanoseconds: UInt64 = 3_600 * 1_000_000_000
    private static let idBytes = 16

    private var sessions: [String: HTTPSession] = [:]

    func find(_ id: String) -> HTTPSession? {
        guard let session = sessions[id] else { return nil }
        touch(session)
        return session
    }

    /// Makes sure that one more session fits, at nobody's expense but the principal's own.
    /// - Returns: false when its client has to come again later.
    func makeRoom(for principal: Principal) -> Bool {
        let own = sessions.values.filter { $0.belongs(to: principal) }
        if sessions.count >= Self.sessionsMax { endStale() }
        guard own.count >= Self.principalSessionsMax || sessions.count >= Self.sessionsMax else {
            return true
        }
        let quiet = own.filter { $0.isQuiet && sessions[$0.id ?? ""] != nil }
        guard
            let oldest = quiet.min(by: { $0.lastUsedNanoseconds < $1.lastUsedNanoseconds })
        else { return false }
        end(oldest)
        return true
    }

    private func endStale() {
        let now = MonotonicClock.nowNanoseconds()
        for session in Array(sessions.values)
        where session.isQuiet && now - session.lastUsedNanoseconds > Self.staleNanoseconds {
            end(session)
        }
    }

    /// Gives a session its id once its handshake is made; `makeRoom` was asked before.
    func add(_ session: HTTPSession) -> String {
        if let id = session.id { return id }
        let id = Hex.encode(Random.bytes(Self.idBytes))
        session.id = id
        sessions[id] = session
        touch(session)
        return id
    }

    func end(_ session: HTTPSession) {
        if let id = session.id { sessions[id] = nil }
        session.close()
    }

    private func touch(_ session: HTTPSession) {
        session.lastUsedNanoseconds = MonotonicClock.nowNanoseconds()
    }
}
