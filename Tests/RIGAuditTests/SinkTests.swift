import Foundation
import RIGAudit
import RIGBytes
import RIGLinux
import RIGLoop
import RIGModel
import RIGStore
import RIGTestSupport
import XCTest

final class SinkTests: XCTestCase {
    private var folder = TemporaryFolder("audit")
    private var path: String { folder.path("state.db") }

    override func tearDown() { folder.remove() }

    private func write(
        _ calls: ClosedRange<Int>, to sinks: [AuditOptions.Sink],
        said: Said = Said(),
        _ meanwhile: @RequestLoop @Sendable (AuditLog) async throws -> Void = { _ in }
    ) async throws {
        let path = path
        try await onLoop {
            var options = AuditOptions()
            options.sinks = sinks
            options.report = { said.add($0) }
            let log = try await AuditLog.open(path, options: options)
            for call in calls { try await log.record(Sample.row(.outcome, call: call)) }
            try await meanwhile(log)
            let lost = await log.close()
            XCTAssertEqual(lost, 0)
        }
    }

    private static func numbers(_ file: String) throws -> [Int64] {
        try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap {
            let row = try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            return (row?["seq"] as? NSNumber)?.int64Value
        }
    }

    func testEveryRowReachesTheFileOnceWhoeverWroteIt() async throws {
        let file = folder.path("audit.jsonl")
        try await write(1...20, to: [])
        try await write(21...40, to: [.jsonl(path: file)])
        XCTAssertEqual(
            try Self.numbers(file), Array(1...40), "also rows from before there was a sink")
        try await write(41...60, to: [.jsonl(path: file)])
        XCTAssertEqual(try Self.numbers(file), Array(1...60), "and none twice")
    }

    func testTheFileIsTheChainThatAnyoneCanCheck() async throws {
        let file = folder.path("audit.jsonl")
        try await write(1...5, to: [.jsonl(path: file)])
        var previous = [UInt8](repeating: 0, count: 32)
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            let match = try XCTUnwrap(line.firstMatch(of: /"hash":"([0-9a-f]{64})",/))
            let rest = line.replacingOccurrences(of: match.0, with: "")
            previous = SHA256.digest(previous + Array(rest.utf8)).bytes
            XCTAssertEqual(String(match.1), Hex.encode(previous))
        }
    }

    func testARotatedFileIsFollowedByANewOne() async throws {
        let file = folder.path("audit.jsonl")
        try await write(1...3, to: [.jsonl(path: file)]) { log in
            while (try? Self.numbers(file).count) != 3 {
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
            try FileManager.default.moveItem(atPath: file, toPath: file + ".1")
            for call in 4...6 { try await log.record(Sample.row(.outcome, call: call)) }
        }
        XCTAssertEqual(try Self.numbers(file + ".1"), [1, 2, 3])
        XCTAssertEqual(try Self.numbers(file), [4, 5, 6])
    }

    func testASinkThatFailsSaysSoOnceAndGetsEverythingLater() async throws {
        let file = folder.path("later/audit.jsonl")
        let later = folder.path("later")
        let said = Said()
        try await write(1...10, to: [.jsonl(path: file)], said: said) { log in
            while log.troubles.lines.isEmpty {
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
            XCTAssertEqual(
                log.troubles.lines,
                [
                    "sink jsonl \(file): No such file or directory (ENOENT); "
                        + "its rows wait in state.db"
                ])
            XCTAssertEqual(log.health, .working, "calls go on")
            for call in 11...20 { try await log.record(Sample.row(.outcome, call: call)) }
            try FileManager.default.createDirectory(
                atPath: later, withIntermediateDirectories: false)
            while !log.troubles.lines.isEmpty {
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
        }
        XCTAssertEqual(try Self.numbers(file), Array(1...20))
        XCTAssertEqual(said.lines.count, 2, "\(said.lines)")
        XCTAssertTrue(said.lines.last?.hasSuffix("works again") ?? false, "\(said.lines)")
    }

    /// /dev/full takes nothing and is no file; a file may not grow beyond a process's limit.
    func testAFullDiskLosesNoRowAndCutsNoLine() throws {
        let file = folder.path("audit.jsonl")
        let program = try LoadProgram([path, "full-sink", file])
        var lines: [String] = []
        while let line = program.line() { lines.append(line) }
        program.release()
        XCTAssertEqual(lines.filter { $0.hasPrefix("failed") }, [])
        XCTAssertTrue(lines.contains { $0.hasPrefix("trouble sink jsonl") }, "\(lines)")
        XCTAssertTrue(lines.contains("works"), "\(lines)")
        let last = try XCTUnwrap(AuditReader.open(path).page(limit: 1).records.first?.seq)
        XCTAssertGreaterThan(last, 100)
        XCTAssertEqual(Set(try Self.numbers(file)), Set(1...last))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        XCTAssertTrue(text.hasSuffix("\n"))
    }

    func testWhatIsNoFileIsNotWrittenTo() async throws {
        let pipe = folder.path("pipe")
        XCTAssertEqual(mkfifo(pipe, 0o600), 0)
        try await write(1...2, to: [.jsonl(path: pipe)]) { log in
            while log.troubles.lines.isEmpty {
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
            XCTAssertTrue(log.troubles.lines[0].contains("EOPNOTSUPP"), log.troubles.lines[0])
        }
    }

    func testSyslogGetsOneMessageARowAndWaitsForASocketThatIsNotThere() async throws {
        let path = folder.path("log")
        let waiting = Said()
        try await write(1...2, to: [.syslog(path: path)], said: waiting) { log in
            while log.troubles.lines.isEmpty {
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
        }
        XCTAssertTrue(waiting.lines[0].contains("ENOENT"), "\(waiting.lines)")
        let daemon = try DatagramServer(path)
        try await write(3...3, to: [.syslog(path: path)])
        var collected: [String] = []
        while let message = daemon.next() { collected.append(message) }
        XCTAssertEqual(collected.count, 3)
        for (index, message) in collected.enumerated() {
            let parts = message.split(separator: " ", maxSplits: 7).map(String.init)
            XCTAssertEqual(parts[0], "<110>1")
            XCTAssertEqual(parts[1], "1970-01-01T00:00:01.00\(index + 1)Z")
            XCTAssertEqual(Array(parts[3...6]), ["rig", "\(getpid())", "audit", "-"])
            let row = try JSONSerialization.jsonObject(with: Data(parts[7].utf8)) as? [String: Any]
            XCTAssertEqual(row?["seq"] as? Int, index + 1)
        }
    }
}

/// Lines that another thread says.
final class Said: @unchecked Sendable {
    private let lock = NSLock()
    private var said: [String] = []
    func add(_ line: String) { lock.withLock { said.append(line) } }
    var lines: [String] { lock.withLock { said } }
}

/// What a syslog daemon is to RIG: a datagram socket with a name.
final class DatagramServer {
    private let fd: Int32

    init(_ path: String) throws {
        fd = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw POSIXError(.EADDRINUSE) }
    }

    deinit { close(fd) }

    /// The next message that has come; nil when there is none.
    func next() -> String? {
        var room = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(fd, &room, room.count, 0)
        return count > 0 ? String(decoding: room[..<count], as: UTF8.self) : nil
    }
}
