package import RIGJSON

/// Schemas as hosts can take them: what breaks a model's API or a client's list is said in another
/// way or left out. A call is still held to the schema that the pack declared; a host only ever sees
/// one that asks the same or less.
///
///     {"$ref": "#/$defs/A", "$defs": {"A": {"anyOf": [{"properties": {"x": …}}, …]}}}
///     becomes  {"type": "object", "properties": {"x": …}}
///
/// The result is valid as draft 7 and as 2020-12: an object at the root with `properties` and
/// without combinators or references, local references inlined, and no names that hosts refuse.
package enum HostSchema {
    /// Arguments that hosts' models may write; longer or stranger names end a whole session.
    static let argumentNameCharactersMax = 64

    /// A tool's input schema.
    package static func input(_ schema: JSONValue) -> JSONValue {
        var root = rooted(schema, mergesBranches: true)
        let properties = root["properties"]?.object ?? JSONObject()
        var safe = JSONObject()
        var unsafeNames: [String] = []
        for member in properties.members {
            if isArgumentName(member.name) {
                safe[member.name] = member.value
            } else {
                unsafeNames.append(member.name)
            }
        }
        root["properties"] = .object(safe)
        if !unsafeNames.isEmpty {
            // A host that checks arguments must not refuse what it was not told about.
            root["additionalProperties"] = nil
            let required = root["required"]?.array?.filter { name in
                !unsafeNames.contains(name.string ?? "")
            }
            root["required"] = required.flatMap { $0.isEmpty ? nil : .array($0) }
        }
        return .object(root)
    }

    /// A tool's output schema, and whether the output is put into `{"result": …}` because hosts take
    /// objects only.
    package static func output(_ schema: JSONValue) -> (schema: JSONValue, isWrapped: Bool) {
        let flat = SchemaInliner(root: schema).inlined()
        if flat["type"]?.string == "object" {
            return (.object(rooted(schema, mergesBranches: false)), false)
        }
        return (
            [
                "type": "object", "properties": ["result": described(flat)],
                "required": ["result"],
            ], true
        )
    }

    /// TypeScript hosts refuse a list with a property whose schema is not an object.
    static func described(_ schema: JSONValue) -> JSONValue {
        switch schema {
        case .bool(true): [:]
        case .bool(false): ["not": [:]]
        default: schema
        }
    }

    /// The schema as one object at the root.
    private static func rooted(_ schema: JSONValue, mergesBranches: Bool) -> JSONObject {
        var merge = RootMerge(mergesBranches: mergesBranches)
        merge.add(SchemaInliner(root: schema).inlined())
        return merge.finished
    }

    private static func isArgumentName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= argumentNameCharactersMax
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
                default: false
                }
            }
    }
}

/// Gathers what a root and its combinators say of an object's properties.
private struct RootMerge {
    let mergesBranches: Bool
    private var root = JSONObject()
    private var properties = JSONObject()
    private var required: [String] = []

    /// Combinators and whatever else is left out at the root.
    private static let dropped: Set<String> = [
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "enum", "const", "properties",
        "required", "type", "dependentSchemas", "unevaluatedProperties",
    ]

    init(mergesBranches: Bool) {
        self.mergesBranches = mergesBranches
    }

    var finished: JSONObject {
        var schema: JSONObject = ["type": "object"]
        for member in root.members { schema[member.name] = member.value }
        schema["properties"] = .object(properties)
        if !required.isEmpty {
            schema["required"] = .array(required.map { .string($0) })
        }
        return schema
    }

    mutating func add(_ schema: JSONValue) {
        guard let object = schema.object else { return }
        for member in object.members where !Self.dropped.contains(member.name) {
            root[member.name] = member.value
        }
        addAll(of: object)
        addBranches(of: object)
    }

    /// What holds for every value: the schema's own members and those of `allOf`.
    private mutating func addAll(of object: JSONObject) {
        for member in object["properties"]?.object?.members ?? [] {
            if properties[member.name] == nil {
                properties[member.name] = HostSchema.described(member.value)
            }
        }
        for name in (object["required"]?.array ?? []).compactMap(\.string)
        where !required.contains(name) {
            required.append(name)
        }
        for part in object["allOf"]?.array ?? [] {
            if let part = part.object {
                addAll(of: part)
                addBranches(of: part)
            }
        }
    }

    /// What may hold: a name of any branch becomes a property that can be left out.
    private mutating func addBranches(of object: JSONObject) {
        guard mergesBranches else { return }
        var forms: [String: [JSONValue]] = [:]
        var order: [String] = []
        for branch in Self.branches(of: object) {
            for member in branch["properties"]?.object?.members ?? []
            where properties[member.name] == nil {
                if forms[member.name] == nil { order.append(member.name) }
                let form = HostSchema.described(member.value)
                if forms[member.name, default: []].contains(form) { continue }
                forms[member.name, default: []].append(form)
            }
        }
        for name in order {
            let all = forms[name] ?? []
            properties[name] = all.count == 1 ? all[0] : ["anyOf": .array(all)]
        }
    }

    /// Branches and theirs, to any depth.
    private static func branches(of object: JSONObject) -> [JSONObject] {
        var found: [JSONObject] = []
        for key in ["anyOf", "oneOf"] {
            found += (object[key]?.array ?? []).compactMap(\.object)
        }
        for key in ["then", "else"] {
            if let branch = object[key]?.object { found.append(branch) }
        }
        for name in object["dependentSchemas"]?.object?.members ?? [] {
            if let branch = name.value.object { found.append(branch) }
        }
        return found.flatMap { branch in
            let all = (branch["allOf"]?.array ?? []).compactMap(\.object)
            return [branch] + all + branches(of: branch) + all.flatMap { branches(of: $0) }
        }
    }
}
