import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

/// What cannot be built as planned is not built at all, and says which step was refused.
final class RefusalTests: XCTestCase {
    private func assertRefused(
        _ expected: SandboxError, _ change: (inout JailPlan) throws -> Void,
        file: StaticString = #filePath, line: UInt = #line
    ) throws {
        let bench = try Workbench()
        var plan = try bench.plan(try bench.request(.python, "idle.py"))
        try change(&plan)
        do {
            if let path = plan.hostWorkDirectory {
                try WorkDirectory.prepare(path, for: .kept(.notAsked))
            }
            let process = try Jail.spawn(plan, launcher: Workbench.launcher)
            try process.kill()
            _ = try process.wait(timeoutMilliseconds: 20_000)
            XCTFail("the worker ran", file: file, line: line)
        } catch {
            XCTAssertEqual(error, expected, file: file, line: line)
        }
    }

    func testMissingInterpreterIsStepOne() throws {
        try assertRefused(.step(.interpreter, .noEntry, path: nil)) {
            $0.executable = "/nonexistent/python"
        }
    }

    func testDirectoryAsInterpreterIsStepOne() throws {
        try assertRefused(.step(.interpreter, .access, path: nil)) { $0.executable = "/usr" }
    }

    func testInterpreterThatIsNoProgramIsRefusedAtExec() throws {
        try assertRefused(.step(.exec, .access, path: nil)) { $0.executable = "/etc/passwd" }
    }

    func testMissingPathIsNamed() throws {
        try assertRefused(.step(.paths, .noEntry, path: "/nonexistent/pack")) {
            $0.paths.append(.init("/nonexistent/pack", .read))
        }
    }

    func testAbsentLandlockABIIsNotReplacedByALesserOne() throws {
        try assertRefused(.step(.landlock, .notSupported, path: nil)) { $0.landlockABI = 1000 }
    }

    func testStrictWithoutAnInteriorIsRefused() throws {
        let bench = try Workbench()
        guard bench.level == .strict else { throw XCTSkip("this machine has no level strict") }
        try assertRefused(.step(.plan, Errno(code: ENODATA), path: nil)) { $0.interior = nil }
        try assertRefused(.step(.plan, .invalid, path: nil)) { $0.level = .standard }
    }

    func testMissingFilterIsRefused() throws {
        try assertRefused(.step(.filter, .badDescriptor, path: nil)) { $0.filter = nil }
    }

    func testFilterThatIsNoFilterIsRefused() throws {
        try assertRefused(.step(.seccomp, .invalid, path: nil)) {
            $0.filter = try SeccompFilter(bpf: [UInt8](repeating: 0xff, count: 64))
        }
        try assertRefused(.step(.filter, .invalid, path: nil)) {
            $0.filter = try SeccompFilter(bpf: [1, 2, 3])
        }
    }

    func testMissingWorkDirectoryIsRefused() throws {
        let bench = try Workbench()
        let plan = try bench.plan(try bench.request(.python, "idle.py", level: .standard))
        XCTAssertThrowsError(try spawnUnprepared(plan)) {
            XCTAssertEqual(
                $0 as? SandboxError, .step(.paths, .noEntry, path: plan.workDirectory))
        }
    }

    private func spawnUnprepared(_ plan: JailPlan) throws {
        _ = try Jail.spawn(plan, launcher: Workbench.launcher)
    }

    func testNULInAPlanIsRefused() throws {
        try assertRefused(.step(.plan, .invalid, path: nil)) { $0.arguments.append("a\0b") }
        try assertRefused(.step(.plan, .invalid, path: nil)) { $0.executable = "relative" }
        try assertRefused(.step(.plan, .invalid, path: nil)) {
            $0.paths.append(.init("/tmp", []))
        }
    }

    func testRootAsIdentityIsRefused() throws {
        try assertRefused(.step(.plan, .invalid, path: nil)) {
            $0.identity = .own(userID: 0, groupID: 0)
        }
    }

    func testTooManyArgumentsAreRefused() throws {
        try assertRefused(.step(.plan, Errno(code: E2BIG), path: nil)) {
            $0.arguments = Array(repeating: "x", count: 129)
        }
    }

