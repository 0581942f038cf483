import RIGBytes
import XCTest

final class ByteBufferTests: XCTestCase {
    func testGrowthKeepsBytesAndSlack() {
        let buffer = ByteBuffer(capacity: 1)
        for index in 0..<10_000 { buffer.append(UInt8(truncatingIfNeeded: index)) }
        XCTAssertEqual(buffer.count, 10_000)
        XCTAssertEqual(buffer[9_999], UInt8(truncatingIfNeeded: 9_999))
        let bytes = buffer.unsafeBytes
        var sum = 0
        for index in 0..<ByteBuffer.slackBytes {
            sum += Int(bytes.baseAddress!.load(fromByteOffset: 10_000 + index, as: UInt8.self))
        }
        XCTAssertEqual(sum, 0)
    }

    func testAppendOfItselfSurvivesGrowth() {
        let buffer = ByteBuffer(capacity: 3)
        buffer.append("abc" as StaticString)
        buffer.append(buffer, buffer.range)
        XCTAssertEqual(buffer.string(buffer.range), "abcabc")
    }

    func testOnlyAnEmptyBufferShrinksAndItsSlackStaysReadable() {
        let buffer = ByteBuffer(capacity: 1 << 20)
        buffer.append(7)
        buffer.shrinkIfEmpty(to: 16)
        XCTAssertEqual(buffer.capacity, 1 << 20)
        XCTAssertEqual(buffer[0], 7)
        buffer.removeFirst(1)
        buffer.shrinkIfEmpty(to: 2 << 20)
        XCTAssertEqual(buffer.capacity, 1 << 20, "shrinking does not grow")
        buffer.shrinkIfEmpty(to: 16)
        XCTAssertEqual(buffer.capacity, 16)
        var sum = 0
        for index in 0..<16 + ByteBuffer.slackBytes {
            sum += Int(buffer.unsafeBytes.baseAddress!.load(fromByteOffset: index, as: UInt8.self))
        }
        XCTAssertEqual(sum, 0)
        buffer.append(contentsOf: Array(repeating: 1, count: 100))
        XCTAssertEqual(buffer.array(buffer.range), Array(repeating: 1, count: 100))
    }

    func testRemoveFirstMovesTheRest() {
        let buffer = ByteBuffer(Array("hello world".utf8))
        buffer.removeFirst(6)
        XCTAssertEqual(buffer.string(buffer.range), "world")
        XCTAssertTrue(buffer.equals(buffer.range, "world"))
        XCTAssertFalse(buffer.equals(ByteRange(offset: 0, count: 4), "worm"))
    }
}
