internal import CScan
internal import RIGBytes

/// What a `Scanner` owns: the scratch of the kernels and what they found.
///
/// SAFETY: one scanner makes and releases it; capacities are grown before a kernel runs.
@safe
struct ScanState {
    /// Positions found; the text's last structural position is at `count - 1`.
    private(set) var count = 0
    /// The text of the last `scan`, as a range of its buffer.
    private(set) var range = ByteRange(offset: 0, count: 0)
    /// The depth limit the sentinels were written for; a walk must not go deeper.
    private(set) var depthMax = 0
    private(set) var workFactor = 0
    /// Whether a string of the text holds an escape `\u`.
    private(set) var hasUnicodeEscapes = false

    private(set) var text: UnsafePointer<UInt8>
    private(set) var positions: UnsafeMutablePointer<UInt32>
    private(set) var escapes: UnsafeMutablePointer<UInt64>
    private(set) var nonASCII: UnsafeMutablePointer<UInt64>
    private var capacityBytes: Int
    private var scalar: UnsafeMutablePointer<UInt8>
    private var scalarCapacityBytes: Int

    private static let slackBytes = 64

    /// Scratch for texts of `capacityBytes`; longer ones make it grow.
    init(capacityBytes: Int = 4096) {
        precondition(capacityBytes >= 0, "capacity is a number of bytes")
        self.capacityBytes = capacityBytes
        scalarCapacityBytes = 64
        unsafe positions = .allocate(capacity: Self.positionCapacity(capacityBytes))
        unsafe escapes = .allocate(capacity: capacityBytes / 64 + 1)
        unsafe nonASCII = .allocate(capacity: capacityBytes / 64 + 1)
        unsafe scalar = .allocate(capacity: 64 + Self.slackBytes)
        unsafe text = UnsafePointer(scalar)
    }

    func release() {
        unsafe positions.deallocate()
        unsafe escapes.deallocate()
        unsafe nonASCII.deallocate()
        unsafe scalar.deallocate()
    }

    /// Entries for the longest list of positions, the kernels' over-write, and the sentinels.
    private static func positionCapacity(_ bytes: Int) -> Int {
        bytes + 64 + JSONLimits.depthCeiling + RIG_SCAN_AHEAD
    }

    /// Finds the structure of a text. Throws when the text is too large, is empty, holds bytes or
    /// escapes that no JSON holds, or does not end where its first bracket says.
    mutating func scan(
        _ buffer: ByteBuffer, _ range: ByteRange, limits: JSONLimits
    ) throws(JSONError) {
        let bytes = unsafe buffer.unsafeBytes
        precondition(
            range.offset >= 0 && range.count >= 0 && range.offset + range.count <= bytes.count,
            "range lies in the buffer")
        count = 0
        self.range = range
        depthMax = limits.depthMax
        workFactor = limits.workFactor
        hasUnicodeEscapes = false
        guard range.count <= limits.bytesMax else {
            throw JSONError(.tooLarge, at: limits.bytesMax)
        }
        guard range.count > 0, let base = bytes.baseAddress else {
            throw JSONError(.empty, at: 0)
        }
        if range.count > capacityBytes { grow(to: range.count) }
        // SAFETY: the precondition above puts the range into the buffer, which is readable for
        // 64 bytes past its end.
        unsafe text = base.assumingMemoryBound(to: UInt8.self) + range.offset
        // SAFETY: `grow` made the arrays large enough for a text of `range.count` bytes.
        let result = unsafe rig_scan(
            text, range.count, positions, escapes, nonASCII,
            UInt32(truncatingIfNeeded: limits.depthMax))
        if result.flags != 0 { try checkFlags(Int(result.flags)) }
        try finish(found: Int(result.count), last: Int(result.last))
    }

    /// Makes room for a text of `bytes`, so that a later scan of it allocates nothing.
    mutating func reserve(_ bytes: Int) {
        if bytes > capacityBytes { grow(to: bytes) }
    }

    private mutating func grow(to bytes: Int) {
        let capacity = max(bytes, min(capacityBytes * 2, capacityBytes + 64 << 20))
        unsafe positions.deallocate()
        unsafe escapes.deallocate()
        unsafe nonASCII.deallocate()
        // Not initialised: a kernel writes an entry before anything reads it, and pages that no
        // text needs are never touched.
        unsafe positions = .allocate(capacity: Self.positionCapacity(capacity))
        unsafe escapes = .allocate(capacity: capacity / 64 + 1)
        unsafe nonASCII = .allocate(capacity: capacity / 64 + 1)
        capacityBytes = capacity
    }

    private mutating func checkFlags(_ flags: Int) throws(JSONError) {
        let unicode = RIG_SCAN_HAS_UNICODE_ESCAPE
        hasUnicodeEscapes = flags & unicode != 0
        if flags & ~unicode != 0 {
            // SAFETY: `text` is readable for `range.count` bytes.
            throw unsafe ScanDiagnosis.firstFault(text, count: range.count)
        }
        // SAFETY: the bitmap covers `range.count` bits, and the text is readable past its end.
        let fault = unsafe UnicodeEscapes.firstFault(text, count: range.count, escapes: escapes)
        if let fault { throw fault }
    }

    /// Checks how the first and the last position fit together.
    private mutating func finish(found: Int, last: Int) throws(JSONError) {
        guard found > 0 else { throw JSONError(.empty, at: range.count) }
        // SAFETY: a position was found, so the way through the text meets a byte that is no space.
        var front = 0
        while unsafe Byte.isSpace(text[front]) { front &+= 1 }
        let first = unsafe text[front]
        if first == Byte.openBrace || first == Byte.openBracket {
            // No string is open at the end, so a bracket there is outside of strings and the last
            // position. In ASCII a closing bracket stands two behind its opening one.
            guard unsafe text[last] == first &+ 2 else { throw fault(found: found) }
        } else {
            guard found == (first == Byte.quote ? 2 : 1) else { throw fault(found: found) }
            if found == 1 { copyScalar() }
            endAtCount(after: found)
        }
        count = found
    }

    /// Puts the text's end behind the position of a scalar, where a walk looks for what follows it.
    private func endAtCount(after found: Int) {
        let sentinels = found &+ RIG_SCAN_AHEAD
        // SAFETY: the capacity has `depthCeiling` entries and a kernel's 64 past the longest text's.
        unsafe (positions + found).update(
            repeating: UInt32(truncatingIfNeeded: range.count), count: sentinels)
    }

    /// Moves a text that is one number or literal to where spaces follow it, since a walk finds the
    /// end of a scalar by the byte behind it.
    private mutating func copyScalar() {
        if range.count > scalarCapacityBytes {
            unsafe scalar.deallocate()
            unsafe scalar = .allocate(capacity: range.count + Self.slackBytes)
            scalarCapacityBytes = range.count
        }
        // SAFETY: the room holds `range.count` bytes and the slack.
        unsafe scalar.update(from: text, count: range.count)
        unsafe (scalar + range.count).update(repeating: 0x20, count: Self.slackBytes)
        unsafe text = UnsafePointer(scalar)
    }

    /// Reads a text that cannot be right, to say what is wrong with it and where.
    private func fault(found: Int) -> JSONError {
        // SAFETY: `found` positions were written for the `range.count` bytes at `text`.
        var reader = unsafe JSONReader(
            text: UnsafeBufferPointer(start: text, count: range.count),
            positions: UnsafeBufferPointer(start: positions, count: found), depthMax: depthMax)
        do throws(JSONError) {
            _ = try reader.document()
            return JSONError(.trailingBytes, at: range.count)
        } catch {
            return error
        }
    }
}
