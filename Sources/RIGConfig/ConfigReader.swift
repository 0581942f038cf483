internal import RIGJSON
internal import RIGLinux
internal import RIGModel
internal import RIGYAML

/// Reads the tree of rig.yaml into `Config`; the sections have files of their own.
struct ConfigReader {
    let file: String
    let folder: String
    let report: ConfigReport

    init(file: String, report: ConfigReport) {
        self.file = file
        self.report = report
        folder = Path.parent(file)
    }

    func config(_ root: YAMLNode) -> Config {
        let section = ConfigSection(root, path: "", shape: ConfigShape.root, report: report)
        checkVersion(section)
        var config = Config(
            file: file, folder: folder, audit: audit(section.section("audit", ConfigShape.audit)),
            server: server(section.section("server", ConfigShape.server)))
        config.packs = packs(section)
        config.runners = runners(section.section("runners", ConfigShape.runners))
        let sandbox = section.section("sandbox", ConfigShape.sandbox)
        config.sandbox.level = sandbox.choice("level", SandboxConfig.Level.self) ?? .strict
        config.policy = policy(section.section("policy", ConfigShape.policy))
        config.update = update(section.section("update", ConfigShape.update))
        let mcp = section.section("mcp", ConfigShape.mcp)
        config.mcp.names = mcp.choice("names", MCPConfig.Names.self) ?? .underscore
        // A host can answer for its user: what moves money or destroys is not for it to say.
        let approved = mcp.list("host_approves", "read or write", unique: true) { text in
            Risk(rawValue: text).flatMap { $0 == .read || $0 == .write ? $0 : nil }
        }
        config.mcp.hostApproves = Set(approved ?? [])
        config.tokens = tokens(section)
        return config
    }

    /// Relative paths start at the folder of rig.yaml.
    func resolve(_ path: String) -> String {
        var rest = path[...]
        while rest.hasPrefix("./") {
            rest = rest.dropFirst(2).drop { $0 == "/" }
        }
        if rest.isEmpty || rest == "." { return folder }
        return folder == "." && rest.hasPrefix("/") == false
            ? String(rest) : Path.join(folder, String(rest))
    }

    func place(_ section: ConfigSection) -> ConfigPlace {
        ConfigPlace(line: section.start.line, column: section.start.column)
    }

    private func checkVersion(_ section: ConfigSection) {
        if section.node.kind == "mapping" { section.require("version") }
        guard let node = section["version"] else { return }
        let isOne = node.json?.int64 == 1
        if !isOne { section.fault("version", "this rig reads version 1", hint: "version: 1") }
    }

    private func runners(_ section: ConfigSection) -> RunnersConfig {
        var runners = RunnersConfig()
        runners.node = runner(section.section("node", ConfigShape.node), runners.node)
        runners.python = runner(section.section("python", ConfigShape.python), runners.python)
        return runners
    }

    private func runner(_ section: ConfigSection, _ fallback: RunnerConfig) -> RunnerConfig {
        var runner = fallback
        runner.isEnabled = section.flag("enabled", default: true)
        let words = "spawn:PROGRAM or unix:PATH"
        runner.address =
            section.value("url", words) { text in
                if text.utf8.contains(0) { return nil }
                if text.hasPrefix("spawn:") {
                    let program = text.dropFirst(6)
                    let isBlank = program.isEmpty || program.contains(where: \.isWhitespace)
                    return isBlank ? nil : .spawn(String(program))
                }
                guard text.hasPrefix("unix:"), text.utf8.count > 5 else { return nil }
                return .unix(path: resolve(String(text.dropFirst(5))))
            } ?? fallback.address
        runner.isConfinedElsewhere =
            section.value("sandbox", "external") { $0 == "external" ? true : nil } ?? false
        if runner.isConfinedElsewhere, case .spawn = runner.address {
            section.fault(
                "sandbox", "a runner that RIG starts is confined by RIG",
                hint: "remove this line, or set url to unix:PATH")
        }
        return runner
    }

    private func server(_ section: ConfigSection) -> ServerConfig {
        var server = ServerConfig(socketPath: resolve(".rig/rig.sock"))
        let words = "an address and a port such as 127.0.0.1:8741, or none"
        if let listen = section.value("listen", words, Self.listenAddress) {
            server.listen = listen
        }
        if let path = section.text("socket", "a path") { server.socketPath = resolve(path) }
        return server
    }

    static func listenAddress(_ text: String) -> ListenAddress?? {
        if text == "none" { return .some(nil) }
        // A free port is written as 0, which no target can have.
        let isFree = text.hasSuffix(":0")
        guard let target = NetTarget(isFree ? text.dropLast() + "1" : text) else { return nil }
        let isNumeric = target.host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        let isIPv4 =
            isNumeric && target.host.split(separator: ".").count == 4
            && target.host.split(separator: ".").allSatisfy { $0.utf8.count <= 3 }
        let isIPv6 = target.host.utf8.contains(UInt8(ascii: ":"))
        guard isIPv4 || isIPv6 || text.hasPrefix("localhost:") else { return nil }
        return ListenAddress(host: target.host, port: isFree ? 0 : target.port)
    }

    private func tokens(_ root: ConfigSection) -> [TokenConfig] {
        var names: Set<String> = []
        return root.sections("tokens", ConfigShape.token).compactMap { section in
            for key in ["name", "role", "hash"] { section.require(key) }
            let name = section.name("name")
            let role = section.choice("role", TokenConfig.Role.self)
            let hash = section.value("hash", "sha256: and 64 lower-case hexadecimal digits") {
                text -> String? in
                let digits = text.utf8.dropFirst(7)
                let isHash = text.hasPrefix("sha256:") && digits.count == 64
                return isHash
                    && digits.allSatisfy {
                        (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                    }
                    ? text : nil
            }
            if let name, !names.insert(name).inserted {
                section.fault("name", "another token has this name")
            }
            if name == "agent" || name == "operator" {
                section.fault("name", "is the name of the token in .rig/tokens")
            }
            let tenants = section.list("tenants", ConfigSection.globWords, ConfigSection.glob)
            let tools = section.list("tools", ConfigSection.globWords, ConfigSection.glob)
            if role == .operator {
                // An operator decides for everybody; a scope that is not held would deceive.
                for (key, scope) in [("tenants", tenants), ("tools", tools)] where scope != nil {
                    section.fault(key, "narrows an agent's token, an operator's has no scope")
                }
            }
            guard let name, let role, let hash else { return nil }
            return TokenConfig(
                name: name, role: role, hash: hash, tenants: tenants ?? ["*"],
                tools: tools ?? ["*"])
        }
    }
}

extension ListenAddress {
    /// Reads `127.0.0.1:8741`; nil for what `server.listen` would refuse, and for `none`.
    package init?(_ text: String) {
        guard let found = ConfigReader.listenAddress(text), let address = found else { return nil }
        self = address
    }
}
