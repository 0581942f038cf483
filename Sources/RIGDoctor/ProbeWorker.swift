internal import RIGLinux
internal import RIGLoop
internal import RIGSandbox
internal import RIGWorker

/// One worker that runs probes, from its start to its end.
struct ProbeWorker: Sendable {
    /// What it wrote to its standard output.
    let output: String
    /// The last of what it wrote to its standard error.
    private let errors: String
    private let exit: ExitStatus?
    /// /proc/<pid>/status as it was seen from outside while the worker lived.
    let status: String

    private static let timeoutMilliseconds = 180_000
    private static let outputBytesMax = 1 << 20

    static func run(_ plan: WorkerPlan) async throws(TrialFault) -> ProbeWorker {
        let launch: WorkerLaunch
        do throws(SandboxError) {
            launch = try await WorkerLaunch.launch(plan)
        } catch {
            throw .sandbox(error)
        }
        return try await RequestLoop.offload { () throws(TrialFault) in
            let worker = try finish(launch.take())
            guard let path = launch.hostWorkDirectory else { return worker }
            do throws(SandboxError) {
                try WorkDirectory.discard(path)
            } catch {
                throw .sandbox(error)
            }
            return worker
        }
    }

    /// Reads what the worker says until it ends; one that does not is killed.
    private static func finish(
        _ process: consuming JailedProcess
    ) throws(TrialFault) -> ProbeWorker {
        let deadline = MonotonicClock.nowNanoseconds() + UInt64(timeoutMilliseconds) * 1_000_000
        var output: [UInt8] = []
        var errors: [UInt8] = []
        let status: [UInt8]
        do throws(Errno) {
            // It waits to be read: the worker cannot have ended before its output has.
            status = try File.readWhole(
                "/proc/\(process.workerPid)/status", sizeBytesMax: 1 << 16)
            while MonotonicClock.nowNanoseconds() < deadline {
                _ = try Poll.wait(process.outputFd, for: .read, timeoutMilliseconds: 100)
                let isOpen = try drain(process.outputFd, into: &output)
                _ = try drain(process.errorsFd, into: &errors)
                if !isOpen { break }
            }
        } catch {
            throw .system(error)
        }
        do throws(SandboxError) {
            let isLate = MonotonicClock.nowNanoseconds() >= deadline
            if isLate { try process.kill() }
            let exit = try process.wait(timeoutMilliseconds: 10_000)
            return ProbeWorker(
                output: String(decoding: output, as: UTF8.self),
                errors: String(decoding: errors.suffix(2000), as: UTF8.self),
                exit: isLate ? nil : exit, status: String(decoding: status, as: UTF8.self))
        } catch {
            throw .sandbox(error)
        }
    }

    /// All that is there now; false at the end. What is over the cap is thrown away.
    private static func drain(_ fd: CInt, into text: inout [UInt8]) throws(Errno) -> Bool {
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            switch try Transmit.read(fd, into: &room) {
            case .bytes(let count):
                text += room.prefix(min(count, max(0, outputBytesMax - text.count)))
            case .wouldBlock: return true
            case .end: return false
            }
        }
    }

    /// `SIGSYS`, or what else ended it.
    var end: String {
        switch exit {
        case .killed(.systemCall): "SIGSYS"
        case .killed(.kill): "SIGKILL"
        case .killed(.abort): "SIGABRT"
        case .killed(.segmentation): "SIGSEGV"
        case .killed(let signal) where signal.number == 5: "SIGTRAP"
        case .some(let status): "\(status)"
        case nil: "was killed when its time was up"
        }
    }

    /// For a report that is not whole.
    var endText: String {
        let word = errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
        return end + " before it was through" + word
    }
}
