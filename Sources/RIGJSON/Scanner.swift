package import RIGBytes

/// Stage 1 of reading JSON: where the structure of a text stands, found by vector kernels.
///
/// In: a range of a `ByteBuffer`. Out: an array of 32-bit offsets, relative to the range, of every
/// `{ } [ ] : ,` outside strings, both quotes of every string, and the first byte of every other
/// scalar. UTF-8, control characters and escapes are checked here, so a walk never looks inside
/// a string for their sake.
///
///     {"a": 12}          offsets 0 1 3 4 6 8: { " " : 1 }
///
/// What a walk over the positions may rely on:
/// - A text that begins with `{` or `[` ends with the closer of the same kind, and that position
///   is repeated past `count`: as often as brackets can still be open, and six times more. A walk
///   that tracks depth therefore always meets a closer and needs no end checks; it must only
///   compare the index it ends with to `count`, because `{}{}` and `{"a":{}` come this far.
/// - Quotes come in pairs: after an opening quote at `i` the closing one stands at `i + 1`.
/// - A scalar is a run of bytes that are neither white space, brackets, colons, commas nor quotes;
///   it is not checked here. Bytes at `unsafeText` are readable 64 bytes past the end. A number or
///   literal that is the whole text was copied so that spaces follow it.
/// - Nothing of this outlives the next `scan`.
///
/// Reused from text to text; a warm scanner allocates nothing.
@safe
package struct Scanner: ~Copyable {
    /// SAFETY: allocated by `init`, released by `deinit`, and nobody else has it, for a scanner
    /// cannot be copied. Behind a pointer, so that lending a scanner to a walk moves one word and
    /// does not copy fields that were stored a moment ago (7 ns of a 158-byte call).
    private let state: UnsafeMutablePointer<ScanState>

    /// Scratch for texts of `capacityBytes`; longer ones make it grow.
    package init(capacityBytes: Int = 4096) {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: ScanState(capacityBytes: capacityBytes))
    }

    deinit {
        unsafe state.pointee.release()
        unsafe state.deallocate()
    }

    /// Positions found; the text's last structural position is at `count - 1`.
    package var count: Int { unsafe state.pointee.count }
    /// The text of the last `scan`, as a range of its buffer.
    package var range: ByteRange { unsafe state.pointee.range }
    /// The depth limit the sentinels were written for; a walk must not go deeper.
    package var depthMax: Int { unsafe state.pointee.depthMax }
    package var workFactor: Int { unsafe state.pointee.workFactor }
    /// Whether a string of the text holds an escape `\u`.
    package var hasUnicodeEscapes: Bool { unsafe state.pointee.hasUnicodeEscapes }

    /// `count` offsets, then the sentinels.
    package var unsafePositions: UnsafePointer<UInt32> {
        unsafe UnsafePointer(state.pointee.positions)
    }
    /// The text's first byte; readable for 64 bytes past `range.count`.
    package var unsafeText: UnsafePointer<UInt8> { unsafe state.pointee.text }
    /// Bit i is set when byte i is a backslash that starts an escape.
    package var unsafeEscapes: UnsafePointer<UInt64> {
        unsafe UnsafePointer(state.pointee.escapes)
    }
    /// Bit i is set when byte i is 0x80 or above.
    package var unsafeNonASCII: UnsafePointer<UInt64> {
        unsafe UnsafePointer(state.pointee.nonASCII)
    }

    /// The offset of position `index`, for tests and slow paths.
    package func position(_ index: Int) -> Int {
        precondition(index >= 0 && index < count, "index names a position")
        // SAFETY: bounded by the line above.
        return unsafe Int(unsafePositions[index])
    }

    /// Finds the structure of a text. Throws when the text is too large, is empty, holds bytes or
    /// escapes that no JSON holds, or does not end where its first bracket says.
    package mutating func scan(
        _ buffer: ByteBuffer, _ range: ByteRange, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) {
        try unsafe state.pointee.scan(buffer, range, limits: limits)
    }

    /// Makes room for a text of `bytes`, so that a later scan of it allocates nothing.
    package mutating func reserve(_ bytes: Int) {
        unsafe state.pointee.reserve(bytes)
    }
}
