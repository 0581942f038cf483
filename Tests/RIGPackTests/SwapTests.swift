import Foundation
import RIGLinux
import RIGLoop
import RIGPack
import XCTest

/// A new snapshot takes the place of the old one, and nobody who is being served notices.
final class SwapTests: XCTestCase {
    override class func setUp() {
        EventLoop.startOnThread()
    }

    @RequestLoop
    func testACallInFlightEndsOnItsSnapshotAndItsPoolAfterIt() async throws {
        let bench = try await SwapBench.open("  - {path: ./one, as: one}")
        let before = bench.gateway.snapshot.snapshot.interfaceHash.hex
        let old = bench.processes("one")
        let dispatched = OneShot<Void>()
        var hasBegun = false
        let call = RequestLoop.start {
            let answer = await bench.call("one.sleep", #"{"seconds": 2, "progress": true}"#) { _ in
                if !hasBegun { dispatched.resume(()) }
                hasBegun = true
            }
            return (failure: answer.failure?.type, snapshot: answer.meta.snapshot)
        }
        await dispatched.wait()
        try bench.configure(
            "  - {path: ./one, as: one, tools: [say], limits: {concurrency: 2}}")
        guard case .swapped(let after, true) = await bench.keeper.reload() else {
            return XCTFail("not swapped: \(String(describing: bench.keeper.trouble))")
        }
        XCTAssertNotEqual(before, after)
        await bench.until { !bench.processes("one").isEmpty }
        XCTAssertTrue(bench.processes("one").isDisjoint(with: old))
        let disabled = await bench.call("one.sleep", #"{"seconds": 0}"#)
        XCTAssertEqual(disabled.failure?.type, .toolDisabled)
        let answer = await call.value
        XCTAssertNil(answer.failure)
        XCTAssertEqual(answer.snapshot, before)
        await bench.until { old.allSatisfy { kill($0, 0) != 0 } }
        try await bench.close()
    }

    @RequestLoop
    func testAPackThatDidNotChangeKeepsItsWorkers() async throws {
        let bench = try await SwapBench.open(
            "  - {path: ./one, as: one}\n  - {path: ./two, as: two}")
        await bench.until { !bench.processes("one").isEmpty && !bench.processes("two").isEmpty }
        let (one, two) = (bench.processes("one"), bench.processes("two"))
        // Another order, another list of tools, a comment: none of it concerns a worker.
        try bench.configure(
            "  # moved\n  - {path: ./two, as: two}\n  - {path: ./one, as: one, tools: [say]}")
        guard case .swapped = await bench.keeper.reload() else { return XCTFail("not swapped") }
        XCTAssertEqual(bench.processes("one"), one)
        XCTAssertEqual(bench.processes("two"), two)
        // Its content concerns it, and nobody else.
        try Data("# changed\n".utf8).write(to: URL(fileURLWithPath: bench.folder + "/one/more.py"))
        guard case .swapped(_, false) = await bench.keeper.reload() else {
            return XCTFail("not swapped, or with other tools")
        }
        await bench.until { !bench.processes("one").isEmpty }
        XCTAssertTrue(bench.processes("one").isDisjoint(with: one))
        XCTAssertEqual(bench.processes("two"), two)
        await bench.until { one.allSatisfy { kill($0, 0) != 0 } }
        try await bench.close()
    }

    @RequestLoop
    func testWhatCannotBeServedChangesNothingAndSaysWhy() async throws {
        let bench = try await SwapBench.open("  - {path: ./one, as: one}")
        await bench.until { !bench.processes("one").isEmpty }
        let workers = bench.processes("one")
        let snapshot = bench.gateway.snapshot
        try bench.configure("  - {path: ./one, az: one}")
        guard case .invalid(let errors) = await bench.keeper.reload() else {
            return XCTFail("a key that does not exist was accepted")
        }
        XCTAssertTrue(errors.errors.contains { $0.what.contains("az") || $0.why.contains("az") })
        XCTAssertNotNil(bench.keeper.trouble)
        try bench.configure("  - {path: ./one, as: one}\n  - {path: ./missing, as: two}")
        guard case .failed(let failures) = await bench.keeper.reload() else {
            return XCTFail("a pack that is not there was mounted")
        }
        XCTAssertEqual(Array(failures.keys), ["two"])
        XCTAssertTrue(bench.gateway.snapshot === snapshot)
        XCTAssertEqual(bench.processes("one"), workers)
        let answer = await bench.call("one.say", #"{"text": "here"}"#)
        XCTAssertNil(answer.failure)
        try bench.configure("  - {path: ./one, as: one}")
        guard case .swapped(_, false) = await bench.keeper.reload() else {
            return XCTFail("not swapped")
        }
        XCTAssertNil(bench.keeper.trouble)
        try await bench.close()
    }

    @RequestLoop
    func testReloadsThatMeetAreOneMoreBuildAndTheLastOneHasTheLastWord() async throws {
        let bench = try await SwapBench.open("  - {path: ./one, as: one}")
        let first = RequestLoop.start { await bench.keeper.reload() }
        let second = RequestLoop.start { await bench.keeper.reload() }
        try bench.configure("  - {path: ./two, as: two}")
        let third = await bench.keeper.reload()
        guard case .swapped(let hash, _) = third else { return XCTFail("not swapped") }
        _ = await first.value
        _ = await second.value
        XCTAssertEqual(bench.gateway.snapshot.snapshot.interfaceHash.hex, hash)
        XCTAssertEqual(bench.gateway.snapshot.snapshot.packs.map(\.namespace.text), ["two"])
        try await bench.close()
    }

    @RequestLoop
    func testAChangedFileIsNoticedHoweverItIsWritten() async throws {
        let folder = try Directory.makeTemporary(in: "/tmp", prefix: "rig-watch-test-")
        let path = folder + "/rig.yaml"
        try Data("a".utf8).write(to: URL(fileURLWithPath: path))
        var calls = 0
        let watch = try ConfigWatch(path) { calls += 1 }
        try Data("b".utf8).write(to: URL(fileURLWithPath: path))
        while calls < 1 { await EventLoop.shared.sleep(nanoseconds: 2_000_000) }
        try Data("c".utf8).write(to: URL(fileURLWithPath: folder + "/new"))
        _ = rename(folder + "/new", path)
        while calls < 2 { await EventLoop.shared.sleep(nanoseconds: 2_000_000) }
        watch.close()
        try Directory.removeTree(folder)
    }
}
