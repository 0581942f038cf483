import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

/// What level strict adds: a worker with a world of its own, of which everything is known.
final class NamespaceTests: XCTestCase {
    private func bench() throws -> Workbench {
        let bench = try Workbench()
        if bench.facts.strongestLevel < .strict {
            throw XCTSkip("this machine has no level strict")
        }
        return bench
    }

    /// What a Python program of these lines prints.
    private func run(
        _ bench: Workbench, _ program: String, _ change: (inout JailRequest) -> Void = { _ in }
    ) throws -> String {
        var request = try bench.request(.python, "idle.py", level: .strict)
        change(&request)
        request.arguments = ["-I", "-S", "-B", "-c", program]
        let outcome = try bench.run(bench.plan(request))
        XCTAssertEqual(outcome.status, .exited(0), outcome.output + outcome.errors)
        return outcome.output
    }

    func testTheWorkerIsAloneInItsNamespaces() throws {
        let output = try run(
            bench(),
            """
            import os, socket
            print(os.getpid(), os.getppid(), os.getresuid(), os.getresgid(), socket.gethostname())
            print([name for name in os.listdir("/proc") if name.isdigit()])
            print(os.path.exists("/proc/sys"), os.path.exists("/sys"), os.path.exists("/bin"))
            """)
        XCTAssertEqual(
            output,
            "1 0 (1000, 1000, 1000) (1000, 1000, 1000) worker\n['1']\nFalse False False\n")
    }

