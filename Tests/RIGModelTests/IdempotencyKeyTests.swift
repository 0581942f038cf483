import RIGModel
import XCTest

final class IdempotencyKeyTests: XCTestCase {
    func testKeyIsAWordOfVisibleCharacters() {
        for text in [
            "k", "8e03978e-40d5-43dd-bc93-6894a57f9324", String(repeating: "~", count: 255),
        ] {
            XCTAssertEqual(IdempotencyKey(given: text)?.text, text)
        }
        for text in ["", "a b", "a\n", "\u{7F}", "é", String(repeating: "k", count: 256)] {
            XCTAssertNil(IdempotencyKey(given: text), text)
        }
    }

    func testHeaderMayBeAStringOrABareWord() {
        XCTAssertEqual(IdempotencyKey(header: "k-1"), IdempotencyKey(given: "k-1"))
        XCTAssertEqual(IdempotencyKey(header: #""k-1""#), IdempotencyKey(given: "k-1"))
        XCTAssertEqual(IdempotencyKey(header: #""a\"b\\c""#)?.text, #"a"b\c"#)
        for value in ["", #"""#, #""""#, #""a"#, #""a"b"#, #""a\b""#, #""a b""#, "a b"] {
            XCTAssertNil(IdempotencyKey(header: value), value)
        }
    }
}
