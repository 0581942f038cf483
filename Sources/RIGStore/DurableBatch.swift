package import RIGBytes

/// Rows on their way to one commit, and those who wait for it.
///
/// A batch is filled by the loop, handed to the durable thread, and comes back for reuse: it has one
/// owner at a time, so nothing in it is locked. Rows stand one behind the other in `bytes`:
///
///     offset 0   u32   bytes of payload (little-endian, as all numbers)
///            4   u8    table
///            5   u8    flags
///            6   …     payload
@safe
final class DurableBatch {
    /// The row's waiter wants to know; the batch must not linger.
    static let strict: UInt8 = 1
    /// The row is forgotten, not tried again, when its commit fails: nothing was done on its word.
    static let withdrawn: UInt8 = 2

    static let headerBytes = 6

    let bytes = ByteBuffer(capacity: 16 << 10)
    private(set) var rows = 0
    /// Waiters of the strict rows, in the order of those rows. The durable thread leaves them alone.
    private(set) var waiters: [UnsafeContinuation<DurableVerdict, Never>] = []

    // Filled by the durable thread.
    /// Verdicts other than `written`, by the strict row's index among the strict rows.
    var refusals: [(strictRow: Int, code: UInt32)] = []
    var fault: SQLiteError?
    /// Rows that need room no longer, this batch's and kept ones of earlier batches.
    var rowsGone = 0
    var bytesGone = 0

    var hasWaiters: Bool { unsafe !waiters.isEmpty }

    /// Appends a row whose payload `encode` writes.
    func append(table: UInt8, flags: UInt8, _ encode: (ByteBuffer) -> Void) {
        let start = bytes.count
        for byte in [0, 0, 0, 0, table, flags] as [6 of UInt8] { bytes.append(byte) }
        encode(bytes)
        let payload = bytes.count - start - Self.headerBytes
        for index in 0..<4 {
            bytes.set(start + index, to: UInt8(truncatingIfNeeded: payload >> (8 * index)))
        }
        rows += 1
    }
}
