import XCTest

@testable import RIGDoctor

/// What the probes write is read as they mean it.
final class AttemptTests: XCTestCase {
    func testLinesBecomeAttemptsAndEverythingElseIsLeftOut() {
        let output = ProbeOutput(
            """
            DENIED fs.read_shadow EACCES Permission denied
            a word of an interpreter
            ESCAPED use.threads 300 threads
            SKIPPED proxy.loopback no egress was granted
            SUMMARY denied 1 escaped 1 skipped 1
            LATER abi.x32
            """)
        XCTAssertEqual(
            output.attempts,
            [
                Attempt(
                    name: "fs.read_shadow", verdict: .denied, detail: "EACCES Permission denied"),
                Attempt(name: "use.threads", verdict: .escaped, detail: "300 threads"),
                Attempt(name: "proxy.loopback", verdict: .skipped, detail: "no egress was granted"),
            ])
        XCTAssertTrue(output.isSummed)
        XCTAssertEqual(output.later, ["abi.x32"])
        XCTAssertEqual(output.attempts[0].group, "fs")
    }

    func testOutputThatBreaksOffIsNotSummed() {
        XCTAssertFalse(ProbeOutput("DENIED fs.read_shadow EACCES no\n").isSummed)
    }

    func testDeathByTheKernelsHandIsADenial() {
        let text = "SUMMARY\nTRYING abi.x32\n"
        let verdict = ProbeOutput.verdict(on: "abi.x32", text, end: "SIGSYS")
        XCTAssertEqual(verdict?.verdict, .denied)
        XCTAssertEqual(verdict.map { DenialLayer.of($0, at: .standard) }, .seccomp)
    }

    func testAnEndWithoutAVerdictIsNoVerdict() {
        XCTAssertNil(ProbeOutput.verdict(on: "abi.x32", "TRYING abi.x32\n", end: "exited with 1"))
        XCTAssertNil(ProbeOutput.verdict(on: "abi.x32", "", end: "SIGSYS"))
        let escaped = ProbeOutput.verdict(
            on: "abi.x32", "TRYING abi.x32\nESCAPED abi.x32 result 7\n", end: "SIGSYS")
        XCTAssertEqual(escaped?.verdict, .escaped)
    }
}
