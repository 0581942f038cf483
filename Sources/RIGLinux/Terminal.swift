internal import CLinux
internal import Glibc

/// The standard streams, for commands; blocking.
package enum Terminal {
    package static let inputFd: CInt = 0
    package static let outputFd: CInt = 1
    package static let errorFd: CInt = 2

    /// Occupies standard streams that the program was started without, so that no file or pipe of
    /// its own gets their numbers, and with them what is meant for a person. To be called first.
    /// Reading or writing such a stream is refused, as it would be without.
    package static func occupyMissingStreams() throws(Errno) {
        for fd in inputFd...errorFd {
            do throws(Errno) {
                _ = try call { fcntl(fd, F_GETFD) }
            } catch {
                // The lowest free number is this one.
                let flags = fd == inputFd ? O_WRONLY : O_RDONLY
                _ = try call { unsafe rig_open_at(AT_FDCWD, "/dev/null", flags, 0) }
            }
        }
    }

    /// The standard input as a descriptor of its own.
    package static func takeInput() throws(Errno) -> Descriptor {
        let fd = try call { fcntl(inputFd, F_DUPFD_CLOEXEC, 3) }
        return Descriptor(owning: fd)
    }

    /// The standard output as a descriptor of its own, for a protocol: whatever else is written to
    /// standard output from now on goes to standard error.
    package static func takeOutput() throws(Errno) -> Descriptor {
        let fd = try call { fcntl(outputFd, F_DUPFD_CLOEXEC, 3) }
        let output = Descriptor(owning: fd)
        _ = try call { dup2(errorFd, outputFd) }
        return output
    }

    /// Writes all of `bytes` to standard output.
    /// - Returns: false when the reader has gone, such as a `head` that has seen enough: the
    ///   command should end quietly.
    package static func write(_ bytes: [UInt8]) throws(Errno) -> Bool {
        do {
            try Transmit.writeAll(outputFd, bytes)
            return true
        } catch .brokenPipe {
            return false
        }
    }

    package static func write(_ text: String) throws(Errno) -> Bool {
        try write(Array(text.utf8))
    }

    /// Writes to standard error; a refusal is not reported, since there is no place left to.
    package static func report(_ text: String) {
        _ = Result { () throws(Errno) in try Transmit.writeAll(errorFd, Array(text.utf8)) }
    }
}
