/// One subschema, read: what the compiler emits from and the report interprets. Other subschemas
/// are indexes into `SchemaDocument.sites`.
struct SchemaSite: Sendable {
    /// Where it stands: a URI fragment, with the URI before it for other documents.
    var pointer: String
    /// The schema resource it belongs to, for the dynamic scope.
    var resource = 0
    /// It has an `$id` of its own, or is a document's root.
    var isResourceRoot = false
    var isReferenced = false
    /// `true` and `false` as schemas.
    var boolean: Bool?

    var types: TypeSet?
    var constant: JSONValue?
    var enumeration: [JSONValue]?

    var multipleOf: JSONNumber?
    var maximum: JSONNumber?
    var exclusiveMaximum: JSONNumber?
    var minimum: JSONNumber?
    var exclusiveMinimum: JSONNumber?

    var lengthMax: Int?
    var lengthMin: Int?
    var pattern: Int?
    var format: FormatCode?

    var prefixItems: [Int] = []
    var items: Int?
    var contains: Int?
    var containsMin: Int?
    var containsMax: Int?
    var itemsMin: Int?
    var itemsMax: Int?
    var uniqueItems = false
    var unevaluatedItems: Int?

    var properties: [NamedSite] = []
    var patternProperties: [PatternSite] = []
    var additionalProperties: Int?
    var propertyNames: Int?
    var propertiesMin: Int?
    var propertiesMax: Int?
    var required: [String] = []
    var dependentRequired: [NamedKeys] = []
    var dependentSchemas: [NamedSite] = []
    var unevaluatedProperties: Int?

    var allOf: [Int] = []
    var anyOf: [Int] = []
    var oneOf: [Int] = []
    var not: Int?
    var condition: Int?
    var then: Int?
    var otherwise: Int?

    var reference: Int?
    var dynamicReference: DynamicReference?

    struct NamedSite: Sendable {
        var name: String
        var site: Int
    }

    struct NamedKeys: Sendable {
        var name: String
        var keys: [String]
    }

    struct PatternSite: Sendable {
        var source: String
        var pattern: Int
        var site: Int
    }

    struct DynamicReference: Sendable {
        /// What it means when no outer resource declares the anchor.
        var target: Int
        /// The `$dynamicAnchor`'s name; nil when the reference is an ordinary one.
        var anchor: String?
    }

    init(pointer: String) {
        self.pointer = pointer
    }
}

/// The values of `type`.
struct TypeSet: OptionSet, Sendable {
    let rawValue: UInt8

    static let null = TypeSet(rawValue: 1)
    static let boolean = TypeSet(rawValue: 2)
    static let integer = TypeSet(rawValue: 4)
    static let number = TypeSet(rawValue: 8)
    static let string = TypeSet(rawValue: 16)
    static let array = TypeSet(rawValue: 32)
    static let object = TypeSet(rawValue: 64)

    static let names: [(name: String, type: TypeSet)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number),
        ("string", .string), ("array", .array), ("object", .object),
    ]

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init?(name: String) {
        guard let found = Self.names.first(where: { $0.name == name }) else { return nil }
        self = found.type
    }
}

/// A schema with everything it refers to, read and resolved.
///
/// SAFETY of sharing: immutable; patterns point into storage that `engines` owns.
package final class SchemaDocument: Sendable {
    let sites: [SchemaSite]
    let root: Int
    let patterns: [PatternProgram]
    /// For each dynamic anchor, the resource and the site that declare it.
    let dynamicAnchors: [String: [(resource: Int, site: Int)]]

    init(
        sites: [SchemaSite], root: Int, patterns: [PatternProgram],
        dynamicAnchors: [String: [(resource: Int, site: Int)]]
    ) {
        self.sites = sites
        self.root = root
        self.patterns = patterns
        self.dynamicAnchors = dynamicAnchors
    }
}
