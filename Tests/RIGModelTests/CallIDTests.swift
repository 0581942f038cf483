import RIGBytes
import XCTest

@testable import RIGModel

final class CallIDTests: XCTestCase {
    func testTextIsTwentySixCharactersThatReadBackToTheSameID() {
        var source = CallIDSource(seed: 7)
        for step in 0..<500 {
            let id = source.next(milliseconds: 1_763_835_300_000 + UInt64(step / 3))
            XCTAssertEqual(id.text.utf8.count, CallID.textBytes)
            XCTAssertEqual(CallID(id.text), id)
            let buffer = ByteBuffer(capacity: 64)
            id.append(to: buffer)
            XCTAssertEqual(buffer.string(buffer.range), id.text)
        }
    }

    func testTextOfTheLowestAndTheHighestIDIsKnown() {
        XCTAssertEqual(CallID(high: 0, low: 0).text, "00000000000000000000000000")
        XCTAssertEqual(CallID(high: .max, low: .max).text, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
        XCTAssertEqual(CallID(high: 0, low: 1 << 60).text, "00000000000001000000000000")
        XCTAssertEqual(CallID(high: 1, low: 0).text, "0000000000000G000000000000")
    }

    func testTheAlphabetIsCrockfords() {
        let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        for (digit, character) in alphabet.enumerated() {
            XCTAssertEqual(CallID(high: 0, low: UInt64(digit)).text.last, character)
        }
    }

    func testTextsThatNoIDWritesAreRefused() {
        let good = "01K9Z6Q8R3T5V7X9ZB1D3F5H7J"
        XCTAssertNotNil(CallID(good))
        for bad in [
            "", "0", String(good.dropLast()), good + "0", good.lowercased(),
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", String(good.dropLast()) + "U",
            String(good.dropLast()) + "I", String(good.dropLast()) + "-",
        ] {
            XCTAssertNil(CallID(bad), bad)
        }
    }

    func testIDsGrowInValueAndInTextAlsoWhenTheClockStandsOrStepsBack() {
        var source = CallIDSource(seed: 1)
        let clock: [UInt64] = [1_000, 1_000, 1_000, 999, 5, 1_001, 1_001, 0, 2_000]
        let ids = (0..<50).flatMap { _ in clock }.map { source.next(milliseconds: $0) }
        for (earlier, later) in zip(ids, ids.dropFirst()) {
            XCTAssertLessThan(earlier, later)
            XCTAssertLessThan(earlier.text, later.text)
        }
    }

    func testAnIDTellsWhenItWasMade() {
        var source = CallIDSource(seed: 3)
        XCTAssertEqual(
            source.next(milliseconds: 1_763_835_300_123).milliseconds, 1_763_835_300_123)
    }

    func testSourcesWithDifferentSeedsDoNotMeet() {
        var one = CallIDSource()
        var other = CallIDSource()
        let ids = (0..<1_000).flatMap { _ in
            [one.next(milliseconds: 9), other.next(milliseconds: 9)]
        }
        XCTAssertEqual(Set(ids).count, ids.count)
    }
}

final class CorrelationIDTests: XCTestCase {
    func testAMadeOneWritesItsCallID() throws {
        let id = try XCTUnwrap(CallID("01K9Z6Q8R3T5V7X9ZB1D3F5H7J"))
        let buffer = ByteBuffer(capacity: 64)
        CorrelationID(id).append(to: buffer)
        XCTAssertEqual(buffer.string(buffer.range), id.text)
        XCTAssertEqual(CorrelationID(id).text, id.text)
    }

    func testExactlyTheSafeCharactersAreTakenFromACaller() {
        let safe = Set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@=+-".utf8)
        for byte in UInt8(0)...127 {
            let text = "a" + String(UnicodeScalar(byte))
            XCTAssertEqual(CorrelationID(given: text) != nil, safe.contains(byte), "\(byte)")
        }
        XCTAssertNil(CorrelationID(given: "é"))
    }

    func testLengthIsOneToOneHundredAndTwentyEight() {
        XCTAssertNil(CorrelationID(given: ""))
        XCTAssertEqual(CorrelationID(given: "c")?.text, "c")
        XCTAssertNotNil(CorrelationID(given: String(repeating: "c", count: 128)))
        XCTAssertNil(CorrelationID(given: String(repeating: "c", count: 129)))
    }
}
