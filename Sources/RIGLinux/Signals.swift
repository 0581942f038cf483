internal import CLinux
internal import Glibc

/// A signal by number, with the names RIG uses.
package struct Signal: Hashable, Sendable {
    package let number: CInt

    package init(_ number: CInt) {
        self.number = number
    }

    package static let hangup = Signal(SIGHUP)
    package static let interrupt = Signal(SIGINT)
    package static let quit = Signal(SIGQUIT)
    package static let kill = Signal(SIGKILL)
    package static let terminate = Signal(SIGTERM)
    package static let user1 = Signal(SIGUSR1)
    package static let user2 = Signal(SIGUSR2)
    package static let pipe = Signal(SIGPIPE)
    package static let child = Signal(SIGCHLD)
    package static let systemCall = Signal(SIGSYS)
    package static let cpuLimit = Signal(SIGXCPU)
    package static let abort = Signal(SIGABRT)
    package static let segmentation = Signal(SIGSEGV)

    /// Blocks these on the calling thread and those it starts later. Call it first in a program:
    /// a thread that was there before still dies of them.
    package static func block(_ signals: Set<Signal>) throws(Errno) {
        let numbers = signals.map(\.number)
        _ = try call { unsafe rig_block_signals(numbers, CInt(numbers.count)) }
    }

    /// Makes a write to a closed pipe an `Errno.brokenPipe` instead of the end of the process.
    package static func ignoreBrokenPipe() throws(Errno) {
        _ = try call { rig_ignore_broken_pipe() }
    }

    /// Sends to the calling thread alone.
    package func raise() throws(Errno) {
        try check(pthread_kill(pthread_self(), number))
    }

    /// Sends to a process that is known to be there still, such as the parent; for children use
    /// `ChildProcess.signal`, which cannot hit a stranger.
    package func send(toProcess pid: Int32) throws(Errno) {
        _ = try call { Glibc.kill(pid, number) }
    }

    /// Sends to a process group whose leader is a child that was not yet waited for.
    package func send(toGroup group: Int32) throws(Errno) {
        precondition(group > 1, "a group is named by its leader")
        _ = try call { Glibc.kill(-group, number) }
    }
}

/// Blocked signals as readable events.
package struct SignalFd: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Blocks `signals` on the calling thread and receives them instead.
    package init(_ signals: Set<Signal>) throws(Errno) {
        try Signal.block(signals)
        let numbers = signals.map(\.number)
        descriptor = Descriptor(
            owning: try call { unsafe rig_signalfd(numbers, CInt(numbers.count)) })
    }

    package var fd: CInt { descriptor.fd }

    /// The next pending signal; nil when none is.
    package func next() throws(Errno) -> Signal? {
        try callUnlessBlocking { rig_signalfd_read(descriptor.fd) }.map(Signal.init)
    }
}
