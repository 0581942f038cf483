import RIGLinux
import RIGLoop
import XCTest

final class EventLoopTests: LoopTestCase {
    @RequestLoop
    func testLoopCodeRunsOnTheLoopThreadAndIsolationCanBeAssumed() async {
        XCTAssertTrue(EventLoop.shared.isOnOwnThread)
        XCTAssertEqual(RequestLoop.assume { 7 }, 7)
    }

    func testOtherThreadsAreNotTheLoop() {
        XCTAssertFalse(EventLoop.shared.isOnOwnThread)
    }

    @RequestLoop
    func testIsolationCanBeAssumedInsideAHandlerThatNoTaskRuns() async {
        let journal = Journal<Bool>()
        _ = EventLoop.shared.after(nanoseconds: 0) {
            RequestLoop.shared.assumeIsolated { _ in }
            journal.note(EventLoop.shared.isOnOwnThread)
        }
        await journal.wait(for: 1)
        XCTAssertEqual(journal.entries, [true])
    }

    @RequestLoop
    func testATaskOfTheLoopStaysOnItThroughNonisolatedCodeAndSuspensions() async {
        let isOnLoop = await RequestLoop.start {
            var result = true
            for _ in 0..<100 {
                let answer = OneShot<Bool>()
                RequestLoop.start { answer.resume(await Self.nonisolatedIsOnLoop()) }
                let value = await answer.wait()
                result = result && value
            }
            return result
        }.value
        XCTAssertTrue(isOnLoop)
    }

    @RequestLoop
    func testOwnAndPlainTasksThatStartEachOtherBothFinish() async {
        let journal = Journal<String>()
        RequestLoop.start {
            Task { @RequestLoop in
                await Self.suspend()
                journal.note("plain in own")
                Task { @RequestLoop in
                    await Self.suspend()
                    journal.note("plain in plain")
                    RequestLoop.start {
                        async let child: Void = Self.suspend()
                        await child
                        journal.note("own in plain")
                    }
                }
            }
            await Self.suspend()
            journal.note("own")
        }
        await journal.wait(for: 4)
        XCTAssertEqual(
            Set(journal.entries), ["own", "plain in own", "plain in plain", "own in plain"])
    }

    @RequestLoop
    private static func suspend() async {
        let answer = OneShot<Bool>()
        Task { answer.resume(true) }
        let value = await answer.wait()
        XCTAssertTrue(value)
    }

    @RequestLoop
    func testCallingALoopFunctionDoesNotLetOthersIn() async {
        // For both kinds of task: an async call that has nothing to wait for is no suspension.
        for isOwn in [true, false] {
            let journal = Journal<String>()
            @RequestLoop func body() async {
                RequestLoop.start { journal.note("other") }
                for _ in 0..<10 { await Self.nothing() }
                journal.note("caller")
            }
            if isOwn {
                RequestLoop.start { await body() }
            } else {
                Task { await body() }
            }
            await journal.wait(for: 2)
            XCTAssertEqual(journal.entries, ["caller", "other"], "own: \(isOwn)")
        }
    }

    @RequestLoop
    private static func nothing() async {}

    private nonisolated static func nonisolatedIsOnLoop() async -> Bool {
        await Task.yield()
        return EventLoop.shared.isOnOwnThread
    }

    @RequestLoop
    func testOffloadedWorkRunsElsewhereAndItsErrorComesBack() async throws {
        let elsewhere = await RequestLoop.start {
            await RequestLoop.offload { EventLoop.shared.isOnOwnThread }
        }.value
        XCTAssertFalse(elsewhere)
        do throws(Errno) {
            try await RequestLoop.offload { () throws(Errno) in throw Errno.noSpace }
            XCTFail("it throws")
        } catch {
            XCTAssertEqual(error, .noSpace)
        }
    }

    @RequestLoop
    func testJobsRunInTheOrderTheyWereEnqueued() async {
        let journal = Journal<Int>()
        for number in 0..<1000 { Task { journal.note(number) } }
        await journal.wait(for: 1000)
        XCTAssertEqual(journal.entries, Array(0..<1000))
    }

    @RequestLoop
    func testEveryJobOfAStormFromOtherThreadsArrivesOnceAndInItsThreadsOrder() async throws {
        let journal = Journal<[Int]>()
        let threads = 4
        let jobs = 5000
        for thread in 0..<threads {
            try KernelThread.start(name: "storm") {
                for job in 0..<jobs { Task { @RequestLoop in journal.note([thread, job]) } }
            }
        }
        await journal.wait(for: threads * jobs)
        XCTAssertEqual(journal.entries.count, threads * jobs)
        for thread in 0..<threads {
            XCTAssertEqual(
                journal.entries.filter { $0[0] == thread }.map { $0[1] }, Array(0..<jobs))
        }
    }

    @RequestLoop
    func testAJobFromAnotherThreadWakesALoopThatSleeps() async throws {
        // One at a time, so that the loop has nothing to do before each and goes to sleep.
        for round in 0..<200 {
            let journal = Journal<Int>()
            try KernelThread.start(name: "waker") {
                Task { @RequestLoop in journal.note(round) }
            }
            await journal.wait(for: 1)
            XCTAssertEqual(journal.entries, [round])
        }
    }

    @RequestLoop
    func testDescriptorsAreServedWhileJobsKeepEnqueueingJobs() async throws {
        var pipe = try Pipe.make(nonBlocking: true)
        let reading = pipe.takeReading()
        let isServed = Journal<Bool>()
        let watch = try EventLoop.shared.watch(reading.fd, .readable) { _ in
            if isServed.entries.isEmpty { isServed.note(true) }
        }
        @RequestLoop func spin() {
            if isServed.entries.isEmpty { Task { spin() } }
        }
        spin()
        try Transmit.writeAll(pipe.writingFd, [1])
        await isServed.wait(for: 1)
        EventLoop.shared.cancel(watch)
    }

    @RequestLoop
    func testHooksRunInEveryTickAfterItsJobsUntilCancelled() async {
        let journal = Journal<String>()
        let hook = Shared<LoopHook?>(nil)
        hook.value = EventLoop.shared.beforeSleep {
            journal.note("hook")
            hook.value.map { EventLoop.shared.cancel($0) }
        }
        Task { journal.note("first job") }
        Task { journal.note("second job") }
        await journal.wait(for: 3)
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(journal.entries, ["first job", "second job", "hook"])
    }
}
