internal import RIGModel
internal import RIGSandbox

/// What a worker's namespace looks like: every exactly named host has a loopback address of its own
/// with a listener for each of its ports, and the proxy has one. The sidecar knows where a
/// connection is to go by the listener it came in on, so clients need know nothing.
struct EgressLayout {
    private(set) var roles: [EgressPolicy.Role] = []
    private(set) var listeners: [JailListener] = []
    private(set) var hosts: [JailHost] = []

    /// What clients that know proxies look at. Pinned names are reached without one, but not where
    /// a wildcard covers names below them: clients take each name for its subdomains too.
    static func environment(pinned: [String], suffixes: [String]) -> [String: String] {
        let proxy = "http://127.0.0.1:\(EgressPolicy.proxyPort)"
        let names = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]
        var variables = Dictionary(uniqueKeysWithValues: names.map { ($0, proxy) })
        let direct = pinned.filter { name in
            !suffixes.contains { name.hasSuffix($0) || $0.hasSuffix("." + name) }
        }
        for name in ["no_proxy", "NO_PROXY"] {
            variables[name] = (["localhost", "127.0.0.1"] + direct).joined(separator: ",")
        }
        return variables
    }

    init(
        names: [NetTarget], upstreams: [HostName: NetTarget], hasProxy: Bool
    ) throws(EgressPolicy.Fault) {
        var secretNames: [(String, NetTarget)] = []
        for (host, upstream) in upstreams {
            if case .name(let name) = host { secretNames.append((name, upstream)) }
        }
        secretNames.sort { $0.0 < $1.0 }
        for target in names { try add(target.host, target.port, .pinned(target), upstreams) }
        for (name, upstream) in secretNames {
            try add(name, EgressPolicy.plainPort, .secret(upstream: upstream), [:])
        }
        if hasProxy {
            roles.append(.proxy)
            listeners.append(
                JailListener(address: EgressPolicy.proxyAddress, port: EgressPolicy.proxyPort))
        }
        guard listeners.count <= JailListener.countMax else { throw .tooManyListeners }
    }

    private mutating func add(
        _ name: String, _ port: UInt16, _ role: EgressPolicy.Role,
        _ upstreams: [HostName: NetTarget]
    ) throws(EgressPolicy.Fault) {
        if name == "localhost", let target = NetTarget("\(name):\(port)") {
            throw .ownName(target)
        }
        if port == EgressPolicy.plainPort, upstreams[.name(name)] != nil {
            throw .portTaken(host: name)
        }
        let address: UInt32
        if let known = hosts.first(where: { $0.name == name }) {
            address = known.address
        } else {
            // 127.1.0.1 and up, without the last octets 0 and 255, which some programs distrust.
            let index = UInt32(hosts.count)
            address = 0x7F01_0000 + (index / 254) << 8 + index % 254 + 1
            hosts.append(JailHost(name: name, address: address))
        }
        roles.append(role)
        listeners.append(JailListener(address: address, port: port))
    }
}
