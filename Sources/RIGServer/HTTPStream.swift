internal import RIGBytes
package import RIGLoop

/// The parts of an answer that come over time. Nothing that is sent after the client has gone is
/// kept, and `send` says so.
@RequestLoop
package final class HTTPStream {
    private weak var connection: Connection?
    private var room: OneShot<Void>?
    package private(set) var isFinished = false

    init(_ connection: Connection?) {
        self.connection = connection
        connection?.stream = self
    }

    /// The client does not hear any more.
    package var isClosed: Bool { connection == nil }

    /// Sends one part, and waits as long as the client has too much to take.
    /// - Returns: false when nobody takes it.
    @discardableResult
    package func send(_ part: BytePart) async -> Bool {
        precondition(!isFinished, "nothing follows the end")
        guard let connection else { return false }
        connection.sendChunk(part)
        while let connection = self.connection, connection.isFull {
            let room = OneShot<Void>()
            self.room = room
            await room.wait()
        }
        return self.connection != nil
    }

    /// Sends one part unless the client has too much to take already; does not wait.
    /// - Returns: false when it was not sent.
    @discardableResult
    package func sendNow(_ part: BytePart) -> Bool {
        precondition(!isFinished, "nothing follows the end")
        guard let connection, !connection.isFull else { return false }
        connection.sendChunk(part)
        return true
    }

    /// Ends the answer. Once.
    package func finish() {
        if isFinished { return }
        isFinished = true
        connection?.finishStream()
        connection = nil
    }

    /// Ends the answer so that the client sees it is not whole: the connection is closed.
    package func abort() {
        isFinished = true
        let connection = self.connection
        self.connection = nil
        connection?.close()
    }

    /// There is room again, or the connection is no more.
    func wake() {
        let room = self.room
        self.room = nil
        room?.resume(())
    }

    func cut() {
        connection = nil
        wake()
    }
}
