internal import Glibc

/// What one read or write on a descriptor did.
package enum Transfer: Equatable, Sendable {
    /// So many bytes moved; at least one.
    case bytes(Int)
    /// Nothing could move now; only on a non-blocking descriptor.
    case wouldBlock
    /// A read met the end of the file, or the peer closed.
    case end
}

/// Moving bytes. Each function is one system call unless its name says `all`.
package enum Transmit {
    /// Reads at most `room.count` bytes; `room` must not be empty.
    package static func read(
        _ fd: CInt, into room: UnsafeMutableRawBufferPointer
    ) throws(Errno) -> Transfer {
        precondition(room.count > 0, "a read into no room would look like an end")
        let got = try callUnlessBlocking { unsafe Glibc.read(fd, room.baseAddress, room.count) }
        guard let got else { return .wouldBlock }
        return got == 0 ? .end : .bytes(got)
    }

    /// Reads at `offset` without moving the file's position.
    package static func read(
        _ fd: CInt, into room: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(Errno) -> Transfer {
        precondition(room.count > 0, "a read into no room would look like an end")
        let got = try call { unsafe Glibc.pread(fd, room.baseAddress, room.count, offset) }
        return got == 0 ? .end : .bytes(got)
    }

    /// Writes what fits now.
    package static func write(
        _ fd: CInt, _ bytes: UnsafeRawBufferPointer
    ) throws(Errno) -> Transfer {
        let sent = try callUnlessBlocking { unsafe Glibc.write(fd, bytes.baseAddress, bytes.count) }
        guard let sent else { return .wouldBlock }
        return .bytes(sent)
    }

    /// Writes what fits now of three regions, in their order, as one call. Empty ones are allowed.
    package static func write(
        _ fd: CInt, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer,
        _ third: UnsafeRawBufferPointer
    ) throws(Errno) -> Transfer {
        // SAFETY: the kernel only reads through these pointers, and only `count` bytes each.
        var parts: [3 of iovec] = unsafe [part(first), part(second), part(third)]
        var span = unsafe parts.mutableSpan
        let sent = try callUnlessBlocking {
            unsafe span.withUnsafeMutableBufferPointer {
                unsafe Glibc.writev(fd, $0.baseAddress, CInt($0.count))
            }
        }
        guard let sent else { return .wouldBlock }
        return .bytes(sent)
    }

    private static func part(_ bytes: UnsafeRawBufferPointer) -> iovec {
        unsafe iovec(
            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }

    /// Writes everything; waits for room where the descriptor is non-blocking.
    package static func writeAll(_ fd: CInt, _ bytes: UnsafeRawBufferPointer) throws(Errno) {
        var rest = unsafe bytes
        while rest.count > 0 {
            switch try unsafe write(fd, rest) {
            case .bytes(let count):
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            case .wouldBlock, .end:
                _ = try Poll.wait(fd, for: .write, timeoutMilliseconds: nil)
            }
        }
    }

    package static func writeAll(_ fd: CInt, _ bytes: [UInt8]) throws(Errno) {
        // A typed throw cannot leave `withUnsafeBytes`' closure, so the result is carried out.
        let result: Result<Void, Errno> = unsafe bytes.withUnsafeBytes { region in
            do throws(Errno) {
                try unsafe writeAll(fd, region)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Reads to the end, at most `bytesMax`.
    /// - Throws: `Errno.fileTooLarge` when there is more.
    package static func readAll(_ fd: CInt, bytesMax: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            switch try read(fd, into: &room) {
            case .bytes(let count):
                if bytes.count + count > bytesMax { throw Errno.fileTooLarge }
                bytes.append(contentsOf: room[..<count])
            case .wouldBlock:
                _ = try Poll.wait(fd, for: .read, timeoutMilliseconds: nil)
            case .end:
                return bytes
            }
        }
    }

    /// Reads into an array's storage, for the control plane.
    package static func read(_ fd: CInt, into room: inout [UInt8]) throws(Errno) -> Transfer {
        let result: Result<Transfer, Errno> = unsafe room.withUnsafeMutableBytes { region in
            do throws(Errno) {
                return .success(try unsafe read(fd, into: region))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
