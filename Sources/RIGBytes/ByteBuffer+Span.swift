extension ByteBuffer {
    /// Appends the bytes of a span: what code without unsafe marks uses to hand over a few bytes it
    /// put together on the stack, at the price of one append instead of one a byte.
    package func append(_ bytes: Span<UInt8>) {
        // SAFETY: the pointer is used inside the closure only; `append` copies.
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }
}
