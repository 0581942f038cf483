/// HMAC with SHA-256 (RFC 2104, FIPS 198-1): names a content so that only who has the key can.
///
///     let hmac = HMAC(key: key)                 // the key's two blocks are hashed once
///     let mac = hmac.digest(bytes)
package struct HMAC: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    package init(key: some Collection<UInt8>) {
        var block = key.count > 64 ? SHA256.digest(key).bytes : Array(key)
        block += [UInt8](repeating: 0, count: 64 - block.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        self.inner = inner
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        self.outer = outer
    }

    package func digest(_ bytes: some Collection<UInt8>) -> Digest {
        var hash = inner
        hash.update(bytes)
        return finish(&hash)
    }

    package func digest(_ buffer: ByteBuffer, _ range: ByteRange) -> Digest {
        var hash = inner
        hash.update(buffer, range)
        return finish(&hash)
    }

    private func finish(_ hash: inout SHA256) -> Digest {
        var whole = outer
        whole.update(hash.finish().bytes)
        return whole.finish()
    }
}

extension Digest {
    /// Whether both are the same, in a time that does not tell where they differ.
    package func equalsInConstantTime(_ other: Digest) -> Bool {
        var difference: UInt8 = 0
        for (one, two) in zip(bytes, other.bytes) { difference |= one ^ two }
        return difference == 0
    }
}
