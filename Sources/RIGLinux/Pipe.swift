internal import CLinux
internal import Glibc

/// A pipe whose ends are taken or closed one by one; what is left closes with the value.
package struct Pipe: ~Copyable, Sendable {
    private var reading: Descriptor?
    private var writing: Descriptor?

    private init(reading: consuming Descriptor, writing: consuming Descriptor) {
        self.reading = consume reading
        self.writing = consume writing
    }

    package static func make(nonBlocking: Bool = false) throws(Errno) -> Pipe {
        var fds: [2 of CInt] = [-1, -1]
        var span = fds.mutableSpan
        _ = try call {
            unsafe span.withUnsafeMutableBufferPointer {
                unsafe rig_pipe($0.baseAddress, nonBlocking ? O_NONBLOCK : 0)
            }
        }
        return Pipe(reading: Descriptor(owning: fds[0]), writing: Descriptor(owning: fds[1]))
    }

    /// The number of the end that was not taken yet.
    package var readingFd: CInt { Self.number(reading) }
    package var writingFd: CInt { Self.number(writing) }

    package mutating func takeReading() -> Descriptor { Self.taken(&reading) }
    package mutating func takeWriting() -> Descriptor { Self.taken(&writing) }

    package mutating func closeReading() { reading = nil }
    package mutating func closeWriting() { writing = nil }

    private static func number(_ end: borrowing Descriptor?) -> CInt {
        switch end {
        case .some(let descriptor): return descriptor.fd
        case .none: preconditionFailure("this end was taken or closed")
        }
    }

    private static func taken(_ end: inout Descriptor?) -> Descriptor {
        switch end.take() {
        case .some(let descriptor): return descriptor
        case .none: preconditionFailure("this end was taken or closed")
        }
    }

    /// Asks for a buffer of `bytes`; the kernel rounds up and an unprivileged process is capped
    /// (/proc/sys/fs/pipe-max-size).
    /// - Returns: The capacity given.
    package static func setCapacity(_ fd: CInt, bytes: Int) throws(Errno) -> Int {
        Int(try call { rig_set_pipe_capacity(fd, CInt(clamping: bytes)) })
    }
}
