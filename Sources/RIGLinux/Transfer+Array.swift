extension Transmit {
    /// Reads at most `bytesMax` bytes: none at the end, nil when a non-blocking descriptor has none
    /// now. For code that is not on the path.
    package static func readSome(_ fd: CInt, bytesMax: Int) throws(Errno) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        // A typed throw cannot leave the closure, so the result is carried out.
        let result: Result<Transfer, Errno> = unsafe bytes.withUnsafeMutableBytes { room in
            Result { () throws(Errno) in try unsafe read(fd, into: room) }
        }
        switch try result.get() {
        case .wouldBlock: return nil
        case .end: return []
        case .bytes(let count): return Array(bytes[..<count])
        }
    }
}
