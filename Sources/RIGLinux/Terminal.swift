/// The standard streams, for commands; blocking.
package enum Terminal {
    package static let inputFd: CInt = 0
    package static let outputFd: CInt = 1
    package static let errorFd: CInt = 2

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