    func testMissingLauncherIsASystemError() throws {
        let bench = try Workbench()
        let plan = try bench.plan(try bench.request(.python, "idle.py"))
        XCTAssertThrowsError(try spawn(plan, by: "/nonexistent/rig-jail")) {
            XCTAssertEqual($0 as? SandboxError, .system(.startLauncher, .noEntry))
        }
        XCTAssertThrowsError(try spawn(plan, by: "/bin/true")) {
            XCTAssertEqual($0 as? SandboxError, .launcherFailed)
        }
    }

    private func spawn(_ plan: JailPlan, by launcher: String) throws {
        _ = try Jail.spawn(plan, launcher: launcher)
    }

    /// Raw bytes to the launcher: its answer, or nil if it said nothing.
    private func answer(to bytes: [UInt8]) throws -> JailReport? {
        let plan = try Memfd.make(name: "plan", sealed: bytes)
        var control = try SocketPair.make()
        let child = try ChildProcess.spawn(
            SpawnPlan(
                path: Workbench.launcher, arguments: ["rig-jail"],
                descriptors: [5: control.farFd, 6: plan.fd]))
        control.closeFar()
        let near = control.takeNear()
        XCTAssertNotNil(try child.wait(timeoutMilliseconds: 20_000))
        return try JailReport.read(near.fd)
    }

    private func assertGarbage(
        _ bytes: [UInt8], _ code: CInt, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        XCTAssertEqual(
            try answer(to: bytes), .failed(.plan, Errno(code: code), pathIndex: nil), file: file,
            line: line)
    }

    func testGarbageIsRefusedAsAPlan() throws {
        let magic = Array("RIGJAIL1".utf8)
        func record(_ tag: UInt8, _ payload: [UInt8]) -> [UInt8] {
            [tag, 0, 0, 0, UInt8(payload.count), 0, 0, 0] + payload
        }
        try assertGarbage([], EBADMSG)
        try assertGarbage(Array("RIGJAIL2".utf8), EBADMSG)
        try assertGarbage(magic, ENODATA)
        try assertGarbage(magic + [1, 0, 0], EBADMSG)
        try assertGarbage(magic + [1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], EBADMSG)
        try assertGarbage(magic + record(0, []), EBADMSG)
        try assertGarbage(magic + record(99, []), EBADMSG)
        try assertGarbage(magic + record(1, [1]), EBADMSG)
        try assertGarbage(magic + record(1, [1, 0, 0, 0]) + record(1, [0, 0, 0, 0]), EEXIST)
        try assertGarbage(magic + record(2, Array("/bin/sh".utf8)), EINVAL)
        try assertGarbage(magic + record(7, [0, 0, 0, 0]), EBADMSG)
        try assertGarbage([UInt8](repeating: 7, count: (1 << 20) + 1), EFBIG)
    }

    func testTruncatedPlansAreRefusedAtEveryLength() throws {
        let bench = try Workbench()
        let plan = try bench.plan(try bench.request(.python, "idle.py"))
        let bytes = LaunchPlan(plan).bytes
        // Every cut within the first records; each must be refused and none may crash.
        for count in stride(from: 0, to: min(bytes.count, 400), by: 7) {
            guard case .failed(.plan, _, pathIndex: nil) = try answer(to: Array(bytes[..<count]))
            else { return XCTFail("cut at \(count) was not refused") }
        }
    }

    func testUnsealedPlanIsRefused() throws {
        let path = try Workbench().directory + ".plan"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("RIGJAIL1".utf8).write(to: URL(fileURLWithPath: path))
        let file = try File.open(path)
        var control = try SocketPair.make()
        let child = try ChildProcess.spawn(
            SpawnPlan(
                path: Workbench.launcher, arguments: ["rig-jail"],
                descriptors: [5: control.farFd, 6: file.fd]))
        control.closeFar()
        let near = control.takeNear()
        XCTAssertEqual(try child.wait(timeoutMilliseconds: 20_000), .exited(1))
        // A file on a disk knows no seals; one on a tmpfs has none of the needed ones.
        let report = try JailReport.read(near.fd)
        let refusals = [Errno.invalid, .permission].map {
            JailReport.failed(.plan, $0, pathIndex: nil)
        }
        XCTAssertTrue(refusals.contains { $0 == report }, "\(String(describing: report))")
    }
}
