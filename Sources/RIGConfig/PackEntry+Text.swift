internal import RIGModel
internal import RIGYAML

extension PackEntry {
    /// The entry as it is written, its keys in the order of the documentation.
    var fragment: YAMLFragment {
        var members: [YAMLFragment.Member] = [.init(source.rawValue, .string(name))]
        if let version { members.append(.init("version", .string(version))) }
        if let alias { members.append(.init("as", .string(alias))) }
        if let tools { members.append(.init("tools", .list(tools.map { .string($0) }))) }
        let grants = grantMembers
        if !grants.isEmpty { members.append(.init("grants", .mapping(grants))) }
        return .mapping(members)
    }

    private var grantMembers: [YAMLFragment.Member] {
        var members: [YAMLFragment.Member] = []
        if !net.isEmpty { members.append(.init("net", .list(net.map { .string($0) }))) }
        var files: [YAMLFragment.Member] = []
        if let workspace {
            files.append(
                .init(
                    "workspace",
                    .mapping([
                        .init("path", .string(workspace.path)),
                        .init("mode", .string(workspace.mode.rawValue)),
                    ])))
        }
        if let data { files.append(.init("data", .string(data.rawValue))) }
        if !files.isEmpty { members.append(.init("fs", .mapping(files))) }
        if !secrets.isEmpty {
            members.append(.init("secrets", .mapping(secrets.map(\.member))))
        }
        if !environment.isEmpty {
            let variables = environment.sorted { $0.key < $1.key }
            members.append(
                .init("env", .mapping(variables.map { .init($0.key, .string($0.value)) })))
        }
        return members
    }
}

extension PackEntry.Secret {
    fileprivate var member: YAMLFragment.Member {
        var members: [YAMLFragment.Member] = [.init("from", .string(from))]
        if let host {
            members.append(.init("host", .string(host)))
        } else {
            members.append(.init("deliver", "ctx"))
        }
        return .init(slot, .mapping(members))
    }
}
