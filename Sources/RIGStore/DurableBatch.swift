internal import RIGBytes

/// Rows on their way to one commit, and those who wait for it.
///
/// A batch is filled by the loop, handed to the durable thread, and comes back for reuse: it has one
/// owner at a time, so nothing in it is locked. Rows stand one behind the other in `bytes`:
///
///     offset 0   u32   bytes of payload, little-endian
///            4   u8    table
///            5   u8    flags
///            6   …     payload
///
// SAFETY: handed over whole, through `DurableLink` and back in a task, by an owner that lets go.
@safe
final class DurableBatch: @unchecked Sendable {
    /// Somebody waits for the row's verdict; the batch must not linger.
    static let strict: UInt8 = 1
    /// The row is forgotten, not tried again, when its commit fails: nothing was done on its word.
    static let withdrawable: UInt8 = 2
    /// Follows another row, in the same transaction, and is written only when that one was: it is
    /// refused with the same code.
    static let conditional: UInt8 = 4
    /// No row at all: somebody waits for everything before it.
    static let barrierTable: UInt8 = 255

    /// Beyond this many bytes a batch's memory is given back instead of being kept for reuse.
    private static let bytesKeptMax = 1 << 20

    private(set) var bytes = ByteBuffer(capacity: 16 << 10)
    private(set) var rows = 0
    /// Waiters of the strict rows, in the order of those rows. The durable thread leaves them alone.
    private var waiters = unsafe [UnsafeContinuation<DurableVerdict, Never>]()

    // The durable thread's answer.
    /// Verdicts other than `written`, by the strict row's place among the strict rows.
    var refusals: [(place: Int, code: UInt32)] = []
    var fault: SQLiteError?
    /// Rows and bytes that need room no longer: of this batch, or kept since an earlier one.
    var rowsGone = 0
    var bytesGone = 0

    var isUrgent: Bool { unsafe !waiters.isEmpty }

    /// Appends a row whose payload `encode` writes.
    func append(table: UInt8, flags: UInt8, _ encode: (ByteBuffer) -> Void) {
        let start = bytes.count
        DurableRow.appendHeader(table: table, flags: flags, to: bytes)
        encode(bytes)
        DurableRow.setPayloadBytes(bytes.count - start - DurableRow.headerBytes, at: start, bytes)
        rows += 1
    }

    /// Adds who waits for the row appended last.
    func wait(_ waiter: UnsafeContinuation<DurableVerdict, Never>) {
        unsafe waiters.append(waiter)
    }

    /// Moves all of `later` behind this batch's own rows.
    func absorb(_ later: DurableBatch) {
        bytes.append(later.bytes, later.bytes.range)
        rows += later.rows
        unsafe waiters.append(contentsOf: later.waiters)
        later.clear()
    }

    /// Tells every waiter and empties the batch.
    func settle() {
        let waiting = unsafe waiters
        let waitingCount = unsafe waiting.count
        var verdicts = [DurableVerdict](
            repeating: fault.map { .failed(.storage($0)) } ?? .written, count: waitingCount)
        if fault == nil {
            for refusal in refusals { verdicts[refusal.place] = .refused(code: refusal.code) }
        }
        clear()
        for place in verdicts.indices { unsafe waiting[place].resume(returning: verdicts[place]) }
    }

    private func clear() {
        if bytes.capacity > Self.bytesKeptMax {
            bytes = ByteBuffer(capacity: 16 << 10)
        } else {
            bytes.removeAll()
        }
        rows = 0
        unsafe waiters.removeAll(keepingCapacity: true)
        refusals.removeAll(keepingCapacity: true)
        fault = nil
        rowsGone = 0
        bytesGone = 0
    }
}

/// The frame of one row in a batch, and how to walk over it.
struct DurableRow {
    static let headerBytes = 6

    let table: UInt8
    let flags: UInt8
    let payload: ByteRange

    /// Reads the row that starts at `offset`, which a batch wrote.
    init(_ buffer: ByteBuffer, at offset: Int) {
        var payloadBytes = 0
        for index in 0..<4 { payloadBytes |= Int(buffer[offset + index]) << (8 * index) }
        table = buffer[offset + 4]
        flags = buffer[offset + 5]
        payload = ByteRange(offset: offset + Self.headerBytes, count: payloadBytes)
    }

    var isStrict: Bool { flags & DurableBatch.strict != 0 }
    var isWithdrawable: Bool { flags & DurableBatch.withdrawable != 0 }
    var isConditional: Bool { flags & DurableBatch.conditional != 0 }
    var isBarrier: Bool { table == DurableBatch.barrierTable }

    static func appendHeader(table: UInt8, flags: UInt8, to buffer: ByteBuffer) {
        for _ in 0..<4 { buffer.append(0 as UInt8) }
        buffer.append(table)
        buffer.append(flags)
    }

    static func setPayloadBytes(_ count: Int, at offset: Int, _ buffer: ByteBuffer) {
        for index in 0..<4 {
            buffer.set(offset + index, to: UInt8(truncatingIfNeeded: count >> (8 * index)))
        }
    }
}
