internal import RIGModel
internal import RIGYAML

extension ConfigReader {
    func grants(_ section: ConfigSection) -> GrantsConfig {
        var grants = GrantsConfig()
        grants.net =
            section.list("net", "host:port, as api.example.com:443", unique: true) {
                NetTarget($0)
            } ?? []
        let files = section.section("fs", ConfigShape.files)
        if files.has("workspace") {
            let workspace = files.section("workspace", ConfigShape.workspace)
            workspace.require("path")
            let mode = workspace.choice("mode", GrantsConfig.Access.self) ?? .ro
            if let path = workspace.text("path", "a folder") {
                grants.workspace = GrantsConfig.Workspace(path: resolve(path), mode: mode)
            }
        }
        grants.data = files.choice("data", GrantsConfig.Access.self)
        for (slot, key, value) in section.members("secrets") {
            let path = section.path("secrets." + slot)
            if !AuthSlot.isName(slot) {
                report.add(
                    key.start, path,
                    "is not a slot's name: a letter, then at most 47 letters, digits or _")
            }
            let secret = ConfigSection(
                value, path: path, shape: ConfigShape.secret, report: report)
            if let secret = self.secret(secret, slot) { grants.secrets.append(secret) }
        }
        for (name, key, value) in section.members("env") {
            let path = section.path("env." + name)
            if !Self.isVariable(name) {
                report.add(
                    key.start, path, "is not a variable's name: letters, digits and _")
            }
            let text = section.value(of: value, path, "a string") {
                $0.utf8.contains(0) ? nil : $0
            }
            if let text { grants.environment[name] = text }
        }
        return grants
    }

    private func secret(_ section: ConfigSection, _ slot: String) -> SecretConfig? {
        section.require("from")
        let source = section.value("from", "env:NAME, file:PATH or cmd:COMMAND", source)
        let delivery = delivery(section, slot)
        guard let source, let delivery else { return nil }
        return SecretConfig(slot: slot, source: source, delivery: delivery)
    }

    private func source(_ text: String) -> SecretConfig.Source? {
        guard let colon = text.firstIndex(of: ":"), !text.utf8.contains(0) else { return nil }
        let rest = String(text[text.index(after: colon)...])
        if rest.isEmpty { return nil }
        switch text[..<colon] {
        case "env": return Self.isVariable(rest) ? .environment(name: rest) : nil
        case "file": return .file(path: resolve(rest))
        case "cmd": return .command(rest)
        default: return nil
        }
    }

    private enum Means: String, CaseIterable { case egress, ctx, env }

    private func delivery(_ section: ConfigSection, _ slot: String) -> SecretConfig.Delivery? {
        let host = section.value("host", "a host such as api.example.com") { text in
            text.contains("*") ? nil : NetTarget(text) ?? NetTarget(text + ":443")
        }
        let form = section.value(
            "as", "'header Name: text with {}', 'query name' or 'env NAME'", Self.form)
        guard let means = section.has("deliver") ? section.choice("deliver", Means.self) : .egress
        else { return nil }
        if means != .egress && section.has("host") {
            section.fault("host", "is for deliver: egress")
        }
        switch (means, form) {
        case (.egress, .variable?):
            section.fault("as", "'env NAME' is for deliver: env")
            return nil
        case (.egress, _):
            if !section.has("host") {
                section.report.add(
                    section.start, section.path,
                    "'host' is missing: egress puts the value into requests to one host",
                    hint: "add host:, or deliver: ctx")
            }
            var placement: SecretConfig.Placement?
            if case .placement(let place)? = form { placement = place }
            return host.map { .egress(host: $0, placement: placement) }
        case (.ctx, _):
            if section.has("as") { section.fault("as", "is not for deliver: ctx") }
            return .context
        case (.env, .placement?):
            section.fault("as", "deliver: env takes 'env NAME'")
            return nil
        case (.env, .variable(let name)?): return .environment(name: name)
        case (.env, nil): return .environment(name: slot)
        }
    }

    private enum Form {
        case placement(SecretConfig.Placement)
        case variable(String)
    }

    private static func form(_ text: String) -> Form? {
        guard let space = text.firstIndex(of: " ") else { return nil }
        let rest = String(text[text.index(after: space)...])
        switch text[..<space] {
        case "env": return isVariable(rest) ? .variable(rest) : nil
        case "query":
            let name = rest.hasSuffix("={}") ? String(rest.dropLast(3)) : rest
            let isName =
                !name.isEmpty
                && name.utf8.allSatisfy {
                    ConfigSection.isAlphanumeric($0) || "._~-".utf8.contains($0)
                }
            return isName ? .placement(.query(name: name)) : nil
        case "header": return header(rest).map { .placement($0) }
        default: return nil
        }
    }

    /// `Name: prefix{}suffix`
    private static func header(_ text: String) -> SecretConfig.Placement? {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            colon + 1 < bytes.count, bytes[colon + 1] == 0x20,
            bytes[..<colon].allSatisfy({
                ConfigSection.isAlphanumeric($0) || "!#$%&'*+.^_`|~-".utf8.contains($0)
            })
        else { return nil }
        let template = bytes[(colon + 2)...]
        guard let open = template.firstIndex(of: UInt8(ascii: "{")), open + 1 < bytes.count,
            bytes[open + 1] == UInt8(ascii: "}")
        else { return nil }
        let (prefix, suffix) = (template[..<open], template[(open + 2)...])
        let isPlain = (prefix + suffix).allSatisfy {
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}")
        }
        guard isPlain else { return nil }
        return .header(
            name: String(decoding: bytes[..<colon], as: UTF8.self),
            prefix: String(decoding: prefix, as: UTF8.self),
            suffix: String(decoding: suffix, as: UTF8.self))
    }

    static func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return !(0x30...0x39).contains(first)
            && text.utf8.allSatisfy { ConfigSection.isAlphanumeric($0) || $0 == 0x5F }
    }
}
