internal import RIGBytes
internal import RIGJSON

/// Puts the targets of local references in their places, and leaves out what the two drafts that
/// hosts read do not agree on.
///
/// A reference that leads back to itself becomes `{}`, and so does all that is left once the result
/// would have more than `nodesMax` schemas: asking less is always safe here.
struct SchemaInliner {
    static let nodesMax = 4_000
    private static let depthMax = 48

    private let root: JSONValue
    private var anchors: [String: JSONValue] = [:]
    private var nodes = 0
    /// References that are being followed.
    private var open: [String] = []

    init(root: JSONValue) {
        self.root = root
        Self.collect(root, &anchors, depth: 0)
    }

    func inlined() -> JSONValue {
        var copy = self
        return copy.schema(root, depth: 0)
    }

    /// Names of places, which are not needed once references are inlined, and what one of the two
    /// drafts refuses or reads otherwise.
    private static let dropped: Set<String> = [
        "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$defs", "definitions",
        "$comment", "$vocabulary", "$recursiveRef", "$recursiveAnchor", "x-mcp-header",
        "dependencies", "additionalItems", "unevaluatedItems", "contentSchema",
    ]
    private static let single: Set<String> = [
        "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else", "items",
        "unevaluatedProperties",
    ]
    private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    private static let maps: Set<String> = ["properties", "patternProperties", "dependentSchemas"]
    /// They say nothing that a value could break.
    private static let annotations: Set<String> = [
        "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    ]

    private mutating func schema(_ value: JSONValue, depth: Int) -> JSONValue {
        guard let object = value.object else { return value }
        nodes += 1
        guard nodes <= Self.nodesMax, depth < Self.depthMax else { return [:] }
        var result = JSONObject()
        // Draft 7 reads `items` beside a tuple's schemas for the tuple itself.
        let isTuple = object["prefixItems"] != nil || object["items"]?.array != nil
        for member in object.members where !Self.dropped.contains(member.name) {
            let (name, value) = (member.name, member.value)
            if name == "$ref" { continue }
            if name == "items" && isTuple { continue }
            if Self.single.contains(name) {
                result[name] = schema(value, depth: depth + 1)
            } else if Self.lists.contains(name), let list = value.array {
                result[name] = .array(list.map { schema($0, depth: depth + 1) })
            } else if Self.maps.contains(name), let map = value.object {
                var inner = JSONObject()
                for entry in map.members {
                    inner[entry.name] = HostSchema.described(schema(entry.value, depth: depth + 1))
                }
                result[name] = .object(inner)
            } else {
                result[name] = value
            }
        }
        guard let reference = object["$ref"]?.string else { return .object(result) }
        return join(target(reference, depth: depth), result)
    }

    /// What a reference stands for, and what stands beside it.
    private func join(_ target: JSONValue, _ beside: JSONObject) -> JSONValue {
        if beside.isEmpty { return target }
        guard var object = target.object else { return .object(beside) }
        if beside.members.allSatisfy({ Self.annotations.contains($0.name) }) {
            for member in beside.members { object[member.name] = member.value }
            return .object(object)
        }
        var result = beside
        result["allOf"] = .array((beside["allOf"]?.array ?? []) + [target])
        return .object(result)
    }

    private mutating func target(_ reference: String, depth: Int) -> JSONValue {
        guard !open.contains(reference), let place = find(reference) else { return [:] }
        open.append(reference)
        defer { open.removeLast() }
        return schema(place, depth: depth + 1)
    }

    private func find(_ reference: String) -> JSONValue? {
        if reference == "#" { return root }
        guard reference.hasPrefix("#") else { return anchors[reference] }
        let fragment = String(reference.dropFirst())
        guard fragment.hasPrefix("/") else { return anchors[fragment] }
        return JSONPointer(Self.percentDecoded(fragment))?.evaluate(root)
    }

    private static func percentDecoded(_ fragment: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(fragment.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self).lowercased()
            if byte == UInt8(ascii: "%"), let value = Hex.decode(digits)?.first {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func collect(
        _ value: JSONValue, _ anchors: inout [String: JSONValue], depth: Int
    ) {
        guard depth < depthMax else { return }
        switch value {
        case .object(let object):
            for key in ["$anchor", "$id"] {
                if let name = object[key]?.string { anchors[name] = value }
            }
            for member in object.members { collect(member.value, &anchors, depth: depth + 1) }
        case .array(let elements):
            for element in elements { collect(element, &anchors, depth: depth + 1) }
        default:
            break
        }
    }
}
