import Foundation
import RIGLinux
import XCTest

final class FactsTests: XCTestCase {
    func testTimestampsAgreeWithFoundationOverTwelveMillennia() {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        // From year 1600 on, where Foundation's calendar is the Gregorian one, in uneven steps.
        var milliseconds: Int64 = -11_644_473_600_000
        while milliseconds < 253_402_300_799_000 {
            let date = Date(timeIntervalSince1970: Double(milliseconds / 1000))
            let whole = milliseconds / 1000 * 1000
            let text = RIGLinux.Timestamp.text(milliseconds: whole)
            XCTAssertEqual(text, formatter.string(from: date))
            XCTAssertEqual(RIGLinux.Timestamp.milliseconds(text), whole)
            milliseconds += 86_400_000 * 97 + 12_345_678
        }
    }

    func testTimestampsAreReadWithOffsetsAndFractions() {
        let cases: [(String, Int64?)] = [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.5Z", 500),
            ("1970-01-01t00:00:00.123456789z", 123),
            ("1970-01-01T01:30:00+01:30", 0),
            ("1969-12-31T23:00:00-01:00", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2023-02-29T00:00:00Z", nil), ("1900-02-29T00:00:00Z", nil),
            ("1970-13-01T00:00:00Z", nil), ("1970-00-01T00:00:00Z", nil),
            ("1970-01-00T00:00:00Z", nil), ("1970-01-01T24:00:00Z", nil),
            ("1970-01-01T00:60:00Z", nil), ("1970-01-01T00:00:00", nil),
            ("1970-01-01T00:00:00.Z", nil), ("1970-01-01T00:00:00Z ", nil),
            ("1970-01-01 00:00:00Z", nil), ("1970-1-01T00:00:00Z", nil),
            ("1970-01-01T00:00:00+0100", nil), ("", nil),
        ]
        for (text, expected) in cases {
            XCTAssertEqual(RIGLinux.Timestamp.milliseconds(text), expected, text)
        }
        XCTAssertEqual(RIGLinux.Timestamp.text(milliseconds: -1), "1969-12-31T23:59:59.999Z")
    }

    func testTheEnvironmentIsTheProcesssOwn() {
        let variables = Environment.all()
        XCTAssertEqual(variables, ProcessInfo.processInfo.environment)
        XCTAssertEqual(Environment.get("PATH"), variables["PATH"])
        XCTAssertNil(Environment.get("RIG_SURELY_NOT_SET"))
        XCTAssertNil(Environment.get("PATH\0X"))
    }

    func testFactsAgreeWithProc() throws {
        XCTAssertEqual(try Facts.executablePath(), try File.realPath("/proc/self/exe"))
        XCTAssertEqual(
            try Facts.workingDirectory(), FileManager.default.currentDirectoryPath)
        XCTAssertEqual(Facts.processID(), ProcessInfo.processInfo.processIdentifier)
        XCTAssertEqual(Facts.processorCount(), ProcessInfo.processInfo.activeProcessorCount)
        XCTAssertEqual(try Facts.system().name, "Linux")
        let null = try File.open("/dev/null")
        XCTAssertFalse(Facts.isTerminal(null.fd))
    }

    func testALimitThatWasSetIsRead() throws {
        let before = try ResourceLimit.get(.coreBytes)
        try ResourceLimit.set(.coreBytes, ResourceLimit(soft: 0, hard: before.hard))
        XCTAssertEqual(try ResourceLimit.get(.coreBytes), ResourceLimit(soft: 0, hard: before.hard))
        try ResourceLimit.set(.coreBytes, before)
    }

    func testRandomBytesFillTheWholeRequest() {
        XCTAssertEqual(RIGLinux.Random.bytes(0), [])
        // The chance that the last 32 of 4096 are all zero is 2^-256.
        XCTAssertNotEqual(
            RIGLinux.Random.bytes(4096).suffix(32), ArraySlice(repeating: 0, count: 32))
        XCTAssertNotEqual(RIGLinux.Random.name(), RIGLinux.Random.name())
        XCTAssertEqual(RIGLinux.Random.name().utf8.count, 16)
    }

    func testTheMonotonicClockDoesNotGoBack() {
        var last = MonotonicClock.nowNanoseconds()
        for _ in 0..<10_000 {
            let now = MonotonicClock.nowNanoseconds()
            XCTAssertGreaterThanOrEqual(now, last)
            last = now
        }
    }

    func testABlockedSignalIsReadOnceFromItsDescriptor() throws {
        let source = try SignalFd([.user2])
        XCTAssertNil(try source.next())
        try Signal.user2.raise()
        XCTAssertTrue(try Poll.wait(source.fd, for: .read, timeoutMilliseconds: nil))
        XCTAssertEqual(try source.next(), .user2)
        XCTAssertNil(try source.next())
    }
}
