package import RIGBytes
package import RIGLinux

extension ByteBuffer {
    /// Appends what one read of `fd` brings, at most about `bytesMax`.
    package func fill(from fd: CInt, bytesMax: Int) throws(Errno) -> Transfer {
        precondition(bytesMax > 0, "a read into no room would look like an end")
        // SAFETY: the room is used before anything else is done with the buffer, and no more of it
        // than there is.
        let room = unsafe unsafeRoom(atLeast: bytesMax)
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<bytesMax])
        let transfer = try unsafe Transmit.read(fd, into: part)
        if case .bytes(let count) = transfer { commit(count) }
        return transfer
    }

    /// Drops from the front what one write to `fd` takes.
    package func drain(to fd: CInt) throws(Errno) -> Transfer {
        // SAFETY: the kernel reads the bytes before the buffer can change.
        let transfer = try unsafe Transmit.write(fd, unsafeBytes)
        if case .bytes(let count) = transfer { removeFirst(count) }
        return transfer
    }
}
