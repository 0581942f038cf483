internal import RIGModel
internal import RIGYAML

extension ConfigReader {
    func packs(_ root: ConfigSection) -> [PackConfig] {
        var packs: [PackConfig] = []
        var mounted: [Namespace: ConfigPlace] = [:]
        // All entries commented out is no mistake.
        if root["packs"]?.kind == "null" { return [] }
        for section in root.sections("packs", ConfigShape.pack) {
            guard let pack = pack(section) else { continue }
            packs.append(pack)
            guard let namespace = pack.namespace else {
                if pack.source != .path {
                    section.fault(
                        pack.source.rawValue, "'\(pack.name)' names no namespace",
                        hint: "add as: NAME (lower case)")
                }
                continue
            }
            if let first = mounted[namespace] {
                section.fault(
                    section.has("as") ? "as" : pack.source.rawValue,
                    "the pack in line \(first.line) is mounted as '\(namespace)' too",
                    hint: "mount one of them under another name with as:")
            }
            mounted[namespace] = pack.place
        }
        return packs
    }

    private func pack(_ section: ConfigSection) -> PackConfig? {
        let sources: [PackSource] = [.npm, .pip, .path].filter { section.has($0.rawValue) }
        if section.node.kind == "mapping" && sources.count != 1 {
            let why =
                sources.isEmpty ? "names no pack" : "names more than one pack"
            section.report.add(
                section.start, section.path, why, hint: "write one of npm:, pip: or path:")
        }
        guard let source = sources.first else {
            _ = details(section, .path, "")
            return nil
        }
        let name =
            source == .path
            ? section.text("path", "a folder")
            : section.value(source.rawValue, "a package name") {
                PackName.isValid($0) ? $0 : nil
            }
        let pack = details(section, source, name ?? "")
        return name == nil || sources.count != 1 ? nil : pack
    }

    private func details(
        _ section: ConfigSection, _ source: PackSource, _ name: String
    ) -> PackConfig {
        var pack = PackConfig(source: source, name: name, place: place(section))
        if source == .path { pack.path = resolve(name) }
        if source == .path && section.has("version") && section.has("path") {
            section.fault(
                "version", "a folder has the version that its own metadata says",
                hint: "remove this line")
        }
        let version = section.value("version", "an exact version such as 1.4.0", Self.version)
        pack.version = source == .path ? nil : version
        pack.alias = section.value(
            "as", "a lower-case name: a letter, then at most 31 letters, digits, _ or -"
        ) { Namespace($0) }
        pack.tools = section.list("tools", "a tool's name", unique: true) { ToolName($0) }
        pack.grants = grants(section.section("grants", ConfigShape.grants))
        pack.isolation = section.choice("isolation", PackConfig.Isolation.self) ?? .shared
        pack.limits = limits(
            section.section("limits", ConfigShape.limits), isPerCall: pack.isolation == .perCall)
        pack.isNative = section.flag("native", default: false)
        pack.allowsJIT = section.flag("jit", default: true)
        return pack
    }

    private static func version(_ text: String) -> String? {
        guard let first = text.utf8.first, text.utf8.count <= 128,
            ConfigSection.isAlphanumeric(first),
            text.utf8.allSatisfy({ ConfigSection.isAlphanumeric($0) || ".+!_-".utf8.contains($0) })
        else { return nil }
        return text
    }

    private func limits(_ section: ConfigSection, isPerCall: Bool) -> LimitsConfig {
        var limits = LimitsConfig()
        limits.timeoutMilliseconds = section.duration(
            "timeout", default: limits.timeoutMilliseconds)
        if limits.timeoutMilliseconds > Limits.callTimeoutMillisecondsMax {
            section.fault("timeout", "a call may take a day at most")
        }
        limits.concurrentCallsMax = section.integer(
            "concurrency", 1...1024, default: limits.concurrentCallsMax)
        if isPerCall, section.has("concurrency") {
            section.fault(
                "concurrency", "with isolation: per_call a worker holds one call",
                hint: "remove this line: workers.max bounds the calls that run at a time")
        }
        let workers = section.section("workers", ConfigShape.workers)
        limits.workersMin = workers.integer("min", 0...256, default: limits.workersMin)
        limits.workersMax = workers.integer(
            "max", 1...256, default: max(limits.workersMax, limits.workersMin))
        if limits.workersMin > limits.workersMax {
            workers.fault("min", "is more than max")
        }
        limits.memoryBytesMax = section.size("memory", default: limits.memoryBytesMax)
        limits.inputBytesMax = section.size("max_input", default: limits.inputBytesMax)
        limits.outputBytesMax = section.size("max_output", default: limits.outputBytesMax)
        for (key, bytes) in [
            ("max_input", limits.inputBytesMax), ("max_output", limits.outputBytesMax),
        ] where bytes > Limits.payloadBytesMax {
            section.fault(key, "is more than 64MiB")
        }
        limits.queuedCallsMax = section.integer(
            "queue", 0...65_536, default: limits.queuedCallsMax)
        return limits
    }
}
