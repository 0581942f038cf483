package import RIGBytes
package import RIGJSON
package import RIGModel

/// What one idempotency key stands for: the key of one caller for one tool. Two tenants, two actors
/// or two tools that use the same word do not know of each other.
///
/// Neither the key nor the arguments are kept, only digests. Both hold the key's text, so that with a
/// key nobody can guess, nobody finds out by trying what the arguments were either.
package struct KeyScope: Sendable, Hashable {
    /// SHA-256 over the canonical form of tenant, actor, tool and key: names the row.
    package let digest: Digest
    /// The same with the arguments in canonical form: tells whether a call is the same call.
    package let fingerprint: Digest

    package init(
        tenant: String, actor: String, tool: String, key: IdempotencyKey, arguments: JSONValue
    ) {
        var scope: JSONObject = [
            "actor": .string(actor), "key": .string(key.text), "tenant": .string(tenant),
            "tool": .string(tool),
        ]
        digest = Self.digest(.object(scope))
        scope["arguments"] = arguments
        fingerprint = Self.digest(.object(scope))
    }

    private static func digest(_ value: JSONValue) -> Digest {
        let text = ByteBuffer()
        CanonicalJSON.append(value, to: text)
        var hash = SHA256()
        hash.update(text, text.range)
        return hash.finish()
    }
}
