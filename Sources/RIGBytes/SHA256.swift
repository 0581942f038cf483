internal import CScan

/// SHA-256 (FIPS 180-4), incremental.
///
///     var hash = SHA256()
///     hash.update(bytes)
///     let digest = hash.finish()
package struct SHA256: Sendable {
    private var state: [8 of UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var pending = [64 of UInt8](repeating: 0)
    private var pendingCount = 0
    private var total: UInt64 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, let base = bytes.baseAddress else { return }
        total &+= UInt64(bytes.count)
        var offset = 0
        if pendingCount > 0 {
            let taken = min(64 - pendingCount, bytes.count)
            for index in 0..<taken { unsafe pending[pendingCount + index] = bytes[index] }
            pendingCount += taken
            offset = taken
            if pendingCount < 64 { return }
            compressPending()
        }
        let blocks = (bytes.count - offset) / 64
        if blocks > 0 {
            // SAFETY: `blocks * 64` bytes lie in the buffer from `offset` on.
            let start = unsafe base.assumingMemoryBound(to: UInt8.self) + offset
            unsafe compress(start, blocks: blocks)
            offset += blocks * 64
        }
        while offset < bytes.count {
            unsafe pending[pendingCount] = bytes[offset]
            pendingCount += 1
            offset += 1
        }
    }

    package mutating func update(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable {
            unsafe update(UnsafeRawBufferPointer($0))
        }
        if done == nil { update(Array(bytes)) }
    }

    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { unsafe update(UnsafeRawBufferPointer($0)) }
    }

    package mutating func update(_ buffer: ByteBuffer, _ range: ByteRange) {
        precondition(range.offset >= 0 && range.end <= buffer.count, "range lies in the buffer")
        // SAFETY: bounded by the line above.
        unsafe update(
            UnsafeRawBufferPointer(rebasing: buffer.unsafeBytes[range.offset..<range.end]))
    }

    /// Ends the message. The value must not be updated afterwards.
    package mutating func finish() -> Digest {
        let bits = total &* 8
        pending[pendingCount] = 0x80
        pendingCount += 1
        if pendingCount > 56 {
            while pendingCount < 64 {
                pending[pendingCount] = 0
                pendingCount += 1
            }
            compressPending()
        }
        while pendingCount < 56 {
            pending[pendingCount] = 0
            pendingCount += 1
        }
        for index in 0..<8 {
            pending[56 + index] = UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * index))
        }
        compressPending()
        func word(_ index: Int) -> UInt64 {
            UInt64(state[index]) << 32 | UInt64(state[index + 1])
        }
        return Digest(words: (word(0), word(2), word(4), word(6)))
    }

    /// The digest of one text.
    package static func digest(_ bytes: some Collection<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    private mutating func compressPending() {
        // A copy, because the span of a stored property and `state` may not be borrowed together.
        let block = pending
        let span = block.span
        unsafe span.withUnsafeBufferPointer {
            if let start = $0.baseAddress { unsafe compress(start, blocks: 1) }
        }
        pendingCount = 0
    }

    private mutating func compress(_ start: UnsafePointer<UInt8>, blocks: Int) {
        var words = state.mutableSpan
        unsafe words.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress { unsafe rig_sha256_blocks(base, start, blocks) }
        }
    }
}
