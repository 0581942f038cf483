internal import CLinux
internal import Glibc

/// Why the kernel refused a call.
///
///     do { fd = try File.open(path) } catch Errno.noEntry { … }
package struct Errno: Error, Equatable, Hashable, Sendable, CustomStringConvertible {
    package let code: CInt

    package init(code: CInt) {
        self.code = code
    }

    package static let again = Errno(code: EAGAIN)
    package static let access = Errno(code: EACCES)
    package static let addressInUse = Errno(code: EADDRINUSE)
    package static let badDescriptor = Errno(code: EBADF)
    package static let brokenPipe = Errno(code: EPIPE)
    package static let connectionRefused = Errno(code: ECONNREFUSED)
    package static let connectionReset = Errno(code: ECONNRESET)
    package static let exists = Errno(code: EEXIST)
    package static let fileTooLarge = Errno(code: EFBIG)
    package static let inProgress = Errno(code: EINPROGRESS)
    package static let interrupted = Errno(code: EINTR)
    package static let invalid = Errno(code: EINVAL)
    package static let isDirectory = Errno(code: EISDIR)
    package static let loop = Errno(code: ELOOP)
    package static let messageTooLarge = Errno(code: EMSGSIZE)
    package static let nameTooLong = Errno(code: ENAMETOOLONG)
    package static let noChild = Errno(code: ECHILD)
    package static let noEntry = Errno(code: ENOENT)
    package static let noMemory = Errno(code: ENOMEM)
    package static let noProcess = Errno(code: ESRCH)
    package static let noSpace = Errno(code: ENOSPC)
    package static let notConnected = Errno(code: ENOTCONN)
    package static let notDirectory = Errno(code: ENOTDIR)
    package static let notEmpty = Errno(code: ENOTEMPTY)
    package static let notSupported = Errno(code: EOPNOTSUPP)
    package static let permission = Errno(code: EPERM)
    package static let timedOut = Errno(code: ETIMEDOUT)
    package static let tooManyFiles = Errno(code: EMFILE)
    package static let unknownCall = Errno(code: ENOSYS)
    package static let executableFormat = Errno(code: ENOEXEC)
    package static let crossDevice = Errno(code: EXDEV)
    package static let readOnlyFileSystem = Errno(code: EROFS)

    /// The symbolic name, such as "ENOENT"; "E<number>" for one the C library has no name for.
    package var name: String {
        // SAFETY: the C library returns an immortal string or null.
        guard let text = unsafe rig_error_name(code) else { return "E\(code)" }
        return unsafe String(cString: text)
    }

    /// What the C library says, such as "No such file or directory".
    package var text: String {
        // SAFETY: the C library returns an immortal string or null.
        guard let text = unsafe rig_error_text(code) else { return "unknown error \(code)" }
        return unsafe String(cString: text)
    }

    package var description: String { "\(text) (\(name))" }

    /// `catch Errno.noEntry` compares codes.
    package static func ~= (pattern: Errno, error: any Error) -> Bool {
        (error as? Errno) == pattern
    }
}
