internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline

/// An answer of the gateway as a tool result.
///
/// Success says the same twice, as text and as structure: hosts show one of the two. Failure is
/// text alone, complete, with the RTP error in `_meta`: hosts drop or refuse structure there.
@RequestLoop
struct CallText {
    /// Of one failure's text; the whole error is in `_meta`.
    static let failureBytesMax = 2_048

    let bridge: MCPBridge
    let revision: Revision
    /// As the client calls the tool.
    let exported: String

    /// Writes the members of a result.
    func write(_ answer: Answer, _ form: ToolListing.OutputForm, to writer: inout JSONWriter) {
        if revision.isModern { bridge.writeComplete(to: &writer) }
        switch answer.result {
        case .output(let buffer, let range):
            writeOutput(buffer, range, form, &writer)
        case .failure(let error):
            writeFailure(text(of: error, correlation: answer.meta.correlation.text), &writer)
        }
        writer.key("_meta" as StaticString)
        writer.beginObject()
        writeMeta(answer, &writer)
        writer.endObject()
    }

    private func writeOutput(
        _ buffer: ByteBuffer, _ range: ByteRange, _ form: ToolListing.OutputForm,
        _ writer: inout JSONWriter
    ) {
        let first = buffer[range.offset]
        writer.key("content" as StaticString)
        writer.beginArray()
        writer.beginObject()
        writer.key("type" as StaticString)
        writer.string("text")
        writer.key("text" as StaticString)
        let isStructured = revision.hasStructuredContent && isStructured(first, form)
        if isStructured, form == .wrapped {
            writer.string(
                Self.wrapped(buffer, range), ByteRange(offset: 0, count: range.count + 11))
        } else if first == UInt8(ascii: "\"") {
            // A JSON string already: what it says is the text.
            writer.raw(buffer, range)
        } else {
            writer.string(buffer, range)
        }
        writer.endObject()
        writer.endArray()
        if isStructured {
            writer.key("structuredContent" as StaticString)
            let start = writer.buffer.count
            if form == .wrapped {
                writer.raw(
                    Self.wrapped(buffer, range), ByteRange(offset: 0, count: range.count + 11))
            } else {
                writer.raw(buffer, range)
            }
            writer.buffer.flattenLines(
                ByteRange(offset: start, count: writer.buffer.count - start))
        }
        writer.key("isError" as StaticString)
        writer.bool(false)
    }

    private func isStructured(_ first: UInt8, _ form: ToolListing.OutputForm) -> Bool {
        form == .wrapped || first == UInt8(ascii: "{")
    }

    private static func wrapped(_ buffer: ByteBuffer, _ range: ByteRange) -> ByteBuffer {
        let whole = ByteBuffer(capacity: range.count + 16)
        whole.append("{\"result\":" as StaticString)
        whole.append(buffer, range)
        whole.append(UInt8(ascii: "}"))
        return whole
    }

    func writeFailure(_ text: String, _ writer: inout JSONWriter) {
        writer.key("content" as StaticString)
        writer.beginArray()
        writer.beginObject()
        writer.key("type" as StaticString)
        writer.string("text")
        writer.key("text" as StaticString)
        writer.string(text)
        writer.endObject()
        writer.endArray()
        writer.key("isError" as StaticString)
        writer.bool(true)
    }

    private func writeMeta(_ answer: Answer, _ writer: inout JSONWriter) {
        if revision.isModern { bridge.writeServerInfo(to: &writer) }
        if case .failure(let error) = answer.result {
            writer.key("dev.rig/error" as StaticString)
            error.write(to: &writer)
        }
        let meta = answer.meta
        writer.key("dev.rig/correlationId" as StaticString)
        writer.string(meta.correlation.text)
        writer.key("dev.rig/durationUs" as StaticString)
        writer.int(meta.durationMicroseconds)
        writer.key("dev.rig/snapshot" as StaticString)
        writer.string(meta.snapshot)
        if let approval = meta.approvalID {
            writer.key("dev.rig/approvalId" as StaticString)
            writer.string(approval)
        }
    }

    // What a model reads of a failure

    private func text(of error: RTPError, correlation: String) -> String {
        let word = error.type.rawValue.uppercased()
        var lines = ["\(word)\(error.code.map { " (\($0))" } ?? ""): \(error.message)"]
        if let approval = error.approval {
            lines = approvalLines(approval, word)
        } else {
            lines += violationLines(error)
            lines.append(retryLine(error))
            if let what = error.remediation { lines.append("What to do: \(what)") }
        }
        lines.append("Reference: \(correlation)")
        return Self.clipped(lines)
    }

    private func violationLines(_ error: RTPError) -> [String] {
        (error.details?.array ?? []).compactMap { violation in
            guard let message = violation["message"]?.string else { return nil }
            let place = violation["pointer"]?.string ?? ""
            let rule = violation["keyword"]?.string.map { " (\($0))" } ?? ""
            return "- \(place.isEmpty ? "the arguments" : place): \(message)\(rule)"
        }
    }

    private func retryLine(_ error: RTPError) -> String {
        if error.type == .validationFailed {
            return "Retryable: with arguments that fit the tool's inputSchema."
        }
        guard error.retryable else { return "Retryable: no." }
        let after = error.retryAfterMilliseconds.map { ", after \($0) ms" } ?? ""
        return "Retryable: yes\(after), with the same arguments."
    }

    private func approvalLines(_ approval: ApprovalRequired, _ word: String) -> [String] {
        let ways = approval.approveWith.map { way in
            "`\(way)\(way.hasPrefix("rig ") ? bridge.options.approveSuffix : "")`"
        }.joined(separator: " or ")
        return [
            "\(word): \(exported) needs a person's approval before it runs. Nothing was done.",
            "It would: \(approval.summary)",
            "Tell the user: \(ways) before \(approval.expiresAt)"
                + " (approval \(approval.approvalID)).",
            "When they say it is approved, call \(exported) again with exactly the same arguments."
                + " Do not try to approve it yourself or by other tools.",
        ]
    }

    /// The last line stays: it finds the call in the record.
    private static func clipped(_ lines: [String]) -> String {
        let whole = lines.joined(separator: "\n")
        guard whole.utf8.count > failureBytesMax, let last = lines.last else { return whole }
        var cut = ""
        var bytes = last.utf8.count + 5
        for scalar in lines.dropLast().joined(separator: "\n").unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > failureBytesMax { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut + "…\n" + last
    }
}
