package import RIGBytes
package import RIGConfig

/// All tokens that are taken, by their hashes: a token itself is in no table and no log.
package struct TokenTable: Sendable {
    private struct Entry: Sendable {
        let hash: Digest
        let identity: Identity
    }

    /// Longest token that is looked at.
    private static let bytesMax = 512

    private var entries: [Entry] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    package mutating func add(_ hash: Digest, _ identity: Identity) {
        entries.append(Entry(hash: hash, identity: identity))
    }

    /// Those of rig.yaml, whose hashes were checked when it was read.
    package mutating func add(_ tokens: [TokenConfig]) {
        for token in tokens {
            guard let hash = Digest(hex: String(token.hash.dropFirst("sha256:".count))) else {
                continue
            }
            add(
                hash,
                Identity(
                    name: token.name, role: token.role, tenants: token.tenants,
                    tools: token.tools))
        }
    }

    /// Who the bearer of these bytes is. Every entry is compared to its end, so the time tells
    /// nothing; and what is compared are hashes, of which nobody can choose the beginning.
    package func identity(of buffer: ByteBuffer, _ token: ByteRange) -> Identity? {
        guard token.count > 0, token.count <= Self.bytesMax else { return nil }
        var hash = SHA256()
        hash.update(buffer, token)
        let presented = hash.finish()
        var found: Identity?
        for entry in entries where entry.hash.equalsInConstantTime(presented) {
            found = entry.identity
        }
        return found
    }
}
