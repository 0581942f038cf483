internal import Glibc

/// What a finished command left.
package struct CommandResult: Sendable {
    package let status: ExitStatus
    package let output: [UInt8]
    package let errors: [UInt8]
    /// The time ran out and the command's process group was killed.
    package let isTimedOut: Bool
    /// More was written than `outputBytesMax`; the rest was read and dropped.
    package let isCut: Bool

    package var outputText: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
}

extension ChildProcess {
    /// How long a stream may stay open after the command has ended: a descendant may hold it.
    private static let lingerNanoseconds: UInt64 = 1_000_000_000

    /// Runs a command to its end and collects what it writes. Blocks: for the control plane.
    ///
    /// Standard input is /dev/null unless `plan.descriptors` names one. The command leads its own
    /// process group, which is killed when the time runs out.
    /// - Parameter outputBytesMax: Kept of each stream.
    package static func run(
        _ plan: SpawnPlan, timeoutMilliseconds: Int, outputBytesMax: Int
    ) throws(Errno) -> CommandResult {
        var output = try Pipe.make()
        var errors = try Pipe.make()
        var plan = plan
        plan.descriptors[1] = output.writingFd
        plan.descriptors[2] = errors.writingFd
        if case .inherited = plan.group { plan.group = .own }
        let child = try spawn(plan)
        output.closeWriting()
        errors.closeWriting()

        var out = Collected(outputBytesMax)
        var err = Collected(outputBytesMax)
        var room = [UInt8](repeating: 0, count: 64 << 10)
        var deadline =
            MonotonicClock.nowNanoseconds() + UInt64(max(0, timeoutMilliseconds)) * 1_000_000
        var status: ExitStatus?
        var isTimedOut = false
        while status == nil || out.isOpen || err.isOpen {
            // A negative number makes poll skip the entry.
            var entries: [3 of pollfd] = [
                pollfd(
                    fd: status == nil ? child.pidfd.fd : -1, events: Int16(POLLIN), revents: 0),
                pollfd(
                    fd: out.isOpen ? output.readingFd : -1, events: Int16(POLLIN), revents: 0),
                pollfd(
                    fd: err.isOpen ? errors.readingFd : -1, events: Int16(POLLIN), revents: 0),
            ]
            let ready = try poll(&entries, Poll.remainingMilliseconds(deadline))
            if entries[1].revents != 0 { try out.read(output.readingFd, &room) }
            if entries[2].revents != 0 { try err.read(errors.readingFd, &room) }
            if entries[0].revents != 0 {
                status = try child.reap()
                deadline = min(deadline, MonotonicClock.nowNanoseconds() + lingerNanoseconds)
            }
            if ready > 0 || MonotonicClock.nowNanoseconds() < deadline { continue }
            if status != nil { break }
            isTimedOut = true
            try killGroup(of: child)
            status = try child.wait()
            deadline = MonotonicClock.nowNanoseconds() + lingerNanoseconds
        }
        return CommandResult(
            status: status ?? .killed(.kill), output: out.bytes, errors: err.bytes,
            isTimedOut: isTimedOut, isCut: out.isCut || err.isCut)
    }

    private static func poll(
        _ entries: inout [3 of pollfd], _ timeoutMilliseconds: CInt
    ) throws(Errno) -> CInt {
        var span = entries.mutableSpan
        do {
            return try callOnce {
                unsafe span.withUnsafeMutableBufferPointer {
                    unsafe Glibc.poll($0.baseAddress, nfds_t($0.count), timeoutMilliseconds)
                }
            }
        } catch .interrupted {
            return 0
        }
    }

    /// The child is not reaped yet, so its group's number cannot belong to a stranger.
    private static func killGroup(of child: borrowing ChildProcess) throws(Errno) {
        do {
            try Signal.kill.send(toGroup: child.pid)
        } catch .noProcess {
            try child.signal(.kill)
        }
    }

    private struct Collected {
        private let bytesMax: Int
        var bytes: [UInt8] = []
        var isCut = false
        var isOpen = true

        init(_ bytesMax: Int) {
            self.bytesMax = bytesMax
        }

        mutating func read(_ fd: CInt, _ room: inout [UInt8]) throws(Errno) {
            switch try Transmit.read(fd, into: &room) {
            case .bytes(let count):
                let kept = min(count, bytesMax - bytes.count)
                bytes.append(contentsOf: room[..<kept])
                isCut = isCut || kept < count
            case .wouldBlock: break
            case .end: isOpen = false
            }
        }
    }
}
