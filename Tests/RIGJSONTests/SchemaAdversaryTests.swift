import RIGBytes
import XCTest

@testable import RIGJSON

/// Texts and schemas made to be slow, deep or ambiguous. What is bounded here is work, not time.
final class SchemaAdversaryTests: XCTestCase {
    private func verdict(_ text: String, _ program: SchemaProgram) throws -> (Bool, WalkFault) {
        let buffer = ByteBuffer(text.utf8)
        var scanner = Scanner()
        try scanner.scan(buffer, buffer.range)
        var checker = Checker()
        let holds = checker.checkAll(program, scanner, buffer)
        return (holds, checker.fault)
    }

    func testNestedAlternativesExhaustTheirBudgetAndFailClosed() throws {
        // Every level looks at its child twice: 2^24 looks without a budget.
        let program = try compile(
            #"""
            {"$defs":{"n":{"anyOf":[{"items":{"$ref":"#/$defs/n"},"maxItems":0},
            {"items":{"$ref":"#/$defs/n"}}]},
            "m":{"oneOf":[{"prefixItems":[{"$ref":"#/$defs/m"}],"minItems":2},
            {"prefixItems":[{"$ref":"#/$defs/m"}],"minItems":3},
            {"prefixItems":[{"$ref":"#/$defs/m"}]}]}},"$ref":"#/$defs/m"}
            """#)
        let depth = 24
        let text =
            String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        let (holds, fault) = try verdict(text, program)
        XCTAssertFalse(holds)
        XCTAssertEqual(fault, .work)
    }

    func testBudgetExhaustionIsNoPassForNot() throws {
        let program = try compile(
            #"""
            {"$defs":{"m":{"oneOf":[{"prefixItems":[{"$ref":"#/$defs/m"}],"minItems":2},
            {"prefixItems":[{"$ref":"#/$defs/m"}],"minItems":3},
            {"prefixItems":[{"$ref":"#/$defs/m"}]}]}},"not":{"$ref":"#/$defs/m"}}
            """#)
        let text = String(repeating: "[", count: 24) + "1" + String(repeating: "]", count: 24)
        let (holds, fault) = try verdict(text, program)
        XCTAssertFalse(holds)
        XCTAssertEqual(fault, .work)
    }

    func testEndlessInPlaceRecursionFailsClosed() throws {
        let program = try compile(
            ##"{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}"##)
        let (holds, fault) = try verdict("1", program)
        XCTAssertFalse(holds)
        XCTAssertNotEqual(fault, .none)
        XCTAssertEqual(program.report(1).map(\.keyword), ["$work"])
    }

    func testRecursiveSchemaStopsAtTheDepthLimit() throws {
        let program = try compile(##"{"items":{"$ref":"#"},"type":["array","null"]}"##)
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        XCTAssertEqual(try verdict(nested(128), program).0, true)
        let (holds, fault) = try verdict(nested(129), program)
        XCTAssertFalse(holds)
        XCTAssertEqual(fault, .depth)
    }

    func testSchemasThatGrowAreRefused() throws {
        XCTAssertThrowsError(try compile("{\"allOf\":[true,true,true]}") { $0.subschemasMax = 3 }) {
            XCTAssertEqual(($0 as? SchemaError)?.code, .tooLarge)
        }
        for pattern in [
            "(((a{99}){99}){99}){99}", "^(a|b|ab)*c.{2000}$.*(a|b).{2000}", "[a-z]{30000}",
        ] {
            XCTAssertThrowsError(try compile("{\"pattern\":\"\(pattern)\"}"), pattern) {
                XCTAssertEqual(($0 as? SchemaError)?.code, .patternTooLarge, pattern)
            }
        }
    }

    func testPatternThatKillsBacktrackingRunsOverALongText() throws {
        let program = try compile(#"{"pattern":"^(a+)+$"}"#)
        let long = String(repeating: "a", count: 1_000_000)
        XCTAssertFalse(walk("\"\(long)!\"", program))
        XCTAssertTrue(walk("\"\(long)\"", program))
    }

    func testKeysMadeToCollideAreStillComparedExactly() throws {
        // Same first and last eight bytes and length: one signature for all of them.
        let keys = (0..<2000).map { index in
            let digits = String(index)
            let middle = String(repeating: "0", count: 6 - digits.count) + digits
            return "\"prefix__\(middle)__suffix\":0"
        }
        XCTAssertTrue(walk("{" + keys.joined(separator: ",") + "}"))
        XCTAssertFalse(walk("{" + (keys + [keys[999]]).joined(separator: ",") + "}"))
    }

    func testDuplicatesAreRefusedWhereverTheyStand() throws {
        let open = try compile(#"{"properties":{"a":{"type":"integer"}}}"#)
        let patterns = try compile(#"{"patternProperties":{"^x":{}},"properties":{"a":true}}"#)
        let tracked = try compile(
            #"{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":{}}"#)
        for program in [.any, open, patterns, tracked] {
            for text in [
                #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":1}"#, #"{"x":1,"x":1}"#,
                #"{"x":1,"\u0078":1}"#, #"{"\u0078":1,"x":1}"#, #"{"y":{"z":[{"q":1,"q":2}]}}"#,
                #"{"\u0061":1,"\u0061":1}"#,
            ] { XCTAssertFalse(walk(text, program), text) }
            XCTAssertTrue(walk(#"{"a":1,"x":1,"\u0079":{"a":1,"b":[{"a":1}]}}"#, program))
        }
    }

    func testMalformedTextPassesNoSchema() throws {
        let programs = try [
            #"{"not":{"type":"string"}}"#, #"{"if":{"type":"object"},"else":true}"#,
            #"{"anyOf":[{"type":"string"},{}]}"#, #"{"contains":true,"minContains":0}"#,
            #"{"unevaluatedProperties":true}"#, #"{"unevaluatedItems":true,"uniqueItems":true}"#,
            #"{"prefixItems":[true]}"#, #"{"propertyNames":{"maxLength":9},"minProperties":0}"#,
        ].map { try compile($0) }
        for program in programs {
            for text in [
                "[1,]", "[1 2]", "{\"a\":}", "{\"a\":1,}", "[01]", "[tru]", "{\"a\" 1}", "[[}",
                "{\"a\":[1}", "[nul]", "[1.]", "{\"a\":1 \"b\":2}", "[\"a\" \"b\"]", "[{]",
            ] { XCTAssertFalse(walk(text, program), text) }
        }
    }

    func testLongChainsAndLargeListsCompileInBoundedWork() throws {
        // Each of these is quadratic or worse when done naively.
        let links = (0..<15_000).map { "\"d\($0)\":{\"$ref\":\"#/$defs/d\($0 + 1)\"}" }
        let chain = try compile(
            "{\"$ref\":\"#/$defs/d0\",\"$defs\":{\(links.joined(separator: ",")),"
                + "\"d15000\":{\"type\":\"null\"}}}")
        XCTAssertTrue(walk("null", chain))
        XCTAssertFalse(walk("1", chain))
        let texts = (0..<100_000).map { "\"value \($0)\"" }.joined(separator: ",")
        let values = try compile("{\"enum\":[\(texts)]}")
        XCTAssertTrue(walk("\"value 99999\"", values))
        XCTAssertFalse(walk("\"value 100000\"", values))
    }

    func testPatternsOfOneSchemaShareABudget() {
        let list = (0..<50).map { "{\"pattern\":\"x{\($0 + 1)}y\"}" }.joined(separator: ",")
        XCTAssertNoThrow(try compile("{\"anyOf\":[\(list)]}"))
        XCTAssertThrowsError(try compile("{\"anyOf\":[\(list)]}") { $0.patternWorkMax = 2_000 }) {
            XCTAssertEqual(($0 as? SchemaError)?.code, .patternTooLarge)
        }
    }
}
