package import RIGBytes
package import RIGJSON
internal import RIGModel

/// The arguments as an approval keeps them: their digest, and as much of their canonical text as a
/// person can be asked to read.
package struct ApprovalArguments: Sendable, Equatable {
    /// SHA-256 over the whole canonical text.
    package let digest: Digest
    /// The size of the whole canonical text.
    package let bytes: Int
    /// The text, or its first `Limits.approvalArgumentsBytesMax` bytes.
    package let head: String

    package init(_ value: JSONValue) {
        let text = ByteBuffer()
        CanonicalJSON.append(value, to: text)
        var hash = SHA256()
        hash.update(text, text.range)
        digest = hash.finish()
        bytes = text.count
        var end = min(text.count, Limits.approvalArgumentsBytesMax)
        // Never in the middle of a character's bytes.
        while end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
        head = text.string(ByteRange(offset: 0, count: end))
    }
}
