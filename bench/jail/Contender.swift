import RIGLinux
import RIGPack
import RIGSandbox

/// A way to start the same interpreter with the same runner and pack.
enum Contender: CaseIterable {
    case bare, standard, strict, bubblewrap

    var name: String {
        switch self {
        case .bare: "bare posix_spawn"
        case .standard: "jail, standard"
        case .strict: "jail, strict"
        case .bubblewrap: "bwrap --unshare-all"
        }
    }

    /// Blocks until the process is there; it is not ready yet.
    func start(_ bench: Bench) throws -> Started {
        switch self {
        case .bare: try Started(plain: bench.interpreter.executable, bench.arguments)
        case .standard: try Started(bench, level: .standard)
        case .strict: try Started(bench, level: .strict)
        case .bubblewrap: try Started(plain: "/usr/bin/bwrap", bench.bubblewrap)
        }
    }
}

/// One runtime's share of the run.
struct Bench {
    let machine: Machine
    let interpreter: Interpreter
    let profile: SandboxProfile
    let filters: FilterCache
    let facts: SandboxFacts
    let runner: String
    let pack: String
    let entry: String
    let work: String

    var runnerFolder: String { machine.installation.runnerFolder(interpreter.runtime) }
    var arguments: [String] { interpreter.options(memoryBytes: 512 << 20) + [runner] }

    /// As people call it: the system read-only, a /proc, a /dev and a /tmp of its own. Neither
    /// seccomp nor Landlock, which it does not bring.
    var bubblewrap: [String] {
        var words = ["--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr"]
        for name in ["lib", "lib64"] { words += ["--symlink", "usr/\(name)", "/\(name)"] }
        words += ["--ro-bind", "/etc", "/etc", "--proc", "/proc", "--dev", "/dev"]
        words += ["--tmpfs", "/tmp", "--tmpfs", "/work-of-bwrap"]
        let shown = interpreter.readable + [interpreter.executable, runnerFolder, pack]
        for path in shown where !path.hasPrefix("/usr/") && !path.hasPrefix("/etc/") {
            words += ["--ro-bind", path, path]
        }
        return words + ["--", interpreter.executable] + arguments
    }

    var hello: [UInt8] {
        let text =
            #"{"type":"hello","protocol":1,"pack":{"root":"\#(pack)","entry":"\#(entry)","#
            + #""name":"echo"},"limits":{"frame_bytes":1000000,"concurrency":1},"#
            + #""work_dir":"\#(work)"}"#
        return Self.frame(Array(text.utf8))
    }

    var call: [UInt8] {
        let text =
            #"{"type":"invoke","id":1,"tool":"say","ctx":{"correlation_id":"bench","#
            + #""tenant_id":"default","actor_id":"bench","attempt":1,"deadline_ms":30000},"#
            + #""args":{"text":"\#(String(repeating: "x", count: 180))"}}"#
        return Self.frame(Array(text.utf8))
    }

    static func frame(_ text: [UInt8]) -> [UInt8] {
        let count = UInt32(text.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + text
    }
}

/// A process with its two pipes. Each is in a session of its own, as the jail's worker is: the
/// scheduler shares time between sessions, and waking a process of another one costs more.
final class Started {
    private let input: Descriptor
    private let output: Descriptor
    private var jailed: JailedProcess?
    private var plain: ChildProcess?
    private var room = [UInt8](repeating: 0, count: 64 << 10)

    init(plain path: String, _ arguments: [String]) throws {
        var toWorker = try Pipe.make()
        var fromWorker = try Pipe.make()
        plain = try ChildProcess.spawn(
            SpawnPlan(
                path: path, arguments: [path] + arguments, environment: ["LANG": "C.UTF-8"],
                descriptors: [2: 2, 3: toWorker.readingFd, 4: fromWorker.writingFd],
                group: .ownSession))
        toWorker.closeReading()
        fromWorker.closeWriting()
        input = toWorker.takeWriting()
        output = fromWorker.takeReading()
        jailed = nil
    }

    init(_ bench: Bench, level: SandboxLevel) throws {
        let request = JailRequest(
            level: level, interpreter: bench.interpreter, arguments: bench.arguments,
            workDirectory: bench.work, readable: [bench.runnerFolder, bench.pack])
        let plan = try JailPlan.make(
            request, on: bench.facts, profile: bench.profile, filters: bench.filters)
        if let path = plan.hostWorkDirectory {
            try WorkDirectory.prepare(path, for: plan.identity)
        }
        var process = try Jail.spawn(plan, launcher: bench.machine.installation.launcher)
        input = process.takeToWorker()
        output = process.takeFromWorker()
        try input.setNonBlocking(false)
        try output.setNonBlocking(false)
        jailed = consume process
        plain = nil
    }

    /// Sends one frame and reads one. The bench's frames fit a pipe.
    func exchange(_ frame: [UInt8]) throws {
        try Transmit.writeAll(input.fd, frame)
        var count = 0
        var needed = 4
        while count < needed {
            guard case .bytes(let got) = try Transmit.read(output.fd, into: &room) else {
                throw Errno.brokenPipe
            }
            count += got
            if needed == 4 && count >= 4 {
                needed = 4 + (0..<4).reduce(0) { $0 | Int(room[$1]) << ($1 * 8) }
            }
        }
    }

    /// Asks it to end and waits: killed, bubblewrap would leave its child to somebody else.
    func stop() throws {
        try Transmit.writeAll(input.fd, Bench.frame(Array(#"{"type":"shutdown"}"#.utf8)))
        if let process = plain.take() {
            _ = try process.wait()
        } else if let process = jailed.take() {
            _ = try process.wait(timeoutMilliseconds: 10_000)
        }
    }
}
