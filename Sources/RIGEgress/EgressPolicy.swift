package import RIGLinux
package import RIGModel
package import RIGSandbox

/// Where the workers of one pack may connect to. Immutable; made once a snapshot.
///
///     let policy = try EgressPolicy(net: grants.net, secrets: secrets)
///     policy.listeners, policy.hosts, policy.environment        // what the jail needs
///     policy.permission(for: .name("api.example.com"), port: 443)
package struct EgressPolicy: Sendable {
    /// What a connection may be.
    package enum Permission: Sendable, Equatable {
        /// Bytes to and from this host, whatever they are.
        case tunnel
        /// One HTTP request at a time, which gets its secrets on the way to `upstream`.
        case secret(upstream: NetTarget)
    }

    /// Why grants do not make a policy.
    package enum Fault: Error, Sendable, Equatable {
        /// `127.1`, `0x7f.0.0.1` or another spelling of an address that is none.
        case notAHost(NetTarget)
        /// The worker's own machine has this name.
        case ownName(NetTarget)
        /// Port 80 of a host that secrets are delivered to is where the worker brings its requests.
        case portTaken(host: String)
        /// A host gets its secrets at one port.
        case severalPorts(host: String)
        case tooManyListeners
        /// The value cannot stand in a header.
        case valueUnfit(slot: String)
    }

    /// What one listener of the worker's namespace leads to.
    package enum Role: Sendable, Equatable {
        case pinned(NetTarget)
        case secret(upstream: NetTarget)
        case proxy
    }

    /// The proxy's place within the worker's namespace.
    static let proxyAddress: UInt32 = 0x7F00_0001
    static let proxyPort: UInt16 = 3128
    /// Where a worker brings requests that get a secret.
    package static let plainPort: UInt16 = 80

    package let roles: [Role]
    /// In the order of `roles`.
    package let listeners: [JailListener]
    package let hosts: [JailHost]
    /// For clients that know proxies.
    package let environment: [String: String]
    package let secrets: [EgressSecret]

    private let names: Set<NetTarget>
    /// With their leading dot.
    private let suffixes: [(suffix: String, port: UInt16)]
    private let addresses: Set<AddressAndPort>
    /// By host: what its secrets are sent to.
    private let upstreams: [HostName: NetTarget]

    struct AddressAndPort: Hashable, Sendable {
        let address: IPAddress
        let port: UInt16
    }

    package init(net: [NetTarget], secrets: [EgressSecret]) throws(Fault) {
        var names: [NetTarget] = []
        var suffixes: [(suffix: String, port: UInt16)] = []
        var addresses: Set<AddressAndPort> = []
        for target in net {
            if target.host.hasPrefix("*.") {
                suffixes.append((String(target.host.dropFirst()), target.port))
                continue
            }
            switch HostName(target.host) {
            case .name: if !names.contains(target) { names.append(target) }
            case .address(let address):
                addresses.insert(AddressAndPort(address: address, port: target.port))
            case nil: throw .notAHost(target)
            }
        }
        let hasAddresses = !addresses.isEmpty
        var upstreams: [HostName: NetTarget] = [:]
        for secret in secrets {
            guard let host = HostName(secret.host.host) else { throw .notAHost(secret.host) }
            guard upstreams[host] == nil || upstreams[host] == secret.host else {
                throw .severalPorts(host: host.text)
            }
            guard secret.fits else { throw .valueUnfit(slot: secret.slot) }
            upstreams[host] = secret.host
            if case .address(let address) = host {
                // The operator named this very address.
                addresses.insert(AddressAndPort(address: address, port: secret.host.port))
            }
        }
        let needsProxy =
            !suffixes.isEmpty || hasAddresses
            || upstreams.keys.contains { if case .address = $0 { true } else { false } }
        let layout = try EgressLayout(names: names, upstreams: upstreams, hasProxy: needsProxy)
        roles = layout.roles
        listeners = layout.listeners
        hosts = layout.hosts
        environment =
            needsProxy
            ? EgressLayout.environment(
                pinned: hosts.map(\.name), suffixes: suffixes.map(\.suffix)) : [:]
        self.secrets = secrets
        self.names = Set(names)
        self.suffixes = suffixes
        self.addresses = addresses
        self.upstreams = upstreams
    }

    package var isEmpty: Bool { roles.isEmpty }

    /// What a client of the proxy may do that asked for `host`; nil for nothing.
    package func permission(for host: HostName, port: UInt16) -> Permission? {
        if port == Self.plainPort, let upstream = upstreams[host] {
            return .secret(upstream: upstream)
        }
        switch host {
        case .address(let address):
            return isGranted(address, port) ? .tunnel : nil
        case .name(let name):
            if let target = NetTarget("\(name):\(port)"), names.contains(target) { return .tunnel }
            // The suffix begins with a dot, and something must stand before it.
            let fits = suffixes.contains { suffix, granted in
                granted == port && name.hasSuffix(suffix) && name.utf8.count > suffix.utf8.count
            }
            return fits ? .tunnel : nil
        }
    }

    /// Whether a connection may go to `address`, to which the name that was granted leads now:
    /// a global one, or one that is itself granted with this port.
    package func permits(_ address: IPAddress, port: UInt16) -> Bool {
        AddressKind.of(address) == .global || isGranted(address, port)
    }

    private func isGranted(_ address: IPAddress, _ port: UInt16) -> Bool {
        addresses.contains(AddressAndPort(address: address, port: port))
    }

    /// Those that go to `upstream`.
    func secrets(for upstream: NetTarget) -> [EgressSecret] {
        secrets.filter { $0.host == upstream }
    }

    /// Whether everything that `asked` may mean is granted.
    package static func grants(_ net: [NetTarget], cover asked: NetTarget) -> Bool {
        net.contains { granted in
            if granted == asked { return true }
            guard granted.port == asked.port, granted.host.hasPrefix("*.") else { return false }
            return asked.host.hasSuffix(granted.host.dropFirst())
                && asked.host.utf8.count >= granted.host.utf8.count
        }
    }
}
