import XCTest

@testable import RIGJSON

/// Every keyword that draft 7 has otherwise than 2020-12: converted exactly, or refused by name.
final class SchemaDraft7Tests: XCTestCase {
    private struct Case {
        var schema: String
        var good: [String] = []
        var bad: [String] = []
    }

    private static let schemaURI = #""$schema":"http://json-schema.org/draft-07/schema#""#

    /// What a member says after the dialect, and texts on both sides of it.
    private static let cases: [String: Case] = [
        "items as a list, and additionalItems for what follows": Case(
            schema: #""items":[{"type":"integer"},true,false],"additionalItems":{"type":"null"}"#,
            good: ["[]", "[1]", "[1,\"x\"]", "{}", "7"], bad: ["[\"x\"]", "[1,2,3]"]),
        "items as a list leaves the rest alone": Case(
            schema: #""items":[{"type":"integer"}]"#, good: ["[1,\"x\",null]"], bad: ["[null]"]),
        "additionalItems begins behind the list": Case(
            schema: #""items":[{}],"additionalItems":{"type":"integer"}"#,
            good: ["[null,2,3,4]", "[null]"], bad: ["[null,2,3,\"foo\"]"]),
        "additionalItems beside one schema for all asks nothing": Case(
            schema: #""items":{"type":"integer"},"additionalItems":false"#, good: ["[1,2,3]"],
            bad: ["[1,\"x\"]"]),
        "additionalItems without items asks nothing": Case(
            schema: #""additionalItems":false"#, good: ["[1,2]", "{}"]),
        "additionalItems does not look into allOf": Case(
            schema:
                #""allOf":[{"items":[{"type":"integer"}]}],"additionalItems":{"type":"boolean"}"#,
            good: ["[1,null]"], bad: ["[null]"]),
        "items of an allOf are counted for themselves": Case(
            schema:
                #""allOf":[{"items":[{"minimum":3}]}],"items":[{"minimum":5}],"additionalItems":false"#,
            good: ["[5]"], bad: ["[3]", "[5,5]", "[2]"]),
        "items as a boolean": Case(schema: #""items":false"#, good: ["[]", "1"], bad: ["[1]"]),
        "contains knows no bounds of its own": Case(
            schema: #""contains":{"minimum":5}"#, good: ["[1,5]", "{}"], bad: ["[]", "[1]"]),
        "definitions are reached by pointer": Case(
            schema:
                ##""definitions":{"a~/%":{"type":"string"}},"items":{"$ref":"#/definitions/a~0~1%25"}"##,
            good: ["[\"x\"]"], bad: ["[1]"]),
        "dependencies on keys": Case(
            schema: #""dependencies":{"b":["a","c"],"e":[]}"#,
            good: [#"{"a":1,"b":2,"c":3}"#, "{}", #"{"e":1}"#, "[\"b\"]"],
            bad: [#"{"b":1}"#, #"{"a":1,"b":2}"#]),
        "dependencies on schemas": Case(
            schema:
                #""dependencies":{"b":{"properties":{"a":{"type":"integer"}}},"c":true,"d":false}"#,
            good: [#"{"b":1,"a":1}"#, #"{"c":1}"#, #"{"a":"x"}"#],
            bad: [#"{"b":1,"a":"x"}"#, #"{"d":1}"#, #"{"c":1,"d":1}"#]),
        "dependencies with names that need escapes": Case(
            schema: #""dependencies":{"foo\nbar":["foo\rbar"],"q\"q":{"minProperties":3}}"#,
            good: [#"{"foo\nbar":1,"foo\rbar":2}"#, #"{"q\"q":1,"b":2,"c":3}"#],
            bad: [#"{"foo\nbar":1}"#, #"{"q\"q":1}"#]),
        "$ref hides what stands beside it": Case(
            schema:
                ##""definitions":{"s":{"type":"array"}},"properties":{"foo":{"$ref":"#/definitions/s","maxItems":2,"type":"string","x":1}}"##,
            good: [#"{"foo":[1,2,3]}"#, #"{"foo":[]}"#], bad: [#"{"foo":"x"}"#]),
        "$ref hides an $id beside it": Case(
            schema:
                ##""$id":"http://localhost/base/","definitions":{"foo":{"$id":"http://localhost/foo.json","type":"string"},"base":{"$id":"foo.json","type":"number"}},"allOf":[{"$id":"http://localhost/","$ref":"foo.json"}]"##,
            good: ["1"], bad: ["\"a\""]),
        "a property called $ref is none": Case(
            schema:
                ##""properties":{"$ref":{"$ref":"#/definitions/s"}},"definitions":{"s":{"type":"string"}}"##,
            good: [#"{"$ref":"a"}"#], bad: [#"{"$ref":2}"#]),
        "$id of a fragment names a place": Case(
            schema:
                ##""allOf":[{"$ref":"#foo"}],"definitions":{"A":{"$id":"#foo","type":"integer"}}"##,
            good: ["1"], bad: ["\"a\""]),
        "$id of a URI and a fragment names a place": Case(
            schema:
                ##""allOf":[{"$ref":"http://localhost/bar#foo"}],"definitions":{"A":{"$id":"http://localhost/bar#foo","type":"integer"}}"##,
            good: ["1"], bad: ["\"a\""]),
        "$id of a fragment under an $id that moves the base": Case(
            schema:
                ##""$id":"http://localhost/root","allOf":[{"$ref":"http://localhost/nested.json#foo"}],"definitions":{"A":{"$id":"nested.json","definitions":{"B":{"$id":"#foo","type":"integer"}}}}"##,
            good: ["1"], bad: ["\"a\""]),
        "$id with an empty fragment": Case(
            schema:
                ##""$id":"http://localhost/e#","items":{"$ref":"http://localhost/e"},"type":"array""##,
            good: ["[[]]"], bad: ["[1]"]),
        "$id of a URN, and a fragment under it": Case(
            schema:
                ##""$id":"urn:uuid:deadbeef-1234-ff00-00ff-4321feebdaed","properties":{"foo":{"$ref":"urn:uuid:deadbeef-1234-ff00-00ff-4321feebdaed#something"}},"definitions":{"bar":{"$id":"#something","type":"string"}}"##,
            good: [#"{"foo":"bar"}"#], bad: [#"{"foo":12}"#]),
        "an $id in an enum, a const or data is none": Case(
            schema:
                ##""definitions":{"data":{"enum":[{"$id":"http://localhost/x.json","type":"null"}]},"real":{"$id":"http://localhost/x.json","type":"string"}},"anyOf":[{"$ref":"#/definitions/data"},{"$ref":"http://localhost/x.json"}]"##,
            good: ["\"x\"", #"{"$id":"http://localhost/x.json","type":"null"}"#],
            bad: ["1", "null"]),
        "$ref to the whole": Case(
            schema: ##""properties":{"foo":{"$ref":"#"}},"additionalProperties":false"##,
            good: [#"{"foo":{"foo":false}}"#], bad: [#"{"bar":1}"#, #"{"foo":{"bar":1}}"#]),
        "$ref to the meta-schema": Case(
            schema: ##""$ref":"http://json-schema.org/draft-07/schema#""##,
            good: [
                #"{"minLength":1}"#, "true", #"{"items":[{}]}"#, #"{"dependencies":{"a":["b"]}}"#,
            ],
            bad: [#"{"minLength":-1}"#, "1", #"{"items":[]}"#, #"{"definitions":{"a":1}}"#]),
        "if, then and else": Case(
            schema: #""if":{"maximum":0},"then":{"minimum":-10},"else":{"multipleOf":2}"#,
            good: ["-1", "4", "\"x\""], bad: ["-100", "3"]),
        "then and else without if ask nothing": Case(
            schema: #""then":{"const":0},"else":{"const":1}"#, good: ["2", "\"x\""]),
        "content is not looked into": Case(
            schema: #""contentMediaType":"application/json","contentEncoding":"base64""#,
            good: ["\"{:}\"", "\"%\""]),
    ]

    func testKeywordsMeanWhatDraft7Says() throws {
        for (name, each) in Self.cases {
            let program: SchemaProgram
            do {
                program = try compile("{\(Self.schemaURI),\(each.schema)}")
            } catch {
                XCTFail("\(name): \(error)")
                continue
            }
            for text in each.good { assertVerdict(true, text, program, name) }
            for text in each.bad { assertVerdict(false, text, program, name) }
        }
    }

    private func assertVerdict(
        _ wanted: Bool, _ text: String, _ program: SchemaProgram, _ name: String
    ) {
        XCTAssertEqual(walk(text, program), wanted, "\(name): \(text)")
        guard let value = try? JSONValue.parse(text) else { return XCTFail("no JSON: \(text)") }
        XCTAssertEqual(program.report(value).isEmpty, wanted, "\(name), report: \(text)")
    }

    /// Newer keywords would be ignored by draft 7: a schema that relies on them is refused by name,
    /// unless it is read as the standard reads it.
    func testKeywordsOfNewerDraftsAreRefusedByNameOrAskNothing() throws {
        let newer = [
            "prefixItems": "[false]", "unevaluatedItems": "false",
            "unevaluatedProperties": "false", "dependentRequired": #"{"a":["b"]}"#,
            "dependentSchemas": #"{"a":false}"#, "minContains": "9", "maxContains": "0",
            "$recursiveRef": "\"#\"", "$dynamicRef": ##""#meta""##,
        ]
        for (keyword, value) in newer {
            let schema = "{\(Self.schemaURI),\"\(keyword)\":\(value)}"
            XCTAssertThrowsError(try compile(schema), keyword) {
                XCTAssertEqual(($0 as? SchemaError)?.keyword, keyword)
            }
            let program = try compile(schema) { $0.unknownKeywords = .ignore }
            XCTAssertTrue(walk(#"{"a":1}"#, program), keyword)
            XCTAssertTrue(walk("[1,2]", program), keyword)
        }
        let anchor =
            "{\(Self.schemaURI),\"items\":{\"$ref\":\"#a\"},\"definitions\":{\"a\":{\"$anchor\":\"a\"}}}"
        XCTAssertThrowsError(try compile(anchor)) {
            XCTAssertEqual(($0 as? SchemaError)?.code, .unresolvedReference)
        }
    }

    func testADocumentWithoutDialectIsReadAsTheOneThatRefersToIt() throws {
        let given = try JSONValue.parse(
            ##"{"definitions":{"r":{"$ref":"#foo","type":"string"},"A":{"$id":"#foo","type":"integer"}}}"##
        )
        let schema = "{\(Self.schemaURI),\"$ref\":\"http://localhost/l.json#/definitions/r\"}"
        let program = try compile(schema) { $0.documents["http://localhost/l.json"] = given }
        XCTAssertTrue(walk("1", program))
        XCTAssertFalse(walk("\"a\"", program))
    }

    func testOlderDraftsAreRefusedByName() throws {
        for draft in ["draft-03", "draft-04", "draft-06"] {
            let schema = "{\"$schema\":\"http://json-schema.org/\(draft)/schema#\"}"
            XCTAssertThrowsError(try compile(schema)) {
                XCTAssertEqual(($0 as? SchemaError)?.code, .unsupportedDialect)
                XCTAssertTrue((($0 as? SchemaError)?.message ?? "").contains("$schema"))
            }
        }
    }
}
