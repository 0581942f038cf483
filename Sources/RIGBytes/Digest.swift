/// 32 bytes that name a content: a SHA-256 value.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    private let w0, w1, w2, w3: UInt64

    /// Four big-endian words, the first one first.
    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (w0, w1, w2, w3) = words
    }

    /// Reads 64 hexadecimal digits; nil for anything else.
    package init?(hex: String) {
        guard let bytes = Hex.decode(hex), bytes.count == 32 else { return nil }
        func word(_ start: Int) -> UInt64 {
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.init(words: (word(0), word(8), word(16), word(24)))
    }

    package var bytes: [UInt8] {
        [w0, w1, w2, w3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { Hex.encode(bytes) }

    package var description: String { "sha256:" + hex }

    /// Appends the 64 hexadecimal digits without making a string.
    package func appendHex(to buffer: ByteBuffer) {
        Self.appendHex(w0, to: buffer)
        Self.appendHex(w1, to: buffer)
        Self.appendHex(w2, to: buffer)
        Self.appendHex(w3, to: buffer)
    }

    private static func appendHex(_ word: UInt64, to buffer: ByteBuffer) {
        var shift: UInt64 = 64
        while shift > 0 {
            shift -= 4
            buffer.append(Hex.digit(UInt8(truncatingIfNeeded: word >> shift) & 15))
        }
    }
}
