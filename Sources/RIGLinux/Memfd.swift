internal import CLinux

/// Bytes as a file without a name.
package enum Memfd {
    /// A sealed file: nobody who is given it can change or cut it any more. Positioned at its
    /// start. `name` shows in /proc only.
    package static func make(name: String, sealed bytes: [UInt8]) throws(Errno) -> Descriptor {
        try requireWhole(name)
        let file = Descriptor(owning: try call { unsafe rig_memfd(name) })
        try Transmit.writeAll(file.fd, bytes)
        try File.seek(file.fd, to: 0)
        _ = try call { rig_memfd_seal(file.fd) }
        return file
    }
}
