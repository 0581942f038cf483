package import RIGBytes
internal import RIGHTTP
internal import RIGJSON

/// What a worker is told instead of an answer.
package enum EgressAnswer {
    package static func refusal(_ reason: EgressReason, host: String, port: UInt16) -> ByteBuffer {
        let body = ByteBuffer(capacity: 256)
        var json = JSONWriter(body)
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.key("type")
        json.string("egress_refused")
        json.key("reason")
        json.string(reason.rawValue)
        json.key("host")
        json.string(host)
        json.key("port")
        json.int(Int(port))
        json.endObject()
        json.endObject()
        let answer = ByteBuffer(capacity: 512)
        let head = HeadWriter(response: reason.status, to: answer)
        head.field("Content-Type", "application/json" as StaticString)
        head.field("Connection", "close" as StaticString)
        head.field("X-RIG-Egress", reason.rawValue)
        head.end(contentBytes: body.count)
        answer.append(body, body.range)
        return answer
    }
}
