/// Schemas that may be referred to without being given: the meta-schema of draft 7 and those of
/// JSON Schema 2020-12, written after the specification (core, section 8.1.1, and appendix B of its vocabularies).
enum MetaSchemas {
    private static let base = "https://json-schema.org/draft/2020-12/"

    static func document(_ uri: String) -> JSONValue? {
        guard let text = text(uri) else { return nil }
        do throws(JSONError) {
            return try JSONValue.parse(text)
        } catch {
            preconditionFailure("the built-in meta-schemas are JSON")
        }
    }

    private static func text(_ uri: String) -> String? {
        if uri == draft7Name { return draft7 }
        return uri.hasPrefix(base) ? texts[String(uri.dropFirst(base.count))] : nil
    }

    private static func vocabulary(_ name: String, _ body: String) -> String {
        """
        {"$schema":"\(base)schema","$id":"\(base)meta/\(name)","$dynamicAnchor":"meta",
        "type":["object","boolean"],\(body)}
        """
    }

    private static let texts: [String: String] = [
        "schema": schema,
        "meta/core": vocabulary("core", core),
        "meta/applicator": vocabulary("applicator", applicator),
        "meta/unevaluated": vocabulary("unevaluated", unevaluated),
        "meta/validation": vocabulary("validation", validation),
        "meta/meta-data": vocabulary("meta-data", metaData),
        "meta/format-annotation": vocabulary("format-annotation", format),
        "meta/format-assertion": vocabulary("format-assertion", format),
        "meta/content": vocabulary("content", content),
    ]

    private static let schema = """
        {"$schema":"\(base)schema","$id":"\(base)schema","$dynamicAnchor":"meta",
        "allOf":[{"$ref":"meta/core"},{"$ref":"meta/applicator"},{"$ref":"meta/unevaluated"},
        {"$ref":"meta/validation"},{"$ref":"meta/meta-data"},{"$ref":"meta/format-annotation"},
        {"$ref":"meta/content"}],"type":["object","boolean"],
        "properties":{"definitions":{"type":"object","additionalProperties":
        {"$dynamicRef":"#meta"}},"dependencies":{"type":"object","additionalProperties":{"anyOf":
        [{"$dynamicRef":"#meta"},{"$ref":"meta/validation#/$defs/stringArray"}]}},
        "$recursiveAnchor":{"$ref":"meta/core#/$defs/anchorString"},
        "$recursiveRef":{"$ref":"meta/core#/$defs/uriReferenceString"}}}
        """

    private static let core = #"""
        "properties":{"$id":{"$ref":"#/$defs/uriReferenceString","pattern":"^[^#]*#?$"},
        "$schema":{"$ref":"#/$defs/uriString"},"$ref":{"$ref":"#/$defs/uriReferenceString"},
        "$anchor":{"$ref":"#/$defs/anchorString"},
        "$dynamicRef":{"$ref":"#/$defs/uriReferenceString"},
        "$dynamicAnchor":{"$ref":"#/$defs/anchorString"},
        "$vocabulary":{"type":"object","propertyNames":{"$ref":"#/$defs/uriString"},
        "additionalProperties":{"type":"boolean"}},"$comment":{"type":"string"},
        "$defs":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}}},
        "$defs":{"anchorString":{"type":"string","pattern":"^[A-Za-z_][-A-Za-z0-9._]*$"},
        "uriString":{"type":"string","format":"uri"},
        "uriReferenceString":{"type":"string","format":"uri-reference"}}
        """#

    private static let applicator = #"""
        "properties":{"prefixItems":{"$ref":"#/$defs/schemaArray"},"items":{"$dynamicRef":"#meta"},
        "contains":{"$dynamicRef":"#meta"},"additionalProperties":{"$dynamicRef":"#meta"},
        "properties":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}},
        "patternProperties":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"},
        "propertyNames":{"format":"regex"}},
        "dependentSchemas":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}},
        "propertyNames":{"$dynamicRef":"#meta"},"if":{"$dynamicRef":"#meta"},
        "then":{"$dynamicRef":"#meta"},"else":{"$dynamicRef":"#meta"},
        "allOf":{"$ref":"#/$defs/schemaArray"},"anyOf":{"$ref":"#/$defs/schemaArray"},
        "oneOf":{"$ref":"#/$defs/schemaArray"},"not":{"$dynamicRef":"#meta"}},
        "$defs":{"schemaArray":{"type":"array","minItems":1,"items":{"$dynamicRef":"#meta"}}}
        """#

    private static let unevaluated = #"""
        "properties":{"unevaluatedItems":{"$dynamicRef":"#meta"},
        "unevaluatedProperties":{"$dynamicRef":"#meta"}}
        """#

    private static let validation = #"""
        "properties":{"type":{"anyOf":[{"$ref":"#/$defs/simpleTypes"},{"type":"array",
        "items":{"$ref":"#/$defs/simpleTypes"},"minItems":1,"uniqueItems":true}]},"const":true,
        "enum":{"type":"array","items":true},"multipleOf":{"type":"number","exclusiveMinimum":0},
        "maximum":{"type":"number"},"exclusiveMaximum":{"type":"number"},
        "minimum":{"type":"number"},"exclusiveMinimum":{"type":"number"},
        "maxLength":{"$ref":"#/$defs/count"},"minLength":{"$ref":"#/$defs/count"},
        "pattern":{"type":"string","format":"regex"},"maxItems":{"$ref":"#/$defs/count"},
        "minItems":{"$ref":"#/$defs/count"},"uniqueItems":{"type":"boolean"},
        "maxContains":{"$ref":"#/$defs/count"},"minContains":{"$ref":"#/$defs/count"},
        "maxProperties":{"$ref":"#/$defs/count"},"minProperties":{"$ref":"#/$defs/count"},
        "required":{"$ref":"#/$defs/stringArray"},"dependentRequired":{"type":"object",
        "additionalProperties":{"$ref":"#/$defs/stringArray"}}},
        "$defs":{"count":{"type":"integer","minimum":0},
        "nonNegativeInteger":{"type":"integer","minimum":0},
        "nonNegativeIntegerDefault0":{"$ref":"#/$defs/nonNegativeInteger","default":0},
        "simpleTypes":{"enum":["array","boolean","integer","null","number","object","string"]},
        "stringArray":{"type":"array","items":{"type":"string"},"uniqueItems":true,"default":[]}}
        """#

    private static let metaData = #"""
        "properties":{"title":{"type":"string"},"description":{"type":"string"},"default":true,
        "deprecated":{"type":"boolean"},"readOnly":{"type":"boolean"},
        "writeOnly":{"type":"boolean"},"examples":{"type":"array","items":true}}
        """#

    private static let format = #""properties":{"format":{"type":"string"}}"#

    private static let content = #"""
        "properties":{"contentEncoding":{"type":"string"},"contentMediaType":{"type":"string"},
        "contentSchema":{"$dynamicRef":"#meta"}}
        """#
}
