package import RIGJSON
package import RIGModel
internal import RIGYAML

/// One expectation of `rig policy test`: who calls what, and what the policy is to say.
package struct PolicyCase: Hashable, Sendable {
    package enum Expected: String, Hashable, Sendable, CaseIterable {
        case allow, approve, deny
        /// Without arguments it cannot be said.
        case depends
    }

    package var tool: String
    /// nil asks what can be said before the arguments are known.
    package var args: JSONValue?
    package var tenant: String?
    package var actor: String?
    package var effect: Expected
    /// The id of the rule that is to decide; nil for any.
    package var rule: String?
    package var place: ConfigPlace
}

/// Reads a list of cases, in YAML or in JSON, with the same errors as rig.yaml.
package enum PolicyCases {
    private static let shape = ConfigShape.Section(
        path: "[]", keys: ["tool", "args", "tenant", "actor", "effect", "rule"])

    /// - Throws: All that is wrong with the file.
    package static func load(path: String) throws(ConfigErrors) -> [PolicyCase] {
        let text = try Config.read(
            path, what: "cases", absent: "`rig policy test --help` shows what such a file holds")
        return try parse(text, file: path)
    }

    package static func parse(
        _ text: some Collection<UInt8>, file: String
    ) throws(ConfigErrors) -> [PolicyCase] {
        let root = try Config.document(text, file: file).root
        let report = ConfigReport(file: file)
        var cases: [PolicyCase] = []
        if case .sequence(let items) = root.value, !items.isEmpty {
            for (index, item) in items.enumerated() {
                let section = ConfigSection(
                    item, path: "cases[\(index)]", shape: shape, report: report)
                if let one = read(section) { cases.append(one) }
            }
        } else {
            report.add(
                root.start, "cases", "expected a list of cases, found \(root.found)",
                hint: "- {tool: shop.refund, args: {amount: 5}, effect: allow}")
        }
        if let errors = report.errors { throw errors }
        return cases
    }

    private static func read(_ section: ConfigSection) -> PolicyCase? {
        section.require("tool")
        section.require("effect")
        let tool = section.text("tool", "the name of a tool")
        let effect = section.choice("effect", PolicyCase.Expected.self)
        let rule = section.text("rule", "the id of a rule")
        if effect == .depends, rule != nil {
            section.fault("rule", "where it depends, no one rule decides")
        }
        var args: JSONValue?
        if let node = section["args"] {
            args = node.json
            if args?.object == nil {
                section.fault("args", "expected the arguments of a call, found \(node.found)")
            }
        }
        if effect == .depends, args != nil {
            section.fault("args", "with its arguments a call is decided, and does not depend")
        }
        guard let tool, let effect else { return nil }
        return PolicyCase(
            tool: tool, args: args, tenant: name("tenant", of: section),
            actor: name("actor", of: section), effect: effect, rule: rule,
            place: ConfigPlace(line: section.start.line, column: section.start.column))
    }

    private static func name(_ key: String, of section: ConfigSection) -> String? {
        section.value(key, "the name of a caller: " + CallerName.rule) {
            CallerName(given: $0)?.text
        }
    }
}
