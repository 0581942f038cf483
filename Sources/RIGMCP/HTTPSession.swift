internal import RIGBytes
internal import RIGLinux
internal import RIGLoop
internal import RIGPipeline

/// A client that shook hands over HTTP, and what it has not been told yet.
@RequestLoop
final class HTTPSession {
    /// Unguessable; nil until the handshake.
    fileprivate(set) var id: String?
    fileprivate(set) var lastUsed: UInt64 = 0
    let events = SessionEvents()
    private let principal: Principal
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

    func close() {
        protocolSession.close()
        events.close()
    }
}

/// The sessions of one front, by their ids.
@RequestLoop
final class HTTPSessionTable {
    /// One more ends the one that has been quiet for longest.
    private static let sessionsMax = 1_024
    private static let idBytes = 16

    private var sessions: [String: HTTPSession] = [:]
    private var clock: UInt64 = 0

    func find(_ id: String) -> HTTPSession? {
        guard let session = sessions[id] else { return nil }
        touch(session)
        return session
    }

    /// Gives a session its id once its handshake is made.
    func add(_ session: HTTPSession) -> String {
        if let id = session.id { return id }
        if sessions.count >= Self.sessionsMax,
            let oldest = sessions.values.min(by: { $0.lastUsed < $1.lastUsed })
        {
            end(oldest)
        }
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
        clock += 1
        session.lastUsed = clock
    }
}