    func testTheFilesOfTheSystemAreTheJailsOwn() throws {
        let output = try run(
            bench(),
            """
            import os
            for name in ("group", "hosts", "nsswitch.conf", "passwd", "resolv.conf"):
                print(name, repr(open("/etc/" + name).read()))
            print(os.getcwd(), os.environ["HOME"], os.environ["TMPDIR"], os.listdir("."))
            """
        ) { $0.hosts = [JailHost(name: "api.example.com", address: 0x7f01_0001)] }
        XCTAssertTrue(output.contains("group 'worker:x:1000:\\nnogroup:x:65534:\\n'"), output)
        XCTAssertTrue(
            output.contains(#"hosts '127.0.0.1 localhost\n127.1.0.1 api.example.com\n'"#), output)
        XCTAssertTrue(output.contains("passwd 'worker:x:1000:1000::/work"), output)
        XCTAssertTrue(output.contains("resolv.conf ''"), output)
        XCTAssertTrue(output.hasSuffix("/work /work /tmp []\n"), output)
    }

    func testScratchSpaceIsCappedInBytesAndInFiles() throws {
        let output = try run(
            bench(),
            """
            import errno, os
            for folder in (".", "/tmp"):
                total = 0
                try:
                    for number in range(300):
                        with open(f"{folder}/big{number}", "wb", buffering=0) as file:
                            total += file.write(bytes(1 << 20))
                except OSError as error:
                    print(errno.errorcode[error.errno], total >> 20)
                for number in range(300):
                    if os.path.exists(f"{folder}/big{number}"):
                        os.unlink(f"{folder}/big{number}")
                count = 0
                try:
                    for number in range(20000):
                        os.symlink("x", f"{folder}/{number}")
                        count += 1
                except OSError as error:
                    print(errno.errorcode[error.errno], 4000 < count < 4093)
            """)
        XCTAssertEqual(output, "ENOSPC 64\nENOSPC True\nENOSPC 16\nENOSPC True\n")
    }

    func testWhatAWorkerWritesIsNeverCode() throws {
        let program = """
            import mmap, os, shutil, sys
            with open("own", "wb") as file:
                file.write(bytes(4096))
            for path in ("own", sys.argv[1]):
                fd = os.open(path, os.O_RDONLY)
                try:
                    mmap.mmap(fd, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC)
                    print("mapped")
                except OSError as error:
                    print(error.strerror)
            """
        let bench = try bench()
        let pack = bench.directory + "/pack"
        try File.makeDirectory(pack, mode: 0o755)
        try File.replaceAtomically(
            pack + "/native.so", with: [UInt8](repeating: 0, count: 4096), mode: 0o755)
        for isNative in [false, true] {
            var request = try bench.request(.python, "idle.py", level: .strict)
            request.readable.append(pack)
            if isNative { request.native = [pack] }
            request.arguments = ["-I", "-S", "-B", "-c", program, pack + "/native.so"]
            let output = try bench.run(bench.plan(request)).output
            XCTAssertEqual(
                output,
                "Operation not permitted\n" + (isNative ? "mapped\n" : "Operation not permitted\n"))
        }
    }

    func testListenersAreServedFromOutsideAndNothingElseIsReached() throws {
        let bench = try bench()
        let canary = try Canary(in: bench.directory)
        let port = try XCTUnwrap(canary.environment["RIG_CANARY_PORT"])
        var request = try bench.request(.python, "idle.py", level: .strict)
        // More than travel in one packet.
        request.listeners = (1...20).map {
            JailListener(address: 0x7f01_0000 + $0, port: 443)
        }
        request.hosts = [JailHost(name: "api.example.com", address: 0x7f01_0014)]
        request.arguments = [
            "-I", "-S", "-B", "-c",
            """
            import errno, socket
            with socket.create_connection(("api.example.com", 443)) as client:
                client.sendall(b"hello")
                print(client.recv(100).decode())
            for address in (("127.0.0.1", \(port)), ("127.0.0.1", 443), ("192.0.2.1", 443)):
                try:
                    socket.create_connection(address)
                    print("connected")
                except OSError as error:
                    print(errno.errorcode[error.errno])
            """,
        ]
        var process = try bench.spawn(bench.plan(request))
        var sockets = process.takeListeners()
        XCTAssertEqual(sockets.count, 20)
        for _ in 0..<19 { _ = sockets.take() }
        guard let last = sockets.take() else { return XCTFail("the last socket is missing") }
        XCTAssertEqual(sockets.count, 0)
        let listener = last.fd
        XCTAssertTrue(try Poll.wait(listener, for: .read, timeoutMilliseconds: 20_000))
        let accepted = accept(listener, nil, nil)
        XCTAssertGreaterThanOrEqual(accepted, 0)
        let client = Descriptor(owning: accepted)
        var room = [UInt8](repeating: 0, count: 5)
        XCTAssertEqual(try Transmit.read(client.fd, into: &room), .bytes(5))
        try Transmit.writeAll(client.fd, room + Array(" from outside".utf8))
        let output = try Transmit.readAll(process.outputFd, bytesMax: 1000)
        XCTAssertEqual(
            String(decoding: output, as: UTF8.self),
            "hello from outside\nEACCES\nECONNREFUSED\nENETUNREACH\n")
        XCTAssertEqual(try process.wait(timeoutMilliseconds: 20_000), .exited(0))
        try canary.assertUntouched()
    }

    func testFoldersThatOnlyTheirOwnerMayEnterAreGranted() throws {
        let bench = try bench()
        let hidden = bench.directory + "/hidden"
        let folder = hidden + "/workspace"
        for path in [hidden, folder] { try File.makeDirectory(path, mode: 0o700) }
        try File.replaceAtomically(folder + "/given", with: Array("seen".utf8), mode: 0o600)
        let program = """
            import os
            os.chdir(\(folder.debugDescription))
            print(open("given").read(), os.stat("given").st_uid)
            with open("made", "w") as file:
                file.write("by the worker")
            os.rename("given", "kept")
            """
        let output = try run(bench, program) { $0.writable.append(folder) }
        XCTAssertEqual(output, "seen 1000\n")
        let made = try FileStatus.of(folder + "/made")
        XCTAssertEqual(made.userID, Facts.effectiveUserID())
        XCTAssertEqual(
            try File.readWhole(folder + "/made", sizeBytesMax: 100), Array("by the worker".utf8))
        XCTAssertEqual(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted(), ["kept", "made"])
    }

    func testNoLinkAndNoRenameLeadsOut() throws {
        let bench = try bench()
        let canary = try Canary(in: bench.directory)
        let outside = try XCTUnwrap(canary.environment["RIG_CANARY_DIR"])
        let folder = bench.directory + "/workspace"
        try File.makeDirectory(folder, mode: 0o755)
        let output = try run(
            bench,
            """
            import errno, os
            outside, inside = \(outside.debugDescription), \(folder.debugDescription)
            os.symlink(outside, "out")
            os.symlink(outside, inside + "/out")
            attempts = [
                lambda: open("out/secret").read(),
                lambda: open(inside + "/out/new", "w"),
                lambda: os.link(outside + "/secret", "hard"),
                lambda: os.link(\(canary.readOnlyFile.debugDescription), inside + "/hard"),
                lambda: os.rename(inside + "/out", "moved"),
                lambda: open(\(canary.readOnlyFile.debugDescription), "a"),
                lambda: open("/etc/hosts", "a"),
                lambda: os.mkdir("/new"),
            ]
            for attempt in attempts:
                try:
                    print(attempt())
                except OSError as error:
                    print(errno.errorcode[error.errno])
            """
        ) {
            $0.writable.append(folder)
            $0.readable.append(canary.readOnlyFile)
        }
        XCTAssertEqual(
            output.split(separator: "\n"),
            [
                "ENOENT", "ENOENT", "ENOENT", "EXDEV", "EXDEV", "EROFS", "EACCES", "EROFS",
            ])
        try canary.assertUntouched()
    }

    func testAThreadBombEndsAndOthersGoOn() throws {
        let bench = try bench()
        let output = try run(
            bench,
            """
            import threading
            stop, count = threading.Event(), 0
            try:
                for _ in range(300):
                    threading.Thread(target=stop.wait).start()
                    count += 1
            except RuntimeError as error:
                print(count, error)
            stop.set()
            """)
        XCTAssertEqual(output, "63 can't start new thread\n")
    }

    func testNoProgramThatLendsRightsCanBeMade() throws {
        let bench = try Workbench()
        let folder = bench.directory + "/workspace"
        try File.makeDirectory(folder, mode: 0o755)
        var request = try bench.request(.python, "idle.py")
        request.writable.append(folder)
        request.arguments = [
            "-I", "-S", "-B", "-c",
            """
            import os
            os.chdir(\(folder.debugDescription))
            os.close(os.open("plain", os.O_WRONLY | os.O_CREAT, 0o755))
            for mode in (0o4755, 0o2755):
                try:
                    os.open("lender", os.O_WRONLY | os.O_CREAT, mode)
                    print("opened")
                except PermissionError:
                    pass
                try:
                    os.chmod("plain", mode)
                except PermissionError:
                    pass
            """,
        ]
        let outcome = try bench.run(bench.plan(request))
        XCTAssertEqual(outcome.output, "", outcome.errors)
        XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder), ["plain"])
        XCTAssertEqual(try FileStatus.of(folder + "/plain").mode & 0o6000, 0)
    }

