import RIGJSON
import RIGMCP
import XCTest

final class HostSchemaTests: XCTestCase {
    private func input(_ text: String) throws -> JSONValue {
        HostSchema.input(try JSONValue.parse(text))
    }

    private func check(
        _ given: String, _ expected: String, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        XCTAssertEqual(
            try input(given).text, try JSONValue.parse(expected).text, file: file, line: line)
    }

    func testAPlainSchemaStaysAndHasProperties() throws {
        try check(
            #"{"type":"object","additionalProperties":false}"#,
            #"{"type":"object","additionalProperties":false,"properties":{}}"#)
    }

    func testLocalReferencesAreInlined() throws {
        try check(
            ##"{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"$ref":"#named","description":"d"}},"$defs":{"A":{"type":"string"},"B":{"$anchor":"named","type":"integer","description":"x"}}}"##,
            #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer","description":"d"}}}"#
        )
    }

    func testAReferenceBesideOtherKeywordsAddsToThem() throws {
        try check(
            ##"{"type":"object","properties":{"a":{"$ref":"#/$defs/A","maxLength":3}},"$defs":{"A":{"type":"string"}}}"##,
            #"{"type":"object","properties":{"a":{"maxLength":3,"allOf":[{"type":"string"}]}}}"#)
    }

    func testAReferenceThatLeadsBackAsksNothing() throws {
        try check(
            ##"{"type":"object","properties":{"next":{"$ref":"#"},"x":{"type":"string"}}}"##,
            ##"{"type":"object","properties":{"next":{"type":"object","properties":{"next":{},"x":{"type":"string"}}},"x":{"type":"string"}}}"##
        )
    }

    func testReferencesThatMultiplyStayBounded() throws {
        var definitions: [String] = []
        for level in 0..<20 {
            let next = ##"{"$ref":"#/$defs/L\##(level + 1)"}"##
            definitions.append(
                ##""L\##(level)":{"properties":{"a":\##(next),"b":\##(next),"c":\##(next)}}"##)
        }
        definitions.append(#""L20":{"type":"string"}"#)
        let schema = try input(
            ##"{"type":"object","properties":{"x":{"$ref":"#/$defs/L0"}},"$defs":{\##(definitions.joined(separator: ","))}}"##
        )
        XCTAssertLessThan(schema.text.utf8.count, 400_000)
        XCTAssertNil(schema["$defs"])
    }

    func testCombinatorsAtTheRootBecomeProperties() throws {
        let schema = try input(
            #"{"type":"object","required":["k"],"properties":{"k":{"type":"string"}},"oneOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"a":{"type":"integer"},"b":true}}],"allOf":[{"required":["c"],"properties":{"c":{"type":"boolean"}}}],"not":{"required":["z"]}}"#
        )
        XCTAssertEqual(
            schema,
            try JSONValue.parse(
                #"{"type":"object","properties":{"k":{"type":"string"},"c":{"type":"boolean"},"a":{"anyOf":[{"type":"string"},{"type":"integer"}]},"b":{}},"required":["k","c"]}"#
            ))
        for key in ["oneOf", "anyOf", "allOf", "not", "$ref"] { XCTAssertNil(schema[key]) }
    }

    func testArgumentsWithNamesThatHostsRefuseAreNotShownAndNotRefused() throws {
        try check(
            #"{"type":"object","properties":{"ok":{},"no good":{},"é":{}},"required":["ok","é"],"additionalProperties":false}"#,
            #"{"type":"object","properties":{"ok":{}},"required":["ok"]}"#)
    }

    func testWhatTheTwoDraftsReadOtherwiseIsLeftOut() throws {
        try check(
            ##"{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","definitions":{"A":{"type":"string"}},"properties":{"t":{"items":[{"type":"string"}],"additionalItems":false},"p":{"prefixItems":[true],"items":false},"r":{"$ref":"#/definitions/A"},"no":false}}"##,
            #"{"type":"object","properties":{"t":{},"p":{"prefixItems":[true]},"r":{"type":"string"},"no":{"not":{}}}}"#
        )
    }

    func testAnOutputThatIsNoObjectIsWrapped() throws {
        let (schema, isWrapped) = HostSchema.output(["type": "array", "items": ["type": "string"]])
        XCTAssertTrue(isWrapped)
        XCTAssertEqual(schema["type"]?.string, "object")
        XCTAssertEqual(schema["properties"]?["result"]?["type"]?.string, "array")
        XCTAssertEqual(schema["required"], ["result"])
        XCTAssertTrue(HostSchema.output(["type": ["object", "null"]]).isWrapped)
        XCTAssertTrue(HostSchema.output(true).isWrapped)
    }

    func testBranchesOfAnOutputAddNoPropertiesThatOtherBranchesWouldBreak() throws {
        let (schema, isWrapped) = HostSchema.output(
            try JSONValue.parse(
                #"{"type":"object","anyOf":[{"properties":{"a":{"type":"string"}}},{"required":["b"]}]}"#
            ))
        XCTAssertFalse(isWrapped)
        XCTAssertEqual(schema, ["type": "object", "properties": [:]])
    }
}
