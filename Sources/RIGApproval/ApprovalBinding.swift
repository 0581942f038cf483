package import RIGBytes
package import RIGJSON

/// All that an approval covers: a call that differs in any of it is another call.
///
///     {"actor":"ann","arguments":"9f…","pack":{"digest":"1c…","name":"rig-pack-stripe",…},…}
///
/// The digest is SHA-256 over that object in canonical form (RFC 8785).
package struct ApprovalBinding: Sendable, Equatable {
    package var tenant: String
    package var actor: String
    /// The qualified name.
    package var tool: String
    package var pack: String
    package var packVersion: String
    /// Names the pack's content.
    package var packDigest: Digest
    /// Names the tool's definition, whatever a person could have read of it.
    package var shape: Digest
    /// SHA-256 over the canonical form of the arguments.
    package var arguments: Digest
    /// Names the policy that asked for a person.
    package var policy: Digest

    package init(
        tenant: String, actor: String, tool: String, pack: String, packVersion: String,
        packDigest: Digest, shape: Digest, arguments: Digest, policy: Digest
    ) {
        self.tenant = tenant
        self.actor = actor
        self.tool = tool
        self.pack = pack
        self.packVersion = packVersion
        self.packDigest = packDigest
        self.shape = shape
        self.arguments = arguments
        self.policy = policy
    }

    package var digest: Digest {
        CanonicalDigest.of([
            "actor": .string(actor), "arguments": .string(arguments.hex),
            "pack": [
                "digest": .string(packDigest.hex), "name": .string(pack),
                "version": .string(packVersion),
            ],
            "policy": .string(policy.hex), "shape": .string(shape.hex),
            "tenant": .string(tenant), "tool": .string(tool),
        ])
    }

    /// Closes a record: the binding under its name and with its end. A record whose end or binding
    /// was edited no longer matches its seal, nor the tokens that were given out for it.
    package static func seal(
        id: String, binding: Digest, expiresMilliseconds: Int64
    ) -> Digest {
        CanonicalDigest.of([
            "binding": .string(binding.hex), "expires_ms": .number(JSONNumber(expiresMilliseconds)),
            "id": .string(id),
        ])
    }
}

/// SHA-256 over a value's canonical form.
package enum CanonicalDigest {
    package static func of(_ value: JSONValue) -> Digest {
        let text = ByteBuffer()
        CanonicalJSON.append(value, to: text)
        var hash = SHA256()
        hash.update(text, text.range)
        return hash.finish()
    }
}
