internal import RIGJSON

/// A place in a schema that no value satisfies, as far as that can be seen at a glance: what is
/// found is true, and not everything is found.
struct Contradiction {
    /// A JSON pointer into the schema.
    let pointer: String
    let why: String

    private enum Kind: String, CaseIterable {
        case null, boolean, object, array, number, string
    }

    /// Why no arguments (which are an object) satisfy `schema`; nil when some may.
    static func find(in schema: JSONValue) -> Contradiction? {
        find(schema, "", kinds: [.object], depth: 0)
    }

    /// - Parameter kinds: What the value can still be, by what surrounds the schema.
    private static func find(
        _ schema: JSONValue, _ pointer: String, kinds outer: Set<Kind>, depth: Int
    ) -> Contradiction? {
        if schema.bool == false {
            return Contradiction(pointer: pointer, why: "false allows nothing")
        }
        guard case .object(let object) = schema, depth < 32 else { return nil }
        // Draft 7 ignores what stands beside a reference.
        if object["$ref"] != nil { return nil }
        let kinds = outer.intersection(types(object))
        guard !kinds.isEmpty else {
            return Contradiction(
                pointer: pointer + "/type", why: "the type is never one that stands here")
        }
        if let values = object["const"].map({ [$0] }) ?? object["enum"]?.array {
            if !values.contains(where: { kinds.contains(kind(of: $0)) }) {
                return Contradiction(
                    pointer: pointer + (object["const"] == nil ? "/enum" : "/const"),
                    why: "none of its values has a type that can stand here")
            }
        }
        return bounds(object, pointer, kinds) ?? required(object, pointer, kinds, depth)
            ?? combined(object, pointer, kinds, depth)
    }

    private static func types(_ object: JSONObject) -> Set<Kind> {
        let names: [String]
        switch object["type"] {
        case .string(let name): names = [name]
        case .array(let list): names = list.compactMap(\.string)
        default: return Set(Kind.allCases)
        }
        return Set(names.compactMap { Kind(rawValue: $0 == "integer" ? "number" : $0) })
    }

    private static func kind(of value: JSONValue) -> Kind {
        switch value {
        case .null: .null
        case .bool: .boolean
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// A lower bound above the upper one, where the value can be of that type only.
    private static func bounds(
        _ object: JSONObject, _ pointer: String, _ kinds: Set<Kind>
    ) -> Contradiction? {
        let pairs: [(Kind, String, String)] = [
            (.string, "minLength", "maxLength"), (.array, "minItems", "maxItems"),
            (.object, "minProperties", "maxProperties"),
        ]
        for (kind, low, high) in pairs where kinds == [kind] {
            if let least = object[low]?.int64, let most = object[high]?.int64, least > most {
                return Contradiction(
                    pointer: pointer + "/" + low, why: "\(low) is above \(high)")
            }
        }
        guard kinds == [.number] else { return nil }
        let numbers: [(String, String, Bool)] = [
            ("minimum", "maximum", false), ("exclusiveMinimum", "maximum", true),
            ("minimum", "exclusiveMaximum", true), ("exclusiveMinimum", "exclusiveMaximum", true),
        ]
        for (low, high, isStrict) in numbers {
            // Whole numbers compare exactly; others are left to the walk.
            guard let least = object[low]?.int64, let most = object[high]?.int64 else { continue }
            if isStrict ? least >= most : least > most {
                return Contradiction(
                    pointer: pointer + "/" + low, why: "\(low) leaves nothing below \(high)")
            }
        }
        return nil
    }

    /// A required member that is forbidden, or whose own schema nothing satisfies.
    private static func required(
        _ object: JSONObject, _ pointer: String, _ kinds: Set<Kind>, _ depth: Int
    ) -> Contradiction? {
        guard kinds == [.object], let names = object["required"]?.array else { return nil }
        let isClosed = object["additionalProperties"]?.bool == false
        for case .string(let name) in names {
            if let schema = object["properties"]?[name] {
                var below = pointer + "/properties"
                JSONPointer.append(name, to: &below)
                if let found = find(schema, below, kinds: Set(Kind.allCases), depth: depth + 1) {
                    return found
                }
            } else if isClosed, object["patternProperties"] == nil {
                return Contradiction(
                    pointer: pointer + "/required",
                    why: "'\(name)' is required, and additionalProperties forbids it")
            }
        }
        return nil
    }

    /// All of `allOf`, at least one of `anyOf` and `oneOf`.
    private static func combined(
        _ object: JSONObject, _ pointer: String, _ kinds: Set<Kind>, _ depth: Int
    ) -> Contradiction? {
        for (index, part) in (object["allOf"]?.array ?? []).enumerated() {
            let below = "\(pointer)/allOf/\(index)"
            if let found = find(part, below, kinds: kinds, depth: depth + 1) { return found }
        }
        for keyword in ["anyOf", "oneOf"] {
            guard let parts = object[keyword]?.array, !parts.isEmpty else { continue }
            let isHopeless = parts.allSatisfy {
                find($0, pointer, kinds: kinds, depth: depth + 1) != nil
            }
            if isHopeless {
                return Contradiction(
                    pointer: pointer + "/" + keyword, why: "no branch of \(keyword) can hold")
            }
        }
        return nil
    }
}
