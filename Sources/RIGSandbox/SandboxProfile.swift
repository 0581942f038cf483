package import RIGBytes
internal import RIGJSON

/// A seccomp profile in the OCI runtime format, as the files of sandbox-profiles/ hold it, read
/// strictly: what is not understood refuses the profile, since a rule read wrong is a hole.
///
/// In: the file's bytes. Out: rules that `compile` turns into BPF for one set of capabilities.
///
///     let profile = try SandboxProfile.parse(bytes)
///     let bpf = try profile.compile([.writeFiles])
package struct SandboxProfile: Sendable {
    package enum Action: Equatable, Sendable {
        case allow
        /// Allowed here and asked for by the launcher's own filter, which is stricter and wins.
        case askLauncher
        case errno(UInt16)
    }

    /// `(argument & mask) == value`; a plain comparison has all bits in its mask.
    package struct Condition: Equatable, Sendable {
        package let argument: UInt32
        package let mask: UInt64
        package let value: UInt64
    }

    package struct Rule: Sendable {
        package let names: [String]
        package let action: Action
        package let conditions: [Condition]
        /// The rule counts only when all of these are granted and none of `excluded` is.
        package let included: Set<SandboxCapability>
        package let excluded: Set<SandboxCapability>
        /// Names as in the OCI format ("amd64"); empty for all.
        package let architectures: [String]
        /// Why the rule stands in the profile.
        package let why: String?
    }

    package let rules: [Rule]
    /// What a call gets that no rule names.
    package let defaultErrno: UInt16
    /// Identifies the profile's text, for caches.
    package let digest: Digest

    package static let bytesMax = 1 << 20

    package static func parse(_ bytes: [UInt8]) throws(SandboxError) -> SandboxProfile {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue.parse(bytes, limits: JSONLimits(bytesMax: bytesMax))
        } catch {
            throw .profile(.notJSON, rule: nil)
        }
        var reader = try ProfileReader(document, rule: nil)
        guard try reader.string("defaultAction") == "SCMP_ACT_ERRNO" else {
            throw .profile(.defaultNotErrno, rule: nil)
        }
        let defaultErrno = try reader.errno("defaultErrnoRet")
        try Self.requireArchitecture(try reader.array("archMap"))
        var rules: [Rule] = []
        for (index, entry) in try reader.array("syscalls").enumerated() {
            rules.append(try Self.rule(entry, index))
        }
        try reader.requireAllRead()
        return SandboxProfile(
            rules: rules, defaultErrno: defaultErrno ?? 1, digest: SHA256.digest(bytes))
    }

    private static func requireArchitecture(_ entries: [JSONValue]) throws(SandboxError) {
        var isNamed = false
        for entry in entries {
            var reader = try ProfileReader(entry, rule: nil)
            let name = try reader.string("architecture")
            // A sub-architecture (x32, i386) is a second numbering of the calls: none is allowed.
            guard try reader.array("subArchitectures").isEmpty else {
                throw .profile(.architectureMissing, rule: nil)
            }
            isNamed = isNamed || name == Machine.seccompName
            try reader.requireAllRead()
        }
        if !isNamed { throw .profile(.architectureMissing, rule: nil) }
    }

    private static func rule(_ entry: JSONValue, _ index: Int) throws(SandboxError) -> Rule {
        var reader = try ProfileReader(entry, rule: index)
        let names = try reader.strings("names")
        let action: Action
        let errno = try reader.errno("errnoRet")
        switch try reader.string("action") {
        case "SCMP_ACT_ALLOW" where errno == nil: action = .allow
        case "SCMP_ACT_NOTIFY" where errno == nil: action = .askLauncher
        case "SCMP_ACT_ERRNO": action = .errno(errno ?? 1)
        default: throw .profile(.unsupportedAction, rule: index)
        }
        var conditions: [Condition] = []
        for argument in try reader.optionalArray("args") {
            conditions.append(try condition(argument, index))
        }
        let includes = try filter(reader.optional("includes"), index)
        let excludes = try filter(reader.optional("excludes"), index)
        let why = try reader.optionalString("comment")
        try reader.requireAllRead()
        if names.isEmpty { throw .profile(.missingKey, rule: index) }
        if !excludes.architectures.isEmpty { throw .profile(.unknownKey, rule: index) }
        return Rule(
            names: names, action: action, conditions: conditions,
            included: includes.capabilities, excluded: excludes.capabilities,
            architectures: includes.architectures, why: why)
    }

    private static func condition(
        _ entry: JSONValue, _ index: Int
    ) throws(SandboxError) -> Condition {
        var reader = try ProfileReader(entry, rule: index)
        let argument = try reader.number("index")
        let value = try reader.number("value")
        let second = try reader.optionalNumber("valueTwo")
        let relation = try reader.string("op")
        try reader.requireAllRead()
        guard argument <= 5 else { throw .profile(.wrongType, rule: index) }
        switch relation {
        case "SCMP_CMP_EQ" where (second ?? 0) == 0:
            return Condition(argument: UInt32(argument), mask: .max, value: value)
        case "SCMP_CMP_MASKED_EQ":
            guard let second else { throw .profile(.missingKey, rule: index) }
            return Condition(argument: UInt32(argument), mask: value, value: second)
        default:
            throw .profile(.unsupportedOperator, rule: index)
        }
    }

    private static func filter(
        _ entry: JSONValue?, _ index: Int
    ) throws(SandboxError) -> (capabilities: Set<SandboxCapability>, architectures: [String]) {
        guard let entry else { return ([], []) }
        var reader = try ProfileReader(entry, rule: index)
        var capabilities: Set<SandboxCapability> = []
        for name in try reader.optionalStrings("caps") {
            guard let capability = SandboxCapability(rawValue: name) else {
                throw .profile(.unsupportedCapability, rule: index)
            }
            capabilities.insert(capability)
        }
        let architectures = try reader.optionalStrings("arches")
        try reader.requireAllRead()
        return (capabilities, architectures)
    }
}
