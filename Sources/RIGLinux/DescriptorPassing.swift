internal import CLinux

/// Descriptors that travel over a Unix socket (SCM_RIGHTS).
package enum DescriptorPassing {
    /// Descriptors in one message.
    package static let countMax = 16

    /// Sends at least one byte with copies of `fds`, on a blocking socket or an empty one.
    package static func send(
        _ socket: CInt, _ bytes: [UInt8], _ fds: [CInt]
    ) throws(Errno) -> Transfer {
        precondition(!bytes.isEmpty, "descriptors travel with at least one byte")
        precondition(fds.count <= countMax, "at most \(countMax) descriptors travel together")
        let sent = try callUnlessBlocking {
            unsafe rig_send_fds(socket, bytes, bytes.count, fds, CInt(fds.count))
        }
        guard let sent else { return .wouldBlock }
        return .bytes(sent)
    }

    /// Receives one message of at most `bytesMax` bytes; `fds` get the descriptors that came,
    /// which the caller owns from then on.
    package static func receive(
        _ socket: CInt, bytesMax: Int, into fds: inout [CInt]
    ) throws(Errno) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        var numbers = [CInt](repeating: -1, count: countMax)
        var count: CInt = 0
        let got = try callUnlessBlocking {
            unsafe rig_receive_fds(socket, &bytes, bytesMax, &numbers, &count)
        }
        guard let got else { return nil }
        fds.append(contentsOf: numbers[..<Int(count)])
        return Array(bytes[..<got])
    }
}
