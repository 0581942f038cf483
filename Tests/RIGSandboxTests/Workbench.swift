import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

/// What every test here needs: a directory of its own, the launcher, the interpreters, a profile.
final class Workbench {
    static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    /// rig-jail lies beside the test bundle.
    static let launcher =
        URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("rig-jail").path
    static let programs = packageRoot + "/Tests/Programs"

    let directory: String
    var work: String { directory + "/work" }
    let facts: SandboxFacts
    /// Of every request that names none: the strongest here, or the one that a test runs this
    /// whole program again for.
    let level: SandboxLevel

    init() throws {
        directory = try Directory.makeTemporary(in: "/tmp", prefix: "rig-jail-test-")
        facts = try SandboxProbe.run(launcher: Self.launcher)
        let asked = Environment.get("RIG_TEST_LEVEL").flatMap { SandboxLevel(name: $0) }
        level = asked ?? facts.strongestLevel
        try File.setMode(directory, 0o711)
    }

    deinit {
        try? Directory.removeTree(directory)
    }

    static func interpreter(_ runtime: Interpreter.Runtime) throws -> Interpreter {
        do {
            return try Interpreter.find(runtime, environment: Environment.all())
        } catch SandboxError.interpreter(.notFound) {
            throw XCTSkip("\(runtime.defaultName) is not installed")
        }
    }

    static func profile(_ runtime: Interpreter.Runtime) throws -> SandboxProfile {
        let path = packageRoot + "/sandbox-profiles/\(runtime.rawValue).json"
        return try SandboxProfile.parse(File.readWhole(path, sizeBytesMax: 1 << 20))
    }

    /// A request to run a file of Tests/Programs, from a copy that anybody may read.
    func request(
        _ runtime: Interpreter.Runtime, _ program: String, level: SandboxLevel? = nil,
        interpreter: Interpreter? = nil
    ) throws -> JailRequest {
        let copy = directory + "/" + program
        if !FileManager.default.fileExists(atPath: copy) {
            try FileManager.default.copyItem(
                atPath: Self.programs + "/" + program, toPath: copy)
            try File.setMode(copy, 0o644)
        }
        let interpreter = try interpreter ?? Self.interpreter(runtime)
        return JailRequest(
            level: level ?? self.level, interpreter: interpreter,
            arguments: interpreter.options(memoryBytes: 512 << 20) + [copy],
            workDirectory: work, readable: [copy])
    }

    func plan(_ request: JailRequest) throws -> JailPlan {
        var plan = try JailPlan.make(
            request, on: facts, profile: Self.profile(request.interpreter.runtime),
            filters: FilterCache())
        plan.environment["RIG_WORK"] = plan.workDirectory
        return plan
    }

    func spawn(_ plan: JailPlan) throws -> JailedProcess {
        if let path = plan.hostWorkDirectory {
            try WorkDirectory.prepare(path, for: plan.identity)
        }
        return try Jail.spawn(plan, launcher: Self.launcher)
    }

    struct Outcome {
        var status: ExitStatus?
        var output: String
        var errors: String
        var answer: String
    }

    /// Runs to the end, having sent `input` as the only bytes of the channel.
    func run(_ plan: JailPlan, input: String = "") throws -> Outcome {
        var process = try spawn(plan)
        let channel = process.takeToWorker()
        try Transmit.writeAll(channel.fd, Array(input.utf8))
        let output = try Transmit.readAll(process.outputFd, bytesMax: 1 << 20)
        let errors = try Transmit.readAll(process.errorsFd, bytesMax: 1 << 20)
        let answer = try Transmit.readAll(process.fromWorkerFd, bytesMax: 1 << 20)
        let status = try process.wait(timeoutMilliseconds: 20_000)
        return Outcome(
            status: status, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self),
            answer: String(decoding: answer, as: UTF8.self))
    }
}
