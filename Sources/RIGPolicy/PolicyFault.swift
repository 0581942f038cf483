internal import RIGJSON
package import RIGModel

/// A rule that cannot do what its author meant: it never matches, or says nothing.
package struct PolicyFault: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// `when` is no schema that RIG can run; the text says why.
        case condition(String)
        /// Ids that begin with `defaults.` name the defaults.
        case reservedID
        /// Earlier rules take every call it could match.
        case shadowed(by: [String])
        /// No arguments satisfy `when`: where in it, and why.
        case unsatisfiable(pointer: String, why: String)
        /// No tool, pack, or tool of that pack is there for the pattern.
        case unknown(field: String, pattern: String)
        /// Its tool is there, but of another pack or risk.
        case otherTool(field: String, wanted: String, actual: String)
        /// `when` speaks of an argument that none of its tools takes.
        case unknownArgument(String)
        /// `when` bounds an argument and does not require it, and that tool can be called without
        /// it: the call would pass with no bound at all.
        case optionalArgument(String, tool: String)
        /// A limit on a rule that denies counts nothing.
        case limitOnDeny

        static func brokenCondition(_ error: SchemaError) -> Reason { .condition(error.message) }
    }

    /// As a person would name the place: `policy.rules[2]`.
    package let what: String
    /// The rule's id; nil for a rate limit.
    package let rule: String?
    package let reason: Reason
    package let place: ConfigPlace

    init(_ rule: PolicyRule, at index: Int, _ reason: Reason) {
        what = "policy.rules[\(index)]"
        self.rule = rule.id
        self.reason = reason
        switch reason {
        case .condition, .unsatisfiable, .unknownArgument, .optionalArgument:
            place = rule.whenPlace ?? rule.place
        default: place = rule.place
        }
    }

    init(_ limit: RateLimit, at index: Int, _ reason: Reason) {
        what = "policy.rate_limits[\(index)]"
        rule = nil
        self.reason = reason
        place = limit.place
    }

    /// What follows the place: one sentence.
    package var why: String {
        guard let rule else { return "can never match: " + cause }
        return switch reason {
        case .shadowed, .unsatisfiable, .unknown, .otherTool:
            "rule \(rule) can never match: " + cause
        default: "rule \(rule): " + cause
        }
    }

    private var cause: String {
        switch reason {
        case .condition(let why): "when: \(why)"
        case .reservedID: "ids that begin with 'defaults.' are those of policy.defaults"
        case .shadowed(let ids):
            "every call it matches is decided by \(ids.joined(separator: ", ")) before it"
        case .unsatisfiable(let pointer, let why):
            "no arguments satisfy its when: \(why)" + (pointer.isEmpty ? "" : " (at \(pointer))")
        case .unknown(let field, let pattern): "no \(field) matches '\(pattern)'"
        case .otherTool(let field, let wanted, let actual):
            "its tool has the \(field) \(actual), not \(wanted)"
        case .unknownArgument(let name):
            "its when speaks of the argument '\(name)', which no tool it matches takes"
        case .optionalArgument(let name, let tool):
            "its when bounds '\(name)', but a call of \(tool) without '\(name)' would pass too"
        case .limitOnDeny: "a limit counts calls that pass, and this rule lets none pass"
        }
    }

    package var hint: String? {
        switch reason {
        case .condition: nil
        case .reservedID: "give it another id"
        case .shadowed: "move it up, or remove it"
        case .unsatisfiable: "change its when, or remove the rule"
        case .unknown: "`rig list --all` and `rig packs` show the names"
        case .otherTool, .limitOnDeny: "remove one of the two"
        case .optionalArgument(let name, _):
            "add required: [\(name)]; if a call without it is meant, write"
                + " anyOf: [{not: {required: [\(name)]}}, {properties: ...}]"
        case .unknownArgument: "`rig list --json` shows what a tool takes"
        }
    }
}

/// All that is wrong with a policy, in the order of its text.
package struct PolicyFaults: Error, Sendable {
    /// Never empty.
    package let faults: [PolicyFault]

    package init(_ faults: [PolicyFault]) {
        precondition(!faults.isEmpty, "a failure has at least one reason")
        self.faults = faults
    }
}
