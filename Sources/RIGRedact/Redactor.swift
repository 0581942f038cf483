package import RIGBytes

/// How a text is to be read.
package enum TextKind: Sendable {
    /// A JSON text, or one that claims to be: its strings are searched by what they mean.
    case json
    /// A line of a log.
    case text
}

/// Removes the secrets of one pack from whatever the pack says: every value, and every form of it
/// that a program may have made without meaning to (docs/secrets.md). Made once a snapshot.
///
///     let redactor = Redactor([Redactor.Secret(slot: "token", value: "s3cr3t")])
///     redactor?.redacted("as s3cr3t")       // "as [secret:token]"
package final class Redactor: Sendable {
    /// A value that is short stands in too many texts by chance.
    package static let valueBytesMin = Automaton.patternBytesMin
    package static let valueBytesMax = 8 << 10

    package struct Secret: Sendable {
        /// `[A-Za-z][A-Za-z0-9_]*`: it stands in JSON strings as it is.
        package let slot: String
        package let value: [UInt8]

        package init(slot: String, value: some Sequence<UInt8>) {
            self.slot = slot
            self.value = Array(value)
        }
    }

    /// What came of a text.
    package enum Result {
        /// Nothing was found; the text is forwarded where it stands.
        case clean
        case redacted(ByteBuffer)
        /// A secret reaches over JSON's own characters, or is a number: it cannot be cut out.
        case inStructure
    }

    private let automaton: Automaton
    private let skip: Skip
    private let replacements: [[UInt8]]

    /// nil for no secrets. Values have `valueBytesMin` bytes or more.
    package init?(_ secrets: [Secret]) {
        guard !secrets.isEmpty else { return nil }
        let patterns = secrets.enumerated().flatMap { index, secret in
            SecretForms.patterns(of: secret.value, slot: index)
        }
        automaton = Automaton(patterns)
        skip = Skip(patterns)
        replacements = secrets.map { Array("[secret:\($0.slot)]".utf8) }
    }

    /// Looks, and copies only when something is found.
    package func redact(
        _ buffer: ByteBuffer, _ range: ByteRange, _ kind: TextKind
    ) -> Result {
        var search = Search(automaton, kind)
        guard search.finds(buffer, range, skip) else { return .clean }
        var finding = Finding(automaton, kind, buffer, range)
        let spans = finding.finish()
        if finding.crossesStructure { return .inStructure }
        if spans.isEmpty { return .clean }
        let result = ByteBuffer(capacity: range.count + 64 * spans.count)
        var from = range.offset
        for span in spans {
            // A base64 neighbour may have been covered by the span before.
            let start = max(from, span.start)
            result.append(buffer, ByteRange(offset: from, count: start - from))
            result.append(contentsOf: replacements[span.slot])
            from = max(from, span.end)
        }
        result.append(buffer, ByteRange(offset: from, count: range.end - from))
        return .redacted(result)
    }

    /// How many bytes of a line's beginning hold no secret that goes on behind its end: what of an
    /// unfinished line may be redacted and shown now.
    package func settledBytes(_ buffer: ByteBuffer, _ range: ByteRange) -> Int {
        var finding = Finding(automaton, .text, buffer, range)
        var end = finding.openStart ?? range.end
        // What is begun may lie within a secret that has ended.
        for span in finding.finish() where span.start < end && end < span.end { end = span.start }
        return end - range.offset
    }

    /// A short text without its secrets.
    package func redacted(_ text: String) -> String {
        let buffer = ByteBuffer(text.utf8)
        switch redact(buffer, buffer.range, .text) {
        case .clean, .inStructure: return text
        case .redacted(let result): return result.string(result.range)
        }
    }
}
