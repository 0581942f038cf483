internal import CLinux

extension Descriptor {
    /// As the method, for a number whose owner lends it.
    package static func setNonBlocking(_ fd: CInt, _ on: Bool = true) throws(Errno) {
        _ = try call { rig_set_nonblocking(fd, on ? 1 : 0) }
    }
}
