package import RIGLinux
internal import RIGRedact

/// Why a secret could not be taken from its source. Never holds a value, nor anything that a
/// command wrote: that may be the value.
package struct SecretFault: Error, Equatable, Sendable {
    package enum Cause: Equatable, Sendable {
        case tooShort
        case tooLong
        /// A zero byte, or bytes that are no UTF-8: neither JSON nor a variable can hold them.
        case notText
        /// All of a pack's values together are more than a frame may carry.
        case tooMuch
        case fileOpen(path: String, mode: UInt32)
        case notAFile(path: String)
        case file(path: String, Errno)
        case unquoted(command: String)
        case noProgram(String)
        case command(program: String, Errno)
        case commandEnded(program: String, ExitStatus)
        case commandLate(program: String, milliseconds: Int)
    }

    package let slot: String
    package let cause: Cause

    /// What follows "secret NAME:".
    package var why: String {
        switch cause {
        case .tooShort:
            "its value has fewer than \(Redactor.valueBytesMin) bytes, too few to be found and"
                + " removed in what the pack says"
        case .tooLong: "its value has more than \(Redactor.valueBytesMax) bytes"
        case .notText: "its value is not UTF-8 text without zero bytes"
        case .tooMuch:
            "the pack's values are more than \(SecretSource.encodedBytesMax) bytes together"
        case .fileOpen(let path, let mode):
            "\(path) can be read by others (mode \(String(mode, radix: 8)))"
        case .notAFile(let path): "\(path) is not a regular file"
        case .file(let path, let error): "\(path): \(error.text)"
        case .unquoted: "its command has a quote that does not end"
        case .noProgram(let program): "\(program) is not a program in PATH"
        case .command(let program, let error): "\(program): \(error.text)"
        case .commandEnded(let program, .exited(let status)): "\(program) ended with \(status)"
        case .commandEnded(let program, .killed(let signal)):
            "\(program) was ended by signal \(signal.number)"
        case .commandLate(let program, let milliseconds):
            "\(program) did not end within \(milliseconds) ms"
        }
    }

    package var hint: String {
        switch cause {
        case .tooShort: "use a longer secret"
        case .tooLong, .tooMuch: "give the pack less, or in several packs"
        case .notText: "store it as text, as base64 for instance"
        case .fileOpen(let path, _): "chmod 600 \(path)"
        case .notAFile, .file: "name a file that the sidecar's user can read"
        case .unquoted: "a command is a program and its arguments; no shell reads it"
        case .noProgram: "write its path, or put its folder into PATH"
        case .command, .commandEnded, .commandLate: "run it by hand: its output is not shown here"
        }
    }
}
