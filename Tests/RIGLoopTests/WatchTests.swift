import RIGLinux
import RIGLoop
import XCTest

final class WatchTests: LoopTestCase {
    @RequestLoop
    func testAReportForAWatchThatWasCancelledInTheSameTickIsDropped() async throws {
        var one = try Pipe.make(nonBlocking: true)
        var other = try Pipe.make(nonBlocking: true)
        let ends = [one.takeReading().release(), other.takeReading().release()]
        let journal = Journal<Int>()
        let watches = Shared<[Watch]>([])
        for (index, fd) in ends.enumerated() {
            watches.value.append(
                try EventLoop.shared.watch(fd, .readable) { _ in
                    // Whoever is first cancels both: the kernel has reported the other already.
                    for watch in watches.value { EventLoop.shared.cancel(watch) }
                    journal.note(index)
                })
        }
        try Transmit.writeAll(one.writingFd, [1])
        try Transmit.writeAll(other.writingFd, [1])
        await journal.wait(for: 1)
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(journal.entries.count, 1)
        for fd in ends { _ = Descriptor(owning: fd) }
    }

    @RequestLoop
    func testAReportForADescriptorWhoseNumberAndSlotWereReusedIsDropped() async throws {
        var one = try Pipe.make(nonBlocking: true)
        var other = try Pipe.make(nonBlocking: true)
        let ends = Shared<[CInt]>([one.takeReading().release(), other.takeReading().release()])
        var replacement = try Pipe.make(nonBlocking: true)
        let spare = Shared<CInt>(replacement.takeReading().release())
        let journal = Journal<String>()
        let watches = Shared<[Watch]>([])
        for index in 0..<2 {
            watches.value.append(
                try EventLoop.shared.watch(ends.value[index], .readable) { _ in
                    journal.note("old")
                    // Closes the other descriptor, whose report waits in this very tick, and lets
                    // a new pipe take its number and its slot.
                    let stale = 1 - index
                    EventLoop.shared.cancel(watches.value[index])
                    EventLoop.shared.cancel(watches.value[stale])
                    let number = ends.value[stale]
                    _ = Descriptor(owning: number)
                    do {
                        // The lowest free number at or above is the one just closed.
                        let fresh = try Descriptor(owning: spare.value).duplicate(lowest: number)
                            .release()
                        XCTAssertEqual(fresh, number)
                        ends.value[stale] = fresh
                        watches.value[stale] = try EventLoop.shared.watch(fresh, .readable) { _ in
                            journal.note("new")
                        }
                    } catch {
                        XCTFail("\(error)")
                    }
                })
        }
        try Transmit.writeAll(one.writingFd, [1])
        try Transmit.writeAll(other.writingFd, [1])
        await journal.wait(for: 1)
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(journal.entries, ["old"])
        for watch in watches.value { EventLoop.shared.cancel(watch) }
        for fd in ends.value { _ = Descriptor(owning: fd) }
    }

    @RequestLoop
    func testRearmChangesWhatIsReported() async throws {
        var pair = try UnixSocket.pair()
        let socket = pair.takeOne()
        let journal = Journal<Readiness>()
        let watch = Shared<Watch?>(nil)
        watch.value = try EventLoop.shared.watch(socket.fd, []) { readiness in
            journal.note(readiness)
            watch.value.map { EventLoop.shared.rearm($0, []) }
        }
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(journal.entries, [])
        watch.value.map { EventLoop.shared.rearm($0, .writable) }
        await journal.wait(for: 1)
        XCTAssertEqual(journal.entries, [.writable])
        watch.value.map { EventLoop.shared.cancel($0) }
        watch.value.map { EventLoop.shared.cancel($0) }
    }

    @RequestLoop
    func testARegularFileCannotBeWatched() async throws {
        let file = try File.open("/proc/self/exe")
        XCTAssertThrowsError(try EventLoop.shared.watch(file.fd, .readable) { _ in }) {
            XCTAssertEqual($0 as? Errno, .permission)
        }
    }
}
