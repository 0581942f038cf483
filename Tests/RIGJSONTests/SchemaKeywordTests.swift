import XCTest

@testable import RIGJSON

func compile(
    _ schema: String, _ change: (inout SchemaOptions) -> Void = { _ in }
) throws -> SchemaProgram {
    var options = SchemaOptions()
    change(&options)
    return try SchemaProgram.compile(try JSONValue.parse(schema), options: options)
}

/// Both walks on each text; they must agree.
private func assertVerdicts(
    _ schema: String, good: [String], bad: [String], file: StaticString = #filePath,
    line: UInt = #line
) throws {
    let program = try compile(schema)
    for (texts, wanted) in [(good, true), (bad, false)] {
        for text in texts {
            XCTAssertEqual(walk(text, program), wanted, text, file: file, line: line)
            // A text that repeats a key is no value to report on.
            guard let value = try? JSONValue.parse(text) else {
                XCTAssertFalse(wanted, "no value: \(text)", file: file, line: line)
                continue
            }
            let holds = program.report(value).isEmpty
            XCTAssertEqual(holds, wanted, "report: \(text)", file: file, line: line)
        }
    }
}

final class SchemaKeywordTests: XCTestCase {
    func testToolArgumentsAreHeldAgainstTheirSchema() throws {
        try assertVerdicts(
            #"""
            {"type":"object","properties":{"text":{"type":"string","minLength":1},
            "times":{"type":"integer","minimum":1,"maximum":10},
            "mode":{"enum":["loud","quiet",null]}},"required":["text"],
            "additionalProperties":false}
            """#,
            good: [
                #"{"text":"a"}"#, #"{"mode":null,"times":10,"text":"é"}"#,
                #"{"text":"\u0000","times":1.0}"#, #"{"t\u0065xt":"a","mode":"l\u006fud"}"#,
                #"{"text":"a","times":1e0}"#,
            ],
            bad: [
                "{}", #"{"text":""}"#, #"{"text":1}"#, #"{"text":"a","times":0}"#,
                #"{"text":"a","times":11}"#, #"{"text":"a","times":1.5}"#,
                #"{"text":"a","mode":"LOUD"}"#, #"{"text":"a","x":1}"#, "[]", "null",
                #"{"text":"a","times":1e1000}"#, #"{"text":"a","mode":true}"#,
            ])
    }

    func testBoundsAreExactBeyondDoubles() throws {
        try assertVerdicts(
            #"{"maximum":9007199254740993}"#,
            good: ["9007199254740993", "9007199254740992.999", "-1e400", "9.007199254740993e15"],
            bad: ["9007199254740994", "9007199254740993.0000000000000000001", "1e400"])
        try assertVerdicts(
            #"{"minimum":0.1,"exclusiveMaximum":100000000000000000000000}"#,
            good: ["0.1", "0.10000000000000000000000001", "99999999999999999999999.9"],
            bad: ["0.09999999999999999999999", "1e23", "-0.1", "0"])
        try assertVerdicts(
            #"{"exclusiveMinimum":-2,"exclusiveMaximum":3}"#,
            good: ["-1.9999999999999999999", "2.9999999999999999999", "0", "-0", "0e999"],
            bad: ["-2", "3", "3.0", "-2.0000000000000000001", "3.0000000000000000001"])
    }

    func testMultipleOfIsExact() throws {
        try assertVerdicts(
            #"{"multipleOf":0.01}"#, good: ["19.99", "0", "1e3", "-0.05", "4.350", "1e308"],
            bad: ["19.999", "0.001", "1e-3"])
        try assertVerdicts(
            #"{"multipleOf":3e-5}"#, good: ["0.00006", "3", "1.5e-4"], bad: ["1", "0.00001"])
    }

    func testLengthCountsCodePointsAfterUnescaping() throws {
        try assertVerdicts(
            #"{"type":"string","minLength":2,"maxLength":3}"#,
            good: [#""ab""#, #""😀😀""#, #""\ud83d\ude00é\n""#, #""\u0041\u0042""#],
            bad: [#""a""#, #""\ud83d\ude00""#, #""\n\n\n\n""#, #""éééé""#])
    }

    func testValuesAreEqualByValue() throws {
        try assertVerdicts(
            #"{"const":{"a":[1,"x"],"b":null}}"#,
            good: [#"{"b":null,"a":[1.0,"\u0078"]}"#, #"{"a":[10e-1,"x"],"b":null}"#],
            bad: [#"{"a":[1,"x"]}"#, #"{"a":[1,"x",2],"b":null}"#, #"{"a":[1,"x"],"b":0}"#])
        try assertVerdicts(
            #"{"uniqueItems":true}"#,
            good: [#"[1,true,"1",[1],{"a":1}]"#, "[0,false,null,\"\"]", "[[1,2],[2,1]]"],
            bad: [
                "[1,1.0]", #"[{"a":1,"b":2},{"b":2.0,"a":1}]"#, #"["a","\u0061"]"#, "[[],[]]",
                "[0,-0]", "[1e2,100]",
            ])
    }

    func testManyPropertiesAreAllSeen() throws {
        let names = (0..<200).map { "property_number_\($0)_of_many" }
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        let properties = names.map { "\"\($0)\":{\"type\":\"integer\"}" }.joined(separator: ",")
        let program = try compile("{\"properties\":{\(properties)},\"required\":[\(list)]}")
        let members = names.map { "\"\($0)\":1" }
        XCTAssertTrue(walk("{" + members.joined(separator: ",") + "}", program))
        XCTAssertFalse(walk("{" + members.dropLast().joined(separator: ",") + "}", program))
        XCTAssertFalse(walk("{" + (members + [members[150]]).joined(separator: ",") + "}", program))
    }

    func testKeysThatDifferOnlyInSpellingAreDifferent() throws {
        // Composed and decomposed: one string to Swift, two keys to JSON.
        try assertVerdicts(
            "{\"properties\":{\"\u{e9}\":{\"type\":\"null\"},\"e\u{301}\":{\"type\":\"boolean\"}}}",
            good: ["{\"\u{e9}\":null,\"e\u{301}\":true}"], bad: ["{\"\u{e9}\":true}"])
    }

    func testTaggedAlternativesTakeTheNamedBranch() throws {
        try assertVerdicts(
            #"""
            {"oneOf":[{"type":"object","properties":{"op":{"const":"add"},"n":{"type":"integer"}},
            "required":["op","n"]},{"type":"object","properties":{"op":{"const":"del"}},
            "required":["op"],"additionalProperties":false}]}
            """#,
            good: [
                #"{"op":"add","n":1}"#, #"{"n":1,"op":"add"}"#, #"{"op":"d\u0065l"}"#,
                #"{"\u006fp":"add","n":2,"more":[{}]}"#,
            ],
            bad: [
                #"{"op":"del","n":1}"#, #"{"op":"add"}"#, #"{"op":"mul"}"#, "{}", "[]",
                #"{"op":1}"#, #"{"n":1,"op":"add","op":"del"}"#, #"{"op":"del","\u006fp":"del"}"#,
            ])
    }

    func testDraft7IsConverted() throws {
        try assertVerdicts(
            #"""
            {"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"s":{"type":"string"}},
            "properties":{"a":{"items":[{"$ref":"#/definitions/s","minLength":9}],
            "additionalItems":{"type":"null"}}},"dependencies":{"b":["a"],"c":{"required":["a"]}}}
            """#,
            good: [#"{"a":["x",null]}"#, #"{"a":[],"b":1,"c":1}"#],
            bad: [#"{"a":[1]}"#, #"{"a":["x",1]}"#, #"{"b":1}"#, #"{"c":1}"#])
    }

    func testRefusalsNameTheKeywordAndThePlace() {
        let cases: [(String, SchemaError.Code, String, String)] = [
            (#"{"type":"strin"}"#, .malformedKeyword, "type", "#"),
            (
                #"{"properties":{"a/b":{"minLenght":1}}}"#, .unknownKeyword, "minLenght",
                "#/properties/a~1b"
            ),
            (#"{"items":{"$ref":"https://example.com/s"}}"#, .remoteReference, "$ref", "#/items"),
            (##"{"$ref":"#/$defs/no"}"##, .unresolvedReference, "$ref", "#"),
            (
                ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##,
                .referenceLoop, "$ref", "#"
            ),
            (#"{"pattern":"(?=a)"}"#, .unsupportedPattern, "pattern", "#"),
            (#"{"pattern":"(a)\\1"}"#, .unsupportedPattern, "pattern", "#"),
            (#"{"pattern":"a("}"#, .invalidPattern, "pattern", "#"),
            (#"{"additionalItems":false}"#, .unsupportedKeyword, "additionalItems", "#"),
            (#"{"$schema":"https://example.com/dialect"}"#, .unsupportedDialect, "$schema", "#"),
            (#"{"multipleOf":0}"#, .malformedKeyword, "multipleOf", "#"),
            (#"{"allOf":[]}"#, .malformedKeyword, "allOf", "#"),
            (#"{"not":1}"#, .malformedKeyword, "schema", "#/not"),
        ]
        for (schema, code, keyword, pointer) in cases {
            do {
                _ = try compile(schema)
                XCTFail("compiled: \(schema)")
            } catch let error as SchemaError {
                XCTAssertEqual(error.code, code, schema)
                XCTAssertEqual(error.keyword, keyword, schema)
                XCTAssertEqual(error.pointer, pointer, schema)
            } catch {
                XCTFail("\(error)")
            }
        }
    }

    func testReportSaysWhatToChange() throws {
        let program = try compile(
            #"""
            {"type":"object","properties":{"n":{"type":"integer","minimum":1},"s":{"type":"string"}},
            "required":["n"],"additionalProperties":false}
            """#)
        let report = program.report(try JSONValue.parse(#"{"n":0,"s":1,"x/y":2}"#))
        XCTAssertEqual(
            report,
            [
                SchemaViolation(
                    pointer: "/n", keyword: "minimum", schemaPointer: "#/properties/n/minimum",
                    message: "must be at least 1, is 0"),
                SchemaViolation(
                    pointer: "/s", keyword: "type", schemaPointer: "#/properties/s/type",
                    message: "must be a string, is an integer"),
                SchemaViolation(
                    pointer: "/x~1y", keyword: "additionalProperties",
                    schemaPointer: "#/additionalProperties",
                    message: #"is not a known property; known are "n", "s""#),
            ])
        XCTAssertEqual(
            program.report(try JSONValue.parse("{}")).map(\.message),
            [#"must have the property "n""#])
        let many = try JSONValue.parse(
            "{" + (0..<99).map { "\"x\($0)\":0" }.joined(separator: ",") + "}")
        XCTAssertEqual(program.report(many, max: 5).count, 5)
    }
}
