import RIGBytes
import RIGJSON
import XCTest

/// RFC 8259 as a table: what is JSON and what is not, with our limits and our rule on names.
final class ScanGrammarTests: XCTestCase {
    private func parse(_ bytes: [UInt8]) -> JSONFault? {
        do {
            _ = try JSONValue.parse(bytes)
            return nil
        } catch {
            return error.code
        }
    }

    private func accept(_ texts: [String], line: UInt = #line) {
        for text in texts { XCTAssertNil(parse(Array(text.utf8)), text, line: line) }
    }

    private func refuse(_ texts: [String], _ code: JSONFault? = nil, line: UInt = #line) {
        for text in texts {
            let found = parse(Array(text.utf8))
            XCTAssertNotNil(found, text, line: line)
            if let code { XCTAssertEqual(found, code, text, line: line) }
        }
    }

    private func refuse(bytes: [[UInt8]], _ code: JSONFault, line: UInt = #line) {
        for text in bytes { XCTAssertEqual(parse(text), code, "\(text)", line: line) }
    }

    func testNumbersOfTheGrammarAreAccepted() {
        accept([
            "0", "-0", "1", "-1", "10", "123456789", "0.0", "0.1", "-0.1", "1.5", "1e1", "1E1",
            "1e+1", "1e-1", "0e0", "0E+0", "-0.0e-0", "1.5e10", "123e65", "20e1", "1e400",
            "-1e-400", "1E22", "123.456e78", "100000000000000000000000000000000000000000000",
            "0.0000000000000000000000000000000000000000000000000000000001", "[0]", "[-0]",
            "[1]", "[1 ]", "[ 1]", "[1\n,2]", "{\"a\":1}", "[0,0]", "[1e1,1E1]", " 4 ",
            "1e00000000000000000000001", "1e999999999999999999999999",
        ])
    }

    func testNumbersOutsideTheGrammarAreRefused() {
        refuse([
            "01", "-01", "00", "1.", "-1.", "1.e1", "1e", "1e+", "1E-", "1ee1", "1e1.5", "1e1e1",
            "-", "--1", "-a", "0x1", "0x42", "0b1", "1_000", "1a", "1e1a", "0.1.2", "1.5.", "1,5x",
            "-.1", "1\u{0}", "1\u{c}", "1\u{a0}", "1é", "-Infinity", "0e", "0e+", "- 1", "1 e1",
            "1. 5", "2.e3", "2.e+3", "2.e-3", "9.e+", "1+2", "0.3e", "0.3e+", "012", "-012",
            "1/2", "1/", "1\\u0030", "1\u{ff11}",
        ])
        refuse([
            "+1", ".1", ".-1", "NaN", "Infinity", "+Inf", "\u{ff11}", "(1)", "e1", "E1", "$1", "&",
        ])
        for text in [
            "[01]", "[1.]", "[-]", "[1e]", "[1.5.5]", "[-x]", "[0x1]", "[1a]", "{\"a\":0.}",
        ] {
            refuse([text], .invalidNumber)
        }
        refuse(["[+1]", "[.1]", "[NaN]", "[Inf]", "[*]", "['a']", "[\u{e9}]"], .expectedValue)
    }

    func testLiteralsAreExact() {
        accept(["true", "false", "null", "[true,false,null]", " true ", "{\"a\":null}"])
        refuse(
            [
                "tru", "truee", "true1", "t", "f", "n", "nul", "nulll", "fals", "falsey", "tRUE",
                "[nul]", "[tru]", "[fals]", "nullé", "true\u{0}", "truefalse", "null/", "true//",
            ], .invalidLiteral)
        refuse(["True", "NULL", "undefined", "[None]", "#", "[@]"], .expectedValue)
    }

