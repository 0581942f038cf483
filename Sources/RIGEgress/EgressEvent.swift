package import RIGLinux
package import RIGModel

/// One attempt of a worker to reach something, for the audit: refused at once, or opened and, with
/// the same id, ended.
package struct EgressEvent: Sendable {
    package enum Phase: Sendable, Equatable {
        case refused(EgressReason)
        case opened
        /// nil: both sides had said all they wanted.
        case ended(EgressReason?)
    }

    /// How the worker came to it.
    package enum Way: String, Sendable {
        case pinned
        case proxy
        case secret
    }

    package let id: CallID
    package let pack: EgressPack
    package let workerPID: Int32
    package let way: Way
    /// As it was asked for.
    package var host: String
    package var port: UInt16
    /// Where the connection went, or was not let go to.
    package var address: IPAddress?
    package var phase: Phase
    /// From and to the worker.
    package var sentBytes = 0
    package var receivedBytes = 0
    package var durationMicroseconds: Int64 = 0
    /// The status of the answer to a request that got a secret.
    package var httpStatus: Int?
    /// The request held a placeholder where nothing is put in its place: the host does not get the
    /// value, and it saw the placeholder.
    package var showsPlaceholder = false
}

/// Whose workers, as the audit names them.
package struct EgressPack: Sendable, Equatable {
    package let namespace: String
    package let name: String
    package let version: String

    package init(namespace: String, name: String, version: String) {
        self.namespace = namespace
        self.name = name
        self.version = version
    }
}
