internal import RIGLinux
package import RIGModel
internal import RIGYAML

/// A pack entry to be written into rig.yaml.
package struct PackEntry: Hashable, Sendable {
    package var source: PackSource
    /// The package name, or the folder as it shall be written.
    package var name: String
    package var version: String?
    package var alias: String?
    package var tools: [String]?
    package var net: [String] = []
    /// Its path as it shall be written.
    package var workspace: GrantsConfig.Workspace?
    package var data: GrantsConfig.Access?
    /// Slots and the text of `from`; the value goes to the implementation unless a host is named.
    package var secrets: [Secret] = []
    package var environment: [String: String] = [:]

    package struct Secret: Hashable, Sendable {
        package var slot: String
        package var from: String
        package var host: String?

        package init(slot: String, from: String, host: String? = nil) {
            self.slot = slot
            self.from = from
            self.host = host
        }
    }

    package init(
        source: PackSource, name: String, version: String? = nil, alias: String? = nil,
        tools: [String]? = nil
    ) {
        self.source = source
        self.name = name
        self.version = version
        self.alias = alias
        self.tools = tools
    }
}

/// Changes rig.yaml and keeps its comments, order and layout. Every change is checked as a whole
/// configuration before it is kept.
///
///     var edit = try ConfigEdit(path: "rig.yaml")
///     try edit.addPack(PackEntry(source: .path, name: "./echo", tools: ["say"]))
///     try edit.write()
package struct ConfigEdit: Sendable {
    /// What the text means now.
    package private(set) var config: Config
    private var edit: YAMLEdit
    private let path: String
    /// What the file held when it was read.
    private let original: [UInt8]

    /// Reads the file.
    package init(path: String) throws(ConfigErrors) {
        try self.init(text: try Config.read(path), path: path)
    }

    /// Starts from a text that stands, or shall stand, at `path`.
    package init(text: [UInt8], path: String) throws(ConfigErrors) {
        self.path = path
        original = text
        config = try Config.parse(text, file: path)
        edit = YAMLEdit(try Config.document(text, file: path))
    }

    /// The text as it stands now.
    package var bytes: [UInt8] { edit.document.bytes }

    package var isChanged: Bool { bytes != original }

    /// Where in `packs` the pack is that has this namespace, package name or folder.
    package func index(of name: String) -> Int? {
        config.packs.firstIndex { $0.namespace?.text == name }
            ?? config.packs.firstIndex { $0.name == name || $0.path == name }
    }

    /// Adds an entry at the end of `packs`.
    package mutating func addPack(_ entry: PackEntry) throws(ConfigErrors) {
        try change("packs") { (edit) throws(YAMLEditError) in
            if edit.document.root["packs"] == nil {
                try edit.insert("packs", .list([entry.fragment]), into: [])
            } else {
                try edit.append(entry.fragment, to: [.key("packs")])
            }
        }
    }

    /// Takes out the entry of a pack.
    /// - Parameter index: Its place in `packs`.
    package mutating func removePack(at index: Int) throws(ConfigErrors) {
        try change("packs[\(index)]") { (edit) throws(YAMLEditError) in
            try edit.remove([.key("packs"), .index(index)])
        }
    }

    /// Makes `tools` the enabled tools of a pack. Those that stay are left as they are written, new
    /// ones are added at the end.
    package mutating func setTools(_ tools: [String], at index: Int) throws(ConfigErrors) {
        let pack: [YAMLStep] = [.key("packs"), .index(index)]
        let path = pack + [.key("tools")]
        let present = config.packs[index].tools?.map(\.text)
        try change("packs[\(index)].tools") { (edit) throws(YAMLEditError) in
            guard let present else {
                return try edit.insert("tools", .list(tools.map { .string($0) }), into: pack)
            }
            for (place, tool) in present.enumerated().reversed() where !tools.contains(tool) {
                try edit.remove(path + [.index(place)])
            }
            for tool in tools where !present.contains(tool) {
                try edit.append(.string(tool), to: path)
            }
        }
    }

    /// Sets the exact version of a pack.
    package mutating func setVersion(_ version: String, at index: Int) throws(ConfigErrors) {
        let pack: [YAMLStep] = [.key("packs"), .index(index)]
        let isThere = config.packs[index].version != nil
        try change("packs[\(index)].version") { (edit) throws(YAMLEditError) in
            if isThere {
                try edit.replace(pack + [.key("version")], with: .string(version))
            } else {
                try edit.insert("version", .string(version), into: pack)
            }
        }
    }

    /// Puts the text into the file, so that at any moment the old file or the new one is there.
    /// Refuses when someone else changed the file since it was read.
    package func write() throws(ConfigErrors) {
        let found: [UInt8]
        let mode: UInt32
        let target: String
        do throws(Errno) {
            // A link stays a link: the file behind it is replaced.
            target = try File.realPath(path)
            found = try File.readWhole(target, sizeBytesMax: Config.sizeBytesMax)
            mode = try FileStatus.of(target).mode & 0o777
        } catch {
            throw failure("cannot be read: \(error.text)")
        }
        guard found == original else {
            throw failure("the file was changed meanwhile", hint: "run the command again")
        }
        do throws(Errno) {
            try File.replaceAtomically(target, with: bytes, mode: mode)
        } catch {
            throw failure("cannot be written: \(error.text)")
        }
    }

    private func failure(_ why: String, hint: String? = nil) -> ConfigErrors {
        ConfigErrors(ConfigError(file: path, what: "rig.yaml", why: why, hint: hint))
    }

    private mutating func change(
        _ what: String, _ body: (inout YAMLEdit) throws(YAMLEditError) -> Void
    ) throws(ConfigErrors) {
        var changed = edit
        do throws(YAMLEditError) {
            try body(&changed)
        } catch {
            let why =
                switch error {
                case .notFound: "there is no such entry"
                case .exists: "is there already"
                case .refused: "is written in a way that cannot be edited safely"
                }
            throw ConfigErrors(
                ConfigError(file: path, what: what, why: why, hint: "edit the file by hand"))
        }
        config = try Config.parse(changed.document.bytes, file: path)
        edit = changed
    }
}
