import RIGBytes
import RIGJSON
import XCTest

final class WriterTests: XCTestCase {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        let buffer = ByteBuffer(capacity: 0)
        var writer = JSONWriter(buffer)
        body(&writer)
        return buffer.string(buffer.range)
    }

    func testCommasStandBetweenValuesOnly() {
        let source = ByteBuffer(Array("xx{\"r\":1}xx".utf8))
        let text = written { writer in
            writer.beginObject()
            writer.key("a")
            writer.int(-7)
            writer.key("b" as String)
            writer.beginArray()
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.bool(true)
            writer.null()
            writer.double(1.5)
            writer.double(.nan)
            writer.string("x")
            writer.endArray()
            writer.key("c")
            writer.raw(source, ByteRange(offset: 2, count: 7))
            writer.key("d")
            writer.raw("[1]")
            writer.endObject()
        }
        XCTAssertEqual(
            text, #"{"a":-7,"b":[{},[],true,null,1.5,null,"x"],"c":{"r":1},"d":[1]}"#)
    }

    func testEveryCharacterThatNeedsAnEscapeGetsTheShortestOne() {
        let table: [(String, String)] = [
            ("\"", #"\""#), ("\\", #"\\"#), ("/", "/"), ("\u{8}", #"\b"#), ("\t", #"\t"#),
            ("\n", #"\n"#), ("\u{c}", #"\f"#), ("\r", #"\r"#), ("\u{0}", #"\u0000"#),
            ("\u{1f}", #"\u001f"#), ("\u{b}", #"\u000b"#), ("\u{7f}", "\u{7f}"),
            ("\u{e9}\u{1f600}", "\u{e9}\u{1f600}"),
        ]
        for (character, escaped) in table {
            for length in 0...20 {
                let padding = String(repeating: "a", count: length)
                let text = written { $0.string(padding + character + padding) }
                XCTAssertEqual(text, "\"" + padding + escaped + padding + "\"")
            }
        }
    }

    func testWhatIsWrittenReadsBackTheSame() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            let count = Int.random(in: 0...40, using: &random)
            var text = ""
            for _ in 0..<count {
                let value = UInt32.random(in: 0...0x2FF, using: &random)
                text.unicodeScalars.append(Unicode.Scalar(value) ?? "x")
            }
            let value = JSONValue.object(["k\(text)": .array([.string(text)])])
            XCTAssertEqual(try JSONValue.parse(value.text), value)
        }
    }

    func testLongTextIsEscapedPieceByPiece() throws {
        for count in [1023, 1024, 1025, 5000] {
            let text = String(repeating: "a\n\u{1}é", count: count)
            XCTAssertEqual(try JSONValue.parse(JSONValue.string(text).text).string, text)
        }
    }

    func testIntegersOfEveryWidthAreWrittenWhole() {
        let text = written { writer in
            writer.beginArray()
            writer.int(Int64.min)
            writer.int(UInt64.max)
            writer.int(0)
            writer.int(-1)
            writer.endArray()
        }
        XCTAssertEqual(text, "[-9223372036854775808,18446744073709551615,0,-1]")
    }

    func testNumbersAreWrittenAsTheyWereRead() throws {
        let text = #"[1.0,1e2,-0,100000000000000000000000001,0.10]"#
        XCTAssertEqual(try JSONValue.parse(text).text, text)
    }
}
