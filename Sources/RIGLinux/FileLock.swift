internal import Glibc

/// A whole-file lock (flock) that ends with its owner, however that ends.
package struct FileLock: ~Copyable, Sendable {
    private let file: Descriptor

    /// Locks `path`, creating it (0600) if needed; nil when another holder has it and `waits` is
    /// false.
    package static func acquire(_ path: String, waits: Bool = false) throws(Errno) -> FileLock? {
        let file = try File.open(path, [.readWrite, .create, .noFollow], mode: 0o600)
        let operation = LOCK_EX | (waits ? 0 : LOCK_NB)
        guard try callUnlessBlocking({ flock(file.fd, operation) }) != nil else { return nil }
        return FileLock(file: file)
    }

    private init(file: consuming Descriptor) {
        self.file = file
    }

    /// Replaces the file's content, such as with the holder's pid.
    package func write(_ bytes: [UInt8]) throws(Errno) {
        try File.truncate(file.fd, toBytes: 0)
        try File.seek(file.fd, to: 0)
        try Transmit.writeAll(file.fd, bytes)
    }
}
