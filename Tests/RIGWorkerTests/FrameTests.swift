import RIGBytes
import XCTest

@testable import RIGWorker

/// The length before every message, however the pipe cuts it.
final class FrameTests: XCTestCase {
    private static let bytesMax = 300

    private static func frame(_ count: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(count).littleEndian, Array.init)
            + Array(repeating: UInt8(ascii: "x"), count: count)
    }

    func testAFrameIsWholeExactlyWhenItsLastByteIsThere() {
        // 256 and 300: a length of two bytes, and one at the cap.
        for count in [0, 1, 7, 256, Self.bytesMax] {
            let bytes = Self.frame(count)
            for split in 0...bytes.count {
                let head = Frame.head(
                    of: ByteBuffer(bytes[..<split]), at: 0, bytesMax: Self.bytesMax)
                let expected: Frame.Head =
                    if split < Frame.headerBytes {
                        .incomplete(missingBytes: Frame.headerBytes - split)
                    } else if split < bytes.count {
                        .incomplete(missingBytes: bytes.count - split)
                    } else {
                        .whole(ByteRange(offset: Frame.headerBytes, count: count))
                    }
                XCTAssertEqual(head, expected, "\(split) of \(bytes.count) bytes")
            }
        }
    }

    func testAFrameOverTheCapIsSeenFromItsLengthAlone() {
        for count in [Self.bytesMax + 1, 1 << 16, Int(UInt32.max)] {
            let bytes = withUnsafeBytes(of: UInt32(count).littleEndian, Array.init)
            for split in 0..<bytes.count {
                XCTAssertEqual(
                    Frame.head(of: ByteBuffer(bytes[..<split]), at: 0, bytesMax: Self.bytesMax),
                    .incomplete(missingBytes: Frame.headerBytes - split))
            }
            XCTAssertEqual(
                Frame.head(of: ByteBuffer(bytes), at: 0, bytesMax: Self.bytesMax),
                .oversized(bytes: count))
        }
    }

    func testAFrameIsFoundBehindOthers() {
        let buffer = ByteBuffer(Self.frame(3) + Self.frame(9) + Self.frame(5).dropLast())
        XCTAssertEqual(
            Frame.head(of: buffer, at: 7, bytesMax: Self.bytesMax),
            .whole(ByteRange(offset: 11, count: 9)))
        XCTAssertEqual(
            Frame.head(of: buffer, at: 20, bytesMax: Self.bytesMax), .incomplete(missingBytes: 1))
        XCTAssertEqual(
            Frame.head(of: buffer, at: buffer.count, bytesMax: Self.bytesMax),
            .incomplete(missingBytes: Frame.headerBytes))
    }

    func testTheLengthCountsWhatIsSentFromElsewhere() {
        let buffer = ByteBuffer([1, 2])
        let start = Frame.begin(buffer)
        buffer.append(contentsOf: [7, 8, 9])
        Frame.finish(buffer, from: start, trailingBytes: 0x010203)
        XCTAssertEqual(buffer.array(buffer.range), [1, 2, 0x06, 0x02, 0x01, 0x00, 7, 8, 9])
    }

    func testAWrittenFrameReadsBack() {
        for count in [0, 1, 255, 256, 65_536] {
            let buffer = ByteBuffer()
            let start = Frame.begin(buffer)
            buffer.append(contentsOf: Array(repeating: 1, count: count))
            Frame.finish(buffer, from: start)
            XCTAssertEqual(
                Frame.head(of: buffer, at: start, bytesMax: 65_536),
                .whole(ByteRange(offset: Frame.headerBytes, count: count)))
        }
    }
}
