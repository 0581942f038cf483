import Glibc
import RIGLinux
import RIGLoop
import RIGModel
import XCTest

@testable import RIGWorker

/// Workers that take more memory than they may.
final class MemoryTests: LoopTestCase {
    @RequestLoop
    func testAWorkerThatTakesTooMuchEndsAndItsCallsLearnWhy() async throws {
        let bench = try PoolBench { $0.concurrency = 2 }
        bench.limitMemory(bytes: 128 << 20)
        let bystander = try await bench.hold("a")
        await bench.said("held a")
        let call = try await bench.call("swell", #"{"mebibytes": 200}"#)
        let end = DispatchFailure.crashed(.tookMemory(bytesMax: 128 << 20))
        XCTAssertEqual(call.failure, end, "\(call)")
        if call.failure == nil { try bench.put("release-a") }
        let other = await bystander.value
        XCTAssertEqual(other.failure, end)
        XCTAssertEqual(bench.count("swollen"), 1, "no limit of the jail stopped it before")
        _ = try await bench.answeringProcess()
        await bench.close()
    }

    @RequestLoop
    func testAWorkerWithinItsMemoryIsLeftAlone() async throws {
        let bench = try PoolBench()
        bench.limitMemory(bytes: 256 << 20)
        let cancellation = Cancellation()
        let call = try await bench.begin(
            "swell", #"{"mebibytes": 64}"#, cancellation: cancellation)
        await bench.said("swollen")
        let before = bench.pool.processIDs
        // Longer than three looks.
        await EventLoop.shared.sleep(
            nanoseconds: UInt64(3 * Limits.workerMemoryLookMilliseconds) * 1_000_000)
        XCTAssertEqual(bench.pool.processIDs, before)
        XCTAssertEqual(bench.pool.load.held, 1)
        cancellation.cancel()
        _ = await call.value
        await bench.close()
    }

    /// Of a process whose memory is known: this one, before and after it takes some.
    func testPagesOfFilesAreNotAProcessesOwn() throws {
        let own = try XCTUnwrap(ProcessMemory.ownBytes(of: getpid()))
        let all = try XCTUnwrap(ProcessMemory.residentBytes(of: getpid()))
        XCTAssertGreaterThan(own, 1 << 20)
        XCTAssertGreaterThan(all, own)
        let size = 64 << 20
        let pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        defer { munmap(pages, size) }
        memset(try XCTUnwrap(pages), 1, size)
        XCTAssertGreaterThan(
            try XCTUnwrap(ProcessMemory.ownBytes(of: getpid())), own + size / 2)
        XCTAssertNil(try ProcessMemory.residentBytes(of: 0x3FFF_FFFF))
    }
}
