internal import RIGJSON

/// Takes the members of one JSON object by name and type, and refuses what was not taken.
struct ProfileReader {
    private let object: JSONObject
    private let rule: Int?
    private var read: Set<String> = []

    init(_ value: JSONValue, rule: Int?) throws(SandboxError) {
        guard let object = value.object else { throw .profile(.notAnObject, rule: rule) }
        self.object = object
        self.rule = rule
    }

    func requireAllRead() throws(SandboxError) {
        guard object.names.allSatisfy(read.contains) else {
            throw .profile(.unknownKey, rule: rule)
        }
    }

    mutating func optional(_ name: String) -> JSONValue? {
        read.insert(name)
        return object[name]
    }

    mutating func optionalString(_ name: String) throws(SandboxError) -> String? {
        guard let value = optional(name) else { return nil }
        return try require(value.string)
    }

    mutating func string(_ name: String) throws(SandboxError) -> String {
        try present(try optionalString(name))
    }

    mutating func optionalArray(_ name: String) throws(SandboxError) -> [JSONValue] {
        guard let value = optional(name) else { return [] }
        return try require(value.array)
    }

    mutating func array(_ name: String) throws(SandboxError) -> [JSONValue] {
        try require(try present(optional(name)).array)
    }

    mutating func optionalStrings(_ name: String) throws(SandboxError) -> [String] {
        var texts: [String] = []
        for value in try optionalArray(name) { texts.append(try require(value.string)) }
        return texts
    }

    mutating func strings(_ name: String) throws(SandboxError) -> [String] {
        _ = try present(optional(name))
        return try optionalStrings(name)
    }

    mutating func optionalNumber(_ name: String) throws(SandboxError) -> UInt64? {
        guard let value = optional(name) else { return nil }
        return try require(value.int64.flatMap { UInt64(exactly: $0) })
    }

    mutating func number(_ name: String) throws(SandboxError) -> UInt64 {
        try present(try optionalNumber(name))
    }

    /// 0 tells the caller that the call was done, though it was not.
    mutating func errno(_ name: String) throws(SandboxError) -> UInt16? {
        guard let value = try optionalNumber(name) else { return nil }
        guard value <= 4095 else { throw .profile(.wrongType, rule: rule) }
        return UInt16(value)
    }

    private func present<Value>(_ value: Value?) throws(SandboxError) -> Value {
        guard let value else { throw .profile(.missingKey, rule: rule) }
        return value
    }

    private func require<Value>(_ value: Value?) throws(SandboxError) -> Value {
        guard let value else { throw .profile(.wrongType, rule: rule) }
        return value
    }
}
