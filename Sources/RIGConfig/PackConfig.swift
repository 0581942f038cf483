package import RIGModel

/// An entry of `packs`.
package struct PackConfig: Hashable, Sendable {
    package enum Isolation: String, Hashable, Sendable, CaseIterable {
        case shared
        /// A fresh worker for every call.
        case perCall = "per_call"
    }

    package var source: PackSource
    /// The package name, or the folder as it is written.
    package var name: String
    /// The folder of a `path` pack, resolved; nil for the others.
    package var path: String?
    /// The exact version; nil takes what rig.lock says. Never there for a `path` pack.
    package var version: String?
    /// `as:`; nil takes the short name.
    package var alias: Namespace?
    /// The tools that are enabled; nil when the entry has no such list.
    package var tools: [ToolName]?
    package var grants = GrantsConfig()
    package var limits = LimitsConfig()
    package var isolation = Isolation.shared
    /// The pack brings native code.
    package var isNative = false
    /// The runtime may compile at run time.
    package var allowsJIT = true
    package var place: ConfigPlace

    /// The namespace where the entry alone tells it: `as:`, else the short name in the package's
    /// name, or in the name of the folder of a `path` pack, whose own metadata decides in the end.
    package var namespace: Namespace? {
        if let alias { return alias }
        let last = name.split(separator: "/").last.map(String.init) ?? name
        let short = PackName.short(of: source == .path ? last : name, source: source)
        return short.flatMap { Namespace($0) }
    }
}

/// What a pack may reach. Nothing by default.
package struct GrantsConfig: Hashable, Sendable {
    package struct Workspace: Hashable, Sendable {
        /// Resolved.
        package var path: String
        package var mode = Access.ro

        package init(path: String, mode: Access = .ro) {
            self.path = path
            self.mode = mode
        }
    }

    package enum Access: String, Hashable, Sendable, CaseIterable { case ro, rw }

    package var net: [NetTarget] = []
    package var workspace: Workspace?
    /// The pack's own data folder; nil has none.
    package var data: Access?
    /// In the order of the file, each slot once.
    package var secrets: [SecretConfig] = []
    package var environment: [String: String] = [:]

    package init() {}
}

/// Where a slot's value comes from and how it gets to its use.
package struct SecretConfig: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case environment(name: String)
        /// Resolved.
        case file(path: String)
        case command(String)
    }

    package enum Delivery: Hashable, Sendable {
        /// Put into requests to this one host, outside the worker; `placement` nil follows the
        /// slot's kind.
        case egress(host: NetTarget, placement: Placement?)
        /// Given to the implementation in `ctx.secrets`.
        case context
        /// Set in the worker's environment.
        case environment(name: String)
    }

    package enum Placement: Hashable, Sendable {
        /// The value stands between prefix and suffix.
        case header(name: String, prefix: String, suffix: String)
        case query(name: String)
    }

    package var slot: String
    package var source: Source
    package var delivery: Delivery

    package init(slot: String, source: Source, delivery: Delivery) {
        self.slot = slot
        self.source = source
        self.delivery = delivery
    }
}

package struct LimitsConfig: Hashable, Sendable {
    package var timeoutMilliseconds = Limits.callTimeoutMillisecondsDefault
    /// Calls one worker holds at a time.
    package var concurrentCallsMax = Limits.concurrentCallsDefault
    package var workersMin = Limits.workersMinDefault
    package var workersMax = Limits.workersMaxDefault
    package var memoryBytesMax = Limits.workerMemoryBytesDefault
    package var inputBytesMax = Limits.inputBytesDefault
    package var outputBytesMax = Limits.outputBytesDefault
    /// Calls that may wait for a worker.
    package var queuedCallsMax = Limits.queuedCallsDefault

    package init() {}
}