    func testEveryWorkerOfAPrivilegedSidecarHasAUidOfItsOwn() throws {
        let bench = try bench()
        if !bench.facts.canChangeIdentity { throw XCTSkip("only root can change uids") }
        let request = try bench.request(.python, "idle.py", level: .strict)
        var ids: Set<UInt32> = []
        let first = try bench.spawn(bench.plan(request))
        let second = try bench.spawn(bench.plan(request))
        for pid in [first.workerPid, second.workerPid] {
            let id = try FileStatus.of("/proc/\(pid)/cwd/.").userID
            XCTAssertGreaterThanOrEqual(id, IdentityPool.rangeFirst)
            ids.insert(id)
        }
        XCTAssertEqual(ids.count, 2)
        for process in [0, 1] {
            if process == 0 { try first.kill() } else { try second.kill() }
        }
        _ = try first.wait(timeoutMilliseconds: 20_000)
        _ = try second.wait(timeoutMilliseconds: 20_000)
    }

    func testNodeRunsWithoutACompilerUnderTheProfileOfPython() throws {
        let bench = try bench()
        let node = try Workbench.interpreter(.node)
        var request = try bench.request(.node, "idle.js", level: .strict)
        let program = """
            const crypto = require("crypto");
            console.log(typeof WebAssembly, crypto.createHash("sha256").update("x").digest("hex"));
            """
        request.arguments =
            node.options(memoryBytes: 512 << 20, allowsJIT: false) + ["-e", program]
        let plan = try JailPlan.make(
            request, on: bench.facts, profile: Workbench.profile(.python), filters: FilterCache())
        let outcome = try bench.run(plan)
        XCTAssertEqual(
            outcome.output,
            "undefined 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\n",
            outcome.errors)
    }

