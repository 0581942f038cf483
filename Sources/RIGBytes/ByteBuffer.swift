/// Growable bytes that a pool owns and lends out.
///
/// In: bytes appended by a reader or an encoder. Out: a contiguous region that is always readable
/// for `slackBytes` past `count`, so that vector kernels may over-read without a copy.
///
///     let buffer = ByteBuffer(capacity: 4096)
///     buffer.append(#"{"a":1}"#)
///     buffer[3]                     // 0x22? no: 'a' stands at 2, its closing quote at 3
///
/// Not thread-safe: a buffer has one owner at a time.
@safe
package final class ByteBuffer {
    /// Bytes past `count` that may be read (never written to) by kernels.
    package static let slackBytes = 64

    /// Capacity is doubled up to this size, and grows by this size from there on.
    private static let growthBytesMax = 64 << 20

    private var base: UnsafeMutablePointer<UInt8>
    package private(set) var capacity: Int
    package private(set) var count = 0

    /// Room for `capacity` bytes before the first growth.
    package init(capacity: Int = 4096) {
        precondition(capacity >= 0, "capacity is a number of bytes")
        self.capacity = capacity
        // SAFETY: slack bytes are initialised below and kept initialised by `grow`.
        unsafe base = .allocate(capacity: capacity + Self.slackBytes)
        unsafe base.initialize(repeating: 0, count: capacity + Self.slackBytes)
    }

    package convenience init(_ bytes: some Collection<UInt8>) {
        self.init(capacity: bytes.count)
        append(contentsOf: bytes)
    }

    deinit {
        unsafe base.deallocate()
    }

    package var isEmpty: Bool { count == 0 }

    /// All of the buffer.
    package var range: ByteRange { ByteRange(offset: 0, count: count) }

    package subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "index lies in the buffer")
        // SAFETY: bounded by the line above.
        return unsafe base[index]
    }

    /// The bytes for a kernel or a system call; readable for `slackBytes` past the end. Valid until
    /// the next append, and while the buffer lives.
    package var unsafeBytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base, count: count)
    }

    /// The free room behind `count`, at least `minimum` bytes, for a read that `commit` then owns.
    package func unsafeRoom(atLeast minimum: Int) -> UnsafeMutableRawBufferPointer {
        reserve(minimum)
        // SAFETY: `count <= capacity` always holds.
        return unsafe UnsafeMutableRawBufferPointer(start: base + count, count: capacity - count)
    }

    /// Makes `bytes` of the room handed out by `unsafeRoom` part of the buffer.
    package func commit(_ bytes: Int) {
        precondition(bytes >= 0 && count + bytes <= capacity, "more was committed than was free")
        count += bytes
    }

    package func append(_ byte: UInt8) {
        reserve(1)
        // SAFETY: `reserve` left room for one byte.
        unsafe base[count] = byte
        count += 1
    }

    package func append(contentsOf bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable {
            unsafe append(UnsafeRawBufferPointer($0))
        }
        if done == nil { for byte in bytes { append(byte) } }
    }

    package func append(_ text: StaticString) {
        // SAFETY: a static string's storage is immortal and holds `utf8CodeUnitCount` bytes.
        unsafe append(
            UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package func append(_ text: String) {
        append(contentsOf: text.utf8)
    }

    package func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        // SAFETY: `reserve` left room; the source is not this buffer's free room.
        unsafe UnsafeMutableRawPointer(base + count).copyMemory(
            from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends a part of another buffer.
    package func append(_ other: ByteBuffer, _ range: ByteRange) {
        precondition(range.offset >= 0 && range.end <= other.count, "range lies in the source")
        reserve(range.count)
        // SAFETY: both ends are bounded by the lines above; a self-append is re-read after growth.
        unsafe UnsafeMutableRawPointer(base + count).copyMemory(
            from: other.base + range.offset, byteCount: range.count)
        count += range.count
    }

    /// Overwrites the byte at `index`.
    package func set(_ index: Int, to byte: UInt8) {
        precondition(index >= 0 && index < count, "index lies in the buffer")
        // SAFETY: bounded by the line above.
        unsafe base[index] = byte
    }

    /// Drops the first `bytes` and moves the rest to the front.
    package func removeFirst(_ bytes: Int) {
        precondition(bytes >= 0 && bytes <= count, "no more can be dropped than there is")
        guard bytes > 0 else { return }
        // SAFETY: memmove semantics; both regions lie in the buffer.
        unsafe UnsafeMutableRawPointer(base).copyMemory(
            from: base + bytes, byteCount: count - bytes)
        count -= bytes
    }

    package func removeAll() {
        count = 0
    }

    /// A copy of a part, for the control plane and tests.
    package func array(_ range: ByteRange) -> [UInt8] {
        precondition(range.offset >= 0 && range.end <= count, "range lies in the buffer")
        // SAFETY: bounded by the line above.
        return unsafe Array(UnsafeBufferPointer(start: base + range.offset, count: range.count))
    }

    /// A part as text, invalid UTF-8 repaired; for errors, logs and tests, not for the path.
    package func string(_ range: ByteRange) -> String {
        String(decoding: array(range), as: UTF8.self)
    }

    package func equals(_ range: ByteRange, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount, range.end <= count else { return false }
        var index = 0
        while index < range.count {
            // SAFETY: bounded by the guard above on both sides.
            if unsafe base[range.offset + index] != text.utf8Start[index] { return false }
            index += 1
        }
        return true
    }

    /// Room for `bytes` more.
    package func reserve(_ bytes: Int) {
        if count + bytes <= capacity { return }
        let grown = min(capacity * 2, capacity + Self.growthBytesMax)
        move(to: max(count + bytes, grown, 256))
    }

    /// Gives memory back once the buffer is empty: keeps room for `capacity` bytes.
    package func shrinkIfEmpty(to capacity: Int) {
        precondition(capacity >= 0, "capacity is a number of bytes")
        if count == 0 && capacity < self.capacity { move(to: capacity) }
    }

    private func move(to capacity: Int) {
        // SAFETY: both callers ask for `count` bytes or more; the new block is initialised as a
        // whole; the old one is copied, then released.
        let block = UnsafeMutablePointer<UInt8>.allocate(
            capacity: capacity + Self.slackBytes)
        unsafe block.update(from: base, count: count)
        unsafe (block + count).initialize(repeating: 0, count: capacity + Self.slackBytes - count)
        unsafe base.deallocate()
        unsafe base = block
        self.capacity = capacity
    }
}
