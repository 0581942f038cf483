import RIGBytes
import XCTest

@testable import RIGModel

final class CallerNameTests: XCTestCase {
    func testNamesOfPeopleServicesAndURNsAreTaken() {
        for text in ["a", "acme", "ada@example.com", "urn:rig:agent/7", "A.b_c=+-1"] {
            XCTAssertEqual(CallerName(given: text)?.text, text)
        }
    }

    func testWhatNeedsEscapingOrIsAPatternIsRefused() {
        let bad = [
            "", " ", "a b", "a\n", "*", "a*", "a?", "\"", "a\\", "a\u{0}", "é", "\u{202E}a", "[a]",
            "{a}", "a,b", "\u{1B}[31m", "a'b", "a;b", "<a>",
        ]
        for text in bad { XCTAssertNil(CallerName(given: text), text) }
    }

    func testTheLengthIsBoundedInBytes() {
        XCTAssertNotNil(CallerName(given: String(repeating: "a", count: 128)))
        XCTAssertNil(CallerName(given: String(repeating: "a", count: 129)))
    }

    /// Together with everything else of an envelope two of them have room in every frame.
    func testTwoNamesFitTheEnvelopeOfAFrame() {
        XCTAssertLessThan(
            2 * CallerName.bytesMax + CorrelationID.bytesMax, Limits.envelopeBytesMax / 8)
    }

    func testItIsAppendedAsItIs() {
        let buffer = ByteBuffer()
        (CallerName(given: "ada@example.com") ?? "x").append(to: buffer)
        XCTAssertEqual(buffer.string(buffer.range), "ada@example.com")
    }
}
