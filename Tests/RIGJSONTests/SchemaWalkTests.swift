import RIGBytes
import XCTest

@testable import RIGJSON

/// What the walk says of a text, grammar and schema at once.
func walk(_ text: String, _ program: SchemaProgram = .any) -> Bool {
    let buffer = ByteBuffer(text.utf8)
    var scanner = Scanner()
    do throws(JSONError) {
        try scanner.scan(buffer, buffer.range)
    } catch {
        return false
    }
    var checker = Checker()
    return checker.checkAll(program, scanner, buffer)
}

final class SchemaWalkTests: XCTestCase {
    func testGrammarIsAccepted() {
        for text in [
            "{}", "[]", "0", "-0", "1.5", "1e5", "-1.25E-3", "12345678901234567890", "0.1",
            "\"\"", "true", "false", "null", " [ 1 , 2 ] ", #"{"a":{"b":[{}]}}"#, "[1,true,null]",
            "123456789012345", "1234567890123456", "1.23456789012345", "1.234567890123456",
            #"{"a":1 , "b" :2}"#, "[-1 ]", "[1e9,\"x\"]", "0.00000000000000000001",
        ] { XCTAssertTrue(walk(text), text) }
    }

    func testFaultsOfTheGrammarAreRefused() {
        for text in [
            "", " ", "{", "}", "[}", "{]", "[1,]", "[,1]", "{,}", #"{"a"}"#, #"{"a":}"#,
            #"{"a":1,}"#, "01", "-", "1.", ".5", "+1", "1e", "1e+", "0x1", "truex", "tru", "nul",
            "[1 2]", "[1]]", "[[1]", "{}{}", "1 2", #"{"a":1 "b":2}"#, #"{"a" 1}"#, "{1:2}",
            "[\"a\" \"b\"]", "[1\"a\"]", "[true\"a\"]", #"{"a":{}"#, "-01", "1.2.3", "--1",
            "123456789012345x", "1234567890123456x", "1.", "1.23456789012345678x", "[1x]", "NaN",
            #"{"a":{"b":1}"#, "[[[[1]", #"[{"a":[]]"#, "00", "1.e5", "[a]", "]", ",", ":", "1e5.5",
        ] { XCTAssertFalse(walk(text), text) }
    }

    func testDuplicateKeyIsRefusedAfterUnescaping() {
        XCTAssertFalse(walk(#"{"a":1,"a":2}"#))
        XCTAssertFalse(walk(#"{"a":1,"\u0061":2}"#))
        XCTAssertFalse(walk(#"{"\u0061":1,"a":2}"#))
        XCTAssertFalse(walk(#"[{"x":{"\u00e9":1,"é":2}}]"#))
        XCTAssertFalse(walk(#"{"😀":1,"\ud83d\ude00":2}"#))
        XCTAssertTrue(walk(#"{"a":1,"A":2,"\u0062":3}"#))
        XCTAssertTrue(walk(#"{"/":1,"\\/":2}"#))
        XCTAssertFalse(walk(#"{"/":1,"\/":2}"#))
    }

    func testManyKeysAreComparedExactly() {
        let keys = (0..<3000).map { "\"key number \($0)\":\($0)" }
        XCTAssertTrue(walk("{" + keys.joined(separator: ",") + "}"))
        let last = ",\"key number 17\":0}"
        XCTAssertFalse(walk("{" + keys.joined(separator: ",") + last))
    }

    func testNestingStopsAtTheLimit() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        XCTAssertTrue(walk(nested(128)))
        XCTAssertFalse(walk(nested(129)))
        XCTAssertFalse(walk(nested(100_000)))
        XCTAssertFalse(walk(String(repeating: "[", count: 100_000) + "]"))
        XCTAssertFalse(walk(String(repeating: "{\"a\":", count: 1000) + "}"))
    }
}