    func testStringsAndEscapesOfTheGrammarAreAccepted() {
        accept([
            #""""#, #"" ""#, #""a""#, #""\"""#, #""\\""#, #""\/""#, #""\b\f\n\r\t""#, #""\u0041""#,
            #""\u0000""#, #""\uABCD""#, #""\uabcd""#, #""\ud83d\ude00""#, #""\uD834\uDD1E""#,
            #""\udbff\udfff""#, #""\ud7ff""#, #""\ue000""#, #""\uffff""#, #""\\u0041""#,
            #""\\\\\"""#, #""\"\\\/\b""#, "\"é€😀\"", "\"\u{7f}\"", "\"\u{2028}\u{2029}\"",
            "\"\u{fffe}\"", "\"\u{10ffff}\"", "\"'\"", "\"{}[]:,\"", "\"//\"", "\"/* */\"",
            "\"\u{feff}\"", #"["a","b"]"#, #"{"":""}"#, #""\\ud800""#, #""\u005C\u0022""#,
            #""\ud800\udc00\udbff\udfff""#,
        ])
    }

    func testBadEscapesAreRefused() {
        refuse(
            [
                #""\a""#, #""\x41""#, #""\0""#, #""\'""#, #""\ ""#, "\"\\\n\"", #""\U0041""#,
                #""\u""#, #""\u0""#, #""\u00""#, #""\u004""#, #""\u00g0""#, #""\u 041""#,
                #""\u+041""#, #""\u-041""#, #""\u004 ""#, #"["\uZZZZ"]"#, #""\N""#, #""\é""#,
                #""\\\a""#, #""\ud83d\u""#, #""\u123""#, #""\v""#, #""\e""#, "\"\\\u{0}\"",
                "\"\\\t\"", #""\u１２３４""#,
            ])
        refuse(
            [
                #""\ud800""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud800a""#, #""\udc00\ud800""#,
                #""\ud800\n""#, #""\ud800\\udc00""#, #""\ud83d\ude00\ude00""#, #""\uDBFF""#,
                #""\ud800\u0041""#, #""\\\ud800""#, #"["\ud834"]"#, #"{"\udead":1}"#,
                #""\ud83d\\ude00""#, #""\\ud83d\ude00""#,
            ], .loneSurrogate)
    }

    func testControlCharactersMustBeEscaped() {
        for byte in UInt8(0)..<0x20 {
            XCTAssertEqual(parse([0x22, byte, 0x22]), .controlCharacter, "\(byte)")
            let isSpace = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
            XCTAssertEqual(parse([0x5B, byte, 0x5D]), isSpace ? nil : .expectedValue, "\(byte)")
        }
        XCTAssertNil(parse([0x22, 0x7F, 0x22]))
    }

    func testStructureOfTheGrammarIsAccepted() {
        accept([
            "[]", "{}", "[[]]", "[{}]", "{\"a\":{}}", "{\"a\":[]}", " [ ] ", "\n{\r\n}\t",
            "[1,2]", "[[],[]]", "[[[[[[[[1]]]]]]]]", "{\"a\":1,\"b\":2}",
            "{\"a\":{\"a\":{\"a\":1}}}",
            "[{\"a\":[{\"a\":[]}]}]", "{\"a\" : 1 , \"b\" : [ 1 , 2 ] }", "[\"\",\"\"]",
        ])
    }

    func testStructureOutsideTheGrammarIsRefused() {
        refuse([
            "[", "]", "{", "}", "[}", "{]", "[1", "{\"a\"", "{\"a\":", "{\"a\":1", "[1,", "[,1]",
            "[1,,2]", "[1,]", "[,]", "{,}", "{\"a\":1,}", "{,\"a\":1}", "{\"a\":1,,\"b\":2}",
            "{\"a\"}",
            "{\"a\",1}", "{\"a\":}", "{:1}", "{1:1}", "{null:1}", "{a:1}", "{'a':1}", "{\"a\"::1}",
            "{\"a\":1 \"b\":2}", "{\"a\":\"b\" \"c\"}", "[1 2]", "[\"a\" \"b\"]", "[1]]", "[[1]",
            "{}}",
            "{{}}", "[{]}", "{\"a\":[}", "[{\"a\":1]}", "[[}]", "{\"a\":1]", "[1}", "[]{}", "{}[]",
            "1 2", "[1]1", "1[]", "\"a\"[", "[\"a\"", "[\"a", "\"", "\"a", "\"\\\"", "[\"a]", ",",
            ":",
            "::", ",,", "[:]", "{:}", "[1:2]", "{\"a\":1:2}", "{\"a\":1;\"b\":2}", "// a\n1",
            "/**/1",
            "1//", "[1]#", "[1] // x", "{\"a\":1}/**/", "{[]:1}", "{\"a\" \"b\"}", "[a]", "<null>",
            "[<null>]", "{\"a\":1}\"b\"", "\"a\"\"b\"", "\"a\" 1", "[true false]", "[\"a\",\n1\n",
            "{\"a\":true",
            "[\"\",]", "[,\"\"]", "[\"x\"],", "[\"x\"]]", "*", "[*]", "\\", "[\\]", "[\"\\\"]",
        ])
        refuse(["", " ", "\t\n\r "], .empty)
        refuse(["[1]x", "{}x", "[][]", "{}{}", "[1],", "\"a\"\"b\"", "1 2", "1 1"], .trailingBytes)
        refuse(["[", "[1", "[[1]", "{\"a\":1", "{\"a\":[1]"], .unexpectedEnd)
    }

