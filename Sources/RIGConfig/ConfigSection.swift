internal import RIGJSON
internal import RIGYAML

/// A mapping of rig.yaml while it is read: hands out typed values, and reports every key it does
/// not know and every value that does not fit. What is wrong reads as if it were not there.
struct ConfigSection {
    let node: YAMLNode
    /// As a person would name it: `packs[0].limits`; empty for the file itself.
    let path: String
    let report: ConfigReport
    private let entries: [YAMLEntry]

    /// A mapping with the keys of `shape`; an absent one is an empty one.
    init(_ node: YAMLNode?, path: String, shape: ConfigShape.Section?, report: ConfigReport) {
        let nowhere = YAMLPosition(offset: 0, line: 1, column: 1)
        self.node =
            node ?? YAMLNode(value: .null, style: .empty, start: nowhere, end: nowhere)
        self.path = path
        self.report = report
        guard let node else {
            entries = []
            return
        }
        guard case .mapping(let entries) = node.value else {
            report.add(
                node.start, path.isEmpty ? "rig.yaml" : path,
                "expected a mapping, found \(node.found)",
                hint: node.isMissing && !path.isEmpty ? "write {} or remove the key" : nil)
            self.entries = []
            return
        }
        self.entries = entries
        guard let shape else { return }
        for entry in entries where !shape.keys.contains(entry.name) {
            report.add(
                entry.key.start, Self.join(path, entry.name), "unknown key",
                hint: Suggestion.hint(for: entry.name, among: shape.keys))
        }
    }

    private static func join(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : path + "." + key
    }

    func path(_ key: String) -> String { Self.join(path, key) }

    func has(_ key: String) -> Bool { self[key] != nil }

    subscript(key: String) -> YAMLNode? { entries.first { $0.name == key }?.value }

    /// Where to point when a key is missing.
    var start: YAMLPosition { node.start }

    func fault(_ key: String, _ why: String, hint: String? = nil) {
        report.add(self[key]?.start ?? node.start, path(key), why, hint: hint)
    }

    /// Reports a required key that is not there.
    func require(_ key: String) {
        if !has(key) {
            report.add(node.start, path.isEmpty ? "rig.yaml" : path, "'\(key)' is missing")
        }
    }

    // MARK: Collections

    func section(_ key: String, _ shape: ConfigShape.Section?) -> ConfigSection {
        ConfigSection(self[key], path: path(key), shape: shape, report: report)
    }

    /// The entries of a mapping whose keys are free names.
    func members(_ key: String) -> [(name: String, key: YAMLNode, value: YAMLNode)] {
        section(key, nil).entries.map { ($0.name, $0.key, $0.value) }
    }

    /// The items of a list and how each is named; empty when there is none.
    func items(_ key: String) -> [(path: String, node: YAMLNode)] {
        guard let node = self[key] else { return [] }
        guard case .sequence(let items) = node.value else {
            fault(key, "expected a list, found \(node.found)", hint: "write [..], or '- ' lines")
            return []
        }
        return items.enumerated().map { ("\(path(key))[\($0.offset)]", $0.element) }
    }

    func sections(_ key: String, _ shape: ConfigShape.Section) -> [ConfigSection] {
        items(key).map { ConfigSection($0.node, path: $0.path, shape: shape, report: report) }
    }
}

extension YAMLNode {
    /// "a string", "an integer", "nothing".
    var found: String {
        if isMissing { return "nothing" }
        return (kind == "integer" ? "an " : "a ") + kind
    }
}
