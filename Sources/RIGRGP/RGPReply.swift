internal import RIGBytes
internal import RIGHTTP
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGServer

/// The forms of an answer.
@RequestLoop
extension RGPRequest {
    /// Answers with what stands in the exchange's output.
    func reply(
        _ status: Int, type: StaticString = "application/json",
        fields: (HeadWriter) -> Void = { _ in }
    ) {
        exchange.respond(status, type) { head in
            RGPReply.addFields(head, correlationID)
            fields(head)
        }
    }

    func reply(_ status: Int, _ value: JSONValue, fields: (HeadWriter) -> Void = { _ in }) {
        exchange.output.removeAll()
        value.write(to: exchange.output)
        reply(status, fields: fields)
    }

    func fail(_ error: RTPError) {
        RGPReply.fail(exchange, error, correlationID)
    }
}

@RequestLoop
enum RGPReply {
    static func addFields(_ head: HeadWriter, _ correlationID: CorrelationID) {
        head.field("X-RIG-Correlation-Id", correlationID.text)
        head.field("X-Content-Type-Options", "nosniff" as StaticString)
        head.field("Cache-Control", "no-store" as StaticString)
    }

    /// `{"ok":false,"error":…}` with the status of the error's type, or the one that HTTP has for
    /// what is no error of a call: 404 for a path, 405 for a method.
    static func fail(
        _ exchange: HTTPExchange, _ error: RTPError, _ correlationID: CorrelationID,
        status: Int? = nil, allow: StaticString? = nil
    ) {
        let output = exchange.output
        output.removeAll()
        var writer = JSONWriter(output)
        writer.beginObject()
        writer.key("ok")
        writer.bool(false)
        writer.key("error")
        error.write(to: &writer)
        writer.endObject()
        exchange.respond(status ?? error.type.rgpStatus, "application/json") { head in
            addFields(head, correlationID)
            addFields(head, of: error)
            if let allow { head.field("Allow", allow) }
        }
    }

    static func addFields(_ head: HeadWriter, of error: RTPError) {
        if error.type == .unauthenticated {
            head.field("WWW-Authenticate", "Bearer realm=\"rig\"" as StaticString)
        }
        if let milliseconds = error.retryAfterMilliseconds {
            head.field("Retry-After", max(1, (milliseconds + 999) / 1_000))
        }
    }
}
