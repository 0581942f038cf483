import RIGLinux
import RIGLoop
import XCTest

final class ProcessTests: LoopTestCase {
    @RequestLoop
    func testTheEndOfAChildIsReportedWithItsCode() async throws {
        let child = try ChildProcess.spawn(
            SpawnPlan(path: "/bin/sh", arguments: ["sh", "-c", "exit 7"]))
        let status = try await EventLoop.shared.exit(of: child.pidfd.fd)
        XCTAssertEqual(status, .exited(7))
    }

    @RequestLoop
    func testAKilledChildIsReportedWithItsSignal() async throws {
        let child = try ChildProcess.spawn(SpawnPlan(path: "/bin/cat", arguments: ["cat"]))
        try child.signal(.kill)
        let status = try await EventLoop.shared.exit(of: child.pidfd.fd)
        XCTAssertTrue(status == .killed(.kill) || status == .exited(0), "\(status)")
    }

    @RequestLoop
    func testAChildThatSomebodyElseReapedIsAnErrorAndNoHang() async throws {
        let child = try ChildProcess.spawn(SpawnPlan(path: "/bin/true", arguments: ["true"]))
        _ = try child.wait()
        do {
            _ = try await EventLoop.shared.exit(of: child.pidfd.fd)
            XCTFail("the child was reaped before")
        } catch {
            XCTAssertEqual(error, .noChild)
        }
    }

    @RequestLoop
    func testABlockedSignalIsReportedToItsHandlerUntilCancelled() async throws {
        let journal = Journal<Signal>()
        let watch = try EventLoop.shared.signals([.user1, .user2]) { journal.note($0) }
        try Signal.user1.raise()
        try Signal.user2.raise()
        await journal.wait(for: 2)
        XCTAssertEqual(Set(journal.entries), [.user1, .user2])
        watch.cancel()
        try Signal.user1.raise()
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(journal.entries.count, 2)
    }
}
