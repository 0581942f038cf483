package import RIGBytes
package import RIGJSON

/// The one answer of every call (spec/rtp/tool-result.schema.json).
///
/// RIG writes answers without building them: the output is forwarded as the bytes in which the
/// worker sent it.
///
///     ToolResult.appendSuccess(output: frame, range, meta: meta, to: answer)
///     // {"rtp":"1.0","ok":true,"output":…,"meta":{"tool":"echo.say",…}}
///
/// Clients (`rig call` through the socket) read them back with `init(decoding:)`.
package enum ToolResult: Equatable, Sendable {
    case success(output: JSONValue, ResultMeta)
    case failure(RTPError, ResultMeta)

    /// Appends a success. `range` of `output` is one JSON value that was checked already.
    package static func appendSuccess(
        output: ByteBuffer, _ range: ByteRange, meta: ResultMeta, to buffer: ByteBuffer
    ) {
        buffer.append("{\"rtp\":\"1.0\",\"ok\":true,\"output\":" as StaticString)
        buffer.append(output, range)
        appendEnd(meta, to: buffer)
    }

    /// Appends a failure.
    package static func appendFailure(
        _ error: RTPError, meta: ResultMeta, to buffer: ByteBuffer
    ) {
        buffer.append("{\"rtp\":\"1.0\",\"ok\":false,\"error\":" as StaticString)
        var writer = JSONWriter(buffer)
        error.write(to: &writer)
        appendEnd(meta, to: buffer)
    }

    private static func appendEnd(_ meta: ResultMeta, to buffer: ByteBuffer) {
        buffer.append(",\"meta\":" as StaticString)
        meta.append(to: buffer)
        buffer.append(UInt8(ascii: "}"))
    }
}

extension ResultMeta {
    /// Appends the object. Allocates nothing but the buffer's own growth.
    package func append(to buffer: ByteBuffer) {
        // The correlation id goes first and around the writer: its characters need no escapes, and
        // one that RIG made has no String yet. Keys say their type, since a bare literal would
        // choose the overload that looks for characters to escape.
        buffer.append("{\"correlation_id\":\"" as StaticString)
        correlation.append(to: buffer)
        buffer.append("\",\"tool\":" as StaticString)
        var writer = JSONWriter(buffer)
        writer.string(tool)
        writer.key("pack" as StaticString)
        writer.string(pack)
        writer.key("pack_version" as StaticString)
        writer.string(packVersion)
        writer.key("snapshot" as StaticString)
        writer.string(snapshot)
        writer.key("attempts" as StaticString)
        writer.int(attempts)
        writer.key("duration_us" as StaticString)
        writer.int(durationMicroseconds)
        if let approvalID {
            writer.key("approval_id" as StaticString)
            writer.string(approvalID)
        }
        if isIdempotentReplay {
            writer.key("idempotent_replay" as StaticString)
            writer.bool(true)
        }
        writer.endObject()
    }
}
