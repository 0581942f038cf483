extension ByteBuffer {
    /// All bytes, for readers that look at each: bounds are checked, at no price in a loop. Ends
    /// with the next append.
    package var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // SAFETY: the region is the buffer's own and lives as long as it does; whoever appends
            // while a span is in use breaks the rule above, as with `unsafeBytes`.
            let span = unsafe Span<UInt8>(_bytes: RawSpan(_unsafeBytes: unsafeBytes))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Copies a part to `offset`, inside the buffer; the two may overlap.
    package func moveBytes(_ range: ByteRange, to offset: Int) {
        precondition(range.offset >= 0 && range.end <= count, "range lies in the buffer")
        precondition(offset >= 0 && offset + range.count <= count, "its new place does too")
        guard offset != range.offset, range.count > 0, let base = unsafe unsafeBytes.baseAddress
        else { return }
        // SAFETY: memmove semantics; both regions lie in the buffer, which owns its memory.
        unsafe UnsafeMutableRawPointer(mutating: base + offset).copyMemory(
            from: base + range.offset, byteCount: range.count)
    }
}
