/// Which keywords hold schemas.
enum SchemaKeywords {
    enum Shape { case schema, schemas, schemaMap, other }

    static func shape(_ keyword: String) -> Shape {
        switch keyword {
        case "items", "contains", "unevaluatedItems", "additionalProperties", "propertyNames",
            "unevaluatedProperties", "not", "if", "then", "else", "contentSchema",
            "additionalItems":
            .schema
        case "prefixItems", "allOf", "anyOf", "oneOf": .schemas
        case "$defs", "definitions", "properties", "patternProperties", "dependentSchemas",
            "dependencies":
            .schemaMap
        default: .other
        }
    }

    /// Keywords that say something about the value but ask nothing of it.
    static let annotations: Set<String> = [
        "$schema", "$id", "$anchor", "$dynamicAnchor", "$comment", "$defs", "$vocabulary",
        "definitions", "title", "description", "default", "examples", "deprecated", "readOnly",
        "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
    ]

    /// Assertions of the validation vocabulary.
    static let validation: Set<String> = [
        "type", "const", "enum", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
        "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
        "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties", "required",
        "dependentRequired",
    ]
}

/// What `$schema` says about the keywords of a document. One that says nothing is read as the
/// document that refers to it is.
struct SchemaDialect {
    enum Draft { case draft7, draft2019, draft2020 }

    var draft = Draft.draft2020
    var validates = true
    var assertsFormat = false

    var isDraft7: Bool { draft == .draft7 }

    private static let here = "https://json-schema.org/draft/2020-12/"

    static func of(
        _ value: JSONValue, given: [String: JSONValue], else inherited: SchemaDialect
    ) throws(SchemaError) -> SchemaDialect {
        guard let name = value["$schema"] else { return inherited }
        guard let text = name.string else {
            throw SchemaError(.malformedKeyword, "$schema", at: "#")
        }
        let uri = URIReference(text).resource
        if uri == here + "schema" { return SchemaDialect() }
        if uri == MetaSchemas.draft7Name { return SchemaDialect(draft: .draft7) }
        if uri == "https://json-schema.org/draft/2019-09/schema" {
            return SchemaDialect(draft: .draft2019)
        }
        guard let meta = given[uri] else {
            throw SchemaError(.unsupportedDialect, "$schema", at: "#", text)
        }
        guard let vocabularies = meta["$vocabulary"]?.object else { return SchemaDialect() }
        var dialect = SchemaDialect(validates: false)
        for member in vocabularies.members {
            switch member.name {
            case here + "vocab/validation": dialect.validates = true
            case here + "vocab/format-assertion": dialect.assertsFormat = true
            case here + "vocab/core", here + "vocab/applicator", here + "vocab/unevaluated",
                here + "vocab/meta-data", here + "vocab/format-annotation",
                here + "vocab/content":
                break
            default:
                if member.value.bool == true {
                    throw SchemaError(
                        .unsupportedVocabulary, "$vocabulary", at: "#", member.name)
                }
            }
        }
        return dialect
    }
}
