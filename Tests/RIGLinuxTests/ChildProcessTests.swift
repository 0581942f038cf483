import RIGLinux
import XCTest

final class ChildProcessTests: FolderTestCase {
    private func shell(
        _ script: String, timeoutMilliseconds: Int = 60_000, outputBytesMax: Int = 1 << 20,
        _ change: (inout SpawnPlan) -> Void = { _ in }
    ) throws -> CommandResult {
        var plan = SpawnPlan(path: "/bin/sh", arguments: ["sh", "-c", script])
        change(&plan)
        return try ChildProcess.run(
            plan, timeoutMilliseconds: timeoutMilliseconds, outputBytesMax: outputBytesMax)
    }

    func testBothStreamsAndTheCodeAreCollected() throws {
        let result = try shell("echo out; echo err >&2; exit 3")
        XCTAssertEqual(result.status, .exited(3))
        XCTAssertEqual(result.outputText, "out\n")
        XCTAssertEqual(result.errorText, "err\n")
        XCTAssertFalse(result.isTimedOut)
        XCTAssertFalse(result.isCut)
    }

    func testAChildHasOnlyTheGivenEnvironmentAndFolder() throws {
        let result = try shell("env | grep -v -e '^PWD=' -e '^SHLVL=' -e '^_='; pwd") {
            $0.environment = ["ONE": "1", "PATH": "/usr/bin:/bin"]
            $0.workingDirectory = folder
        }
        XCTAssertEqual(
            result.outputText.split(separator: "\n").sorted(),
            [folder[...], "ONE=1", "PATH=/usr/bin:/bin"].sorted())
    }

    func testAChildHasOnlyTheGivenDescriptors() throws {
        // Not close-on-exec, so that only the spawn itself keeps it from the child.
        let leaked = try File.open("/proc/self/exe").duplicate(lowest: 50)
        try leaked.setCloseOnExec(false)
        let given = try File.open("/dev/null")
        let result = try shell("ls -l /proc/$$/fd | grep -c /dev/null; ls /proc/$$/fd") {
            $0.environment = ["PATH": "/usr/bin:/bin"]
            $0.descriptors = [7: given.fd]
        }
        // Standard input is /dev/null as well. The shell may keep one for itself.
        XCTAssertEqual(result.outputText.split(separator: "\n").first, "2")
        let numbers = result.outputText.split(separator: "\n").dropFirst().filter { $0 != "10" }
        XCTAssertEqual(numbers.sorted(), ["0", "1", "2", "7"])
    }

    func testDescriptorsThatSwapNumbersArriveWhereTheyShould() throws {
        try write("three", "three")
        try write("four", "four")
        let one = try File.open(path("three")).duplicate(lowest: 20)
        let other = try File.open(path("four")).duplicate(lowest: one.fd + 1)
        let result = try shell("cat /dev/fd/\(one.fd) /dev/fd/\(other.fd)") {
            $0.environment = ["PATH": "/usr/bin:/bin"]
            $0.descriptors = [one.fd: other.fd, other.fd: one.fd]
        }
        XCTAssertEqual(result.outputText, "fourthree", result.errorText)
    }

    func testAChildStartsWithNoBlockedAndNoIgnoredSignals() throws {
        let isDone = try EventFd()
        let fd = isDone.fd
        try Signal.ignoreBrokenPipe()
        try KernelThread.start(name: "blocked") {
            expectNoError { try Signal.block([.terminate, .user1]) }
            do {
                let result = try ChildProcess.run(
                    SpawnPlan(
                        path: "/bin/grep",
                        arguments: ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]),
                    timeoutMilliseconds: 60_000, outputBytesMax: 1000)
                let words = result.outputText.split(whereSeparator: \.isWhitespace)
                XCTAssertEqual(words.count, 4)
                XCTAssertEqual(UInt64(words[1], radix: 16), 0)
                // The C library ignores its two internal signals, 32 and 33, in what it spawns.
                XCTAssertEqual(UInt64(words[3], radix: 16).map { $0 & ~(3 << 31) }, 0)
            } catch {
                XCTFail("\(error)")
            }
            let one: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
            expectNoError { try Transmit.writeAll(fd, one) }
        }
        XCTAssertTrue(try isDone.wait(timeoutMilliseconds: nil))
    }

    func testACommandThatTakesTooLongIsKilledWithItsGroup() throws {
        let result = try shell(
            "(exec /bin/cat /dev/zero >/dev/null) & wait", timeoutMilliseconds: 50)
        XCTAssertTrue(result.isTimedOut)
        XCTAssertEqual(result.status, .killed(.kill))
    }

    func testOutputOverTheLimitIsReadAndDropped() throws {
        let result = try shell(
            "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done", outputBytesMax: 100
        )
        XCTAssertEqual(result.status, .exited(0))
        XCTAssertEqual(result.output.count, 100)
        XCTAssertTrue(result.isCut)
    }

    func testAProgramThatIsNotThereIsAnErrorAndNoChild() throws {
        assertErrno(
            .noEntry,
            try ChildProcess.spawn(SpawnPlan(path: path("missing"), arguments: ["x"])).pid)
        assertErrno(
            .invalid, try ChildProcess.spawn(SpawnPlan(path: "/bin/true", arguments: ["a\0b"])).pid)
    }

    func testWaitingWithATimeoutSaysNotYet() throws {
        var input = try Pipe.make()
        let child = try ChildProcess.spawn(
            SpawnPlan(path: "/bin/cat", arguments: ["cat"], descriptors: [0: input.readingFd]))
        XCTAssertNil(try child.wait(timeoutMilliseconds: 0))
        XCTAssertNil(try child.reap())
        input.closeWriting()
        XCTAssertEqual(try child.wait(), .exited(0))
        // Nobody is there any more: no error, and no stranger is hit.
        try child.signal(.kill)
        assertErrno(.noChild, try child.reap())
    }

    func testAKilledChildSaysItsSignal() throws {
        let input = try Pipe.make()
        let child = try ChildProcess.spawn(
            SpawnPlan(path: "/bin/cat", arguments: ["cat"], descriptors: [0: input.readingFd]))
        try child.signal(.terminate)
        let status = try child.wait()
        XCTAssertEqual(status, .killed(.terminate))
        XCTAssertEqual(status?.shellCode, 143)
        XCTAssertGreaterThan(input.writingFd, 2)
    }

    func testProgramsAreFoundInAbsoluteFoldersOnly() throws {
        XCTAssertEqual(PathLookup.find("sh", in: "relative::/nowhere:/bin:/usr/bin"), "/bin/sh")
        XCTAssertNil(PathLookup.find("sh", in: ""))
        XCTAssertNil(PathLookup.find("", in: "/bin"))
        XCTAssertEqual(PathLookup.find("/bin/sh", in: ""), "/bin/sh")
        XCTAssertNil(PathLookup.find("bin", in: "/"))
    }
}
