internal import CTLS
internal import RIGBytes
internal import RIGEgress

/// TLS as a client, by the machine's OpenSSL.
@safe
final class TLS: Sendable {
    // SAFETY: made once and never freed; OpenSSL's contexts may be used by any thread.
    nonisolated(unsafe) private let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    /// nil where the machine has no OpenSSL, or its certificates cannot be read.
    static func make() -> TLS? {
        var why: UnsafePointer<CChar>?
        guard let pointer = unsafe rig_tls_make(&why) else { return nil }
        return unsafe TLS(pointer)
    }

    /// Shakes hands over a connected socket that blocks.
    func connect(_ fd: CInt, host: String, isAddress: Bool) throws(EgressReason) -> Session {
        var end = RIG_TLS_OK
        guard let session = unsafe rig_tls_connect(pointer, fd, host, isAddress ? 1 : 0, &end)
        else { throw end == RIG_TLS_UNTRUSTED ? .certificateRefused : .tlsFailed }
        return unsafe Session(session)
    }

    @safe
    struct Session: ~Copyable {
        private let pointer: OpaquePointer

        fileprivate init(_ pointer: OpaquePointer) {
            unsafe self.pointer = pointer
        }

        deinit {
            unsafe rig_tls_close(pointer)
        }

        /// false when the host takes no more.
        func writeAll(_ buffer: ByteBuffer) -> Bool {
            while !buffer.isEmpty {
                // SAFETY: the bytes are read before the buffer can change.
                let bytes = unsafe buffer.unsafeBytes
                let sent = unsafe rig_tls_write(pointer, bytes.baseAddress, bytes.count)
                guard sent > 0 else { return false }
                buffer.removeFirst(sent)
            }
            return true
        }

        /// Appends what comes next; 0 for an announced end, nil for any other.
        func read(into buffer: ByteBuffer) -> Int? {
            // SAFETY: the room is used before anything else is done with the buffer.
            let room = unsafe buffer.unsafeRoom(atLeast: 16 << 10)
            let got = unsafe rig_tls_read(pointer, room.baseAddress, room.count)
            guard got >= 0 else { return nil }
            buffer.commit(got)
            return got
        }
    }
}