    func testOnlyUTF8IsAText() {
        refuse(
            bytes: [[0xEF, 0xBB, 0xBF] + Array("{}".utf8), [0xEF, 0xBB, 0xBF]], .expectedValue)
        var littleEndian: [UInt8] = [0xFF, 0xFE]
        var bigEndian: [UInt8] = [0xFE, 0xFF]
        for unit in "[\"é\"]".utf16 {
            littleEndian += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            bigEndian += [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        }
        refuse(
            bytes: [
                littleEndian, bigEndian,
                [0x22, 0x80, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22],
                [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
                [0x22, 0xE2, 0x82, 0x22], [0x22, 0xF0, 0x9F, 0x98, 0x22], [0x5B, 0xE5, 0x5D],
                [0x31, 0xE5], [0xE5], [0x22, 0xFE, 0x22],
            ], .invalidUTF8)
        XCTAssertNotNil(parse([0x5B, 0, 0x31, 0, 0x5D, 0]))
        XCTAssertNotNil(parse([0, 0x5B, 0, 0x31, 0, 0x5D]))
        XCTAssertNotNil(parse([0]))
        XCTAssertNotNil(parse([0x5B, 0x5D, 0]))
        XCTAssertNotNil(parse([0x5B, 0, 0x5D]))
    }

    func testOnlyFourBytesAreWhiteSpace() {
        for scalar in ["\u{a0}", "\u{2028}", "\u{feff}", "\u{3000}", "\u{c}", "\u{b}", "\u{85}"] {
            refuse(["[\(scalar)]", "\(scalar)1", "1\(scalar)", "[1,\(scalar)2]"])
        }
    }

    func testDuplicateNameIsRefusedAfterUnescaping() {
        refuse(
            [
                #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"\u0061":2}"#,
                #"[{"b":{"x":0,"y":1,"x":2}}]"#, #"{"\/":1,"/":2}"#, #"{"":1,"":2}"#,
                #"{"\ud83d\ude00":1,"😀":2}"#,
            ], .duplicateName)
        let many = (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        refuse(["{\(many),\"k3\":0}"], .duplicateName)
        accept(["{\(many)}", #"{"a":{"a":{"a":1}}}"#, #"{"a":1,"A":2}"#, #"[{"a":1},{"a":2}]"#])
        // Equivalent to Swift and to Unicode, but two names to every JSON reader.
        accept(["{\"\u{e9}\":1,\"e\u{301}\":2}"])
    }

    func testDepthAndSizeHaveLimits() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: depth)
                + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        XCTAssertNil(parse(nested(128)))
        XCTAssertEqual(parse(nested(129)), .tooDeep)
        XCTAssertEqual(parse(nested(100_000)), .tooDeep)
        XCTAssertEqual(parse(Array(repeating: UInt8(ascii: "["), count: 100_000)), .tooDeep)
        let objects = String(repeating: "{\"a\":", count: 100_000)
        XCTAssertEqual(parse(Array(objects.utf8)), .tooDeep)
        XCTAssertThrowsError(try JSONValue.parse("[1,2]", limits: JSONLimits(bytesMax: 4))) {
            XCTAssertEqual($0 as? JSONError, JSONError(.tooLarge, at: 4))
        }
        XCTAssertThrowsError(try JSONValue.parse("[[]]", limits: JSONLimits(depthMax: 1))) {
            XCTAssertEqual($0 as? JSONError, JSONError(.tooDeep, at: 1))
        }
    }
}