    func testTheWorkDirectoryHoldsNothingThatIsGranted() {
        XCTAssertEqual(JailInterior.workDirectory(beside: ["/usr", "/workspace"]), "/work")
        XCTAssertEqual(JailInterior.workDirectory(beside: ["/work"]), "/rig-work")
        XCTAssertEqual(
            JailInterior.workDirectory(beside: ["/work/x", "/rig-work/y"]), "/rig-work-1")
    }

    func testWhatNoJailCanHoldIsRefusedByName() throws {
        let bench = try bench()
        for path in ["/", "/etc", "/proc", "/proc/1", "/dev", "/tmp/../etc"] {
            var request = try bench.request(.python, "idle.py", level: .strict)
            request.writable.append(path)
            XCTAssertThrowsError(try bench.plan(request)) {
                XCTAssertEqual($0 as? SandboxError, .pathUnavailable(path))
            }
        }
        var request = try bench.request(.python, "idle.py", level: .strict)
        request.listeners = [JailListener(address: 0x0a00_0001, port: 443)]
        XCTAssertThrowsError(try bench.plan(request)) {
            XCTAssertEqual($0 as? SandboxError, .networkUnavailable)
        }
        request.listeners = []
        request.hosts = [JailHost(name: "a\n127.0.0.1 b", address: 0x7f00_0001)]
        XCTAssertThrowsError(try bench.plan(request)) {
            XCTAssertEqual($0 as? SandboxError, .networkUnavailable)
        }
    }

    func testAPrivilegedSidecarWithoutMapsOfOwnersRefusesWhatTheWorkerCouldNotUse() throws {
        let bench = try bench()
        guard bench.facts.canChangeIdentity else { throw XCTSkip("only root can change uids") }
        let folder = bench.directory + "/closed"
        try File.makeDirectory(folder, mode: 0o700)
        var facts = bench.facts
        facts.namespaces = .built(hasProc: true, forbidsNesting: true, mapsOwners: false)
        var request = try bench.request(.python, "idle.py", level: .strict)
        request.writable.append(folder)
        XCTAssertThrowsError(
            try JailPlan.make(
                request, on: facts, profile: Workbench.profile(.python), filters: FilterCache())
        ) {
            XCTAssertEqual($0 as? SandboxError, .identityUnavailable(path: folder))
        }
    }

    func testItRunsOnWhereProcIsMasked() throws {
        let bench = try bench()
        for (runtime, program) in [
            (Interpreter.Runtime.python, "harmless.py"), (.node, "harmless.js"),
        ] {
            var plan = try bench.plan(try bench.request(runtime, program, level: .strict))
            plan.interior?.hasProc = false
            plan.interior?.forbidsNesting = false
            let outcome = try bench.run(plan, input: "ping")
            XCTAssertEqual(outcome.status, .exited(0), outcome.output + outcome.errors)
        }
    }
}
