internal import CLinux

/// Tells which names in one directory were written, made, renamed or removed (inotify(7)).
package struct FolderWatch: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// - Throws: what the kernel refused: no such directory, or too many watches of this user.
    package init(_ folder: String) throws(Errno) {
        try requireWhole(folder)
        descriptor = Descriptor(owning: try call { unsafe rig_folder_watch(folder) })
    }

    /// Readable when there is something to take.
    package var fd: CInt { descriptor.fd }

    /// Takes what is there; each name once. An empty name stands for "look at everything": events
    /// were lost.
    package func take() throws(Errno) -> Set<String> {
        var names: Set<String> = []
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = unsafe room.withUnsafeMutableBytes { region in
                Result { () throws(Errno) in try unsafe Transmit.read(fd, into: region) }
            }
            guard case .bytes(let count) = try got.get() else { return names }
            unsafe room.withUnsafeBytes { region in
                var offset = 0
                while offset < count, let base = region.baseAddress {
                    var size = 0
                    // SAFETY: `offset` is below `count`, and the shim reads within what is left.
                    let name = unsafe rig_folder_event(base + offset, count - offset, &size)
                    names.insert(unsafe name.map { unsafe String(cString: $0) } ?? "")
                    offset += size
                }
            }
        }
    }
}
