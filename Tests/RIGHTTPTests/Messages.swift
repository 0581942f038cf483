import RIGBytes
import RIGHTTP

/// What a reader made of some bytes.
enum Seen: Equatable, CustomStringConvertible {
    case request(method: String, target: String, fields: [String], body: String, keepsAlive: Bool)
    case fault(HTTPFault)

    var description: String {
        switch self {
        case .request(let method, let target, let fields, let body, let keepsAlive):
            "\(method) \(target) \(fields) \(body.debugDescription) \(keepsAlive)"
        case .fault(let fault): "fault \(fault)"
        }
    }
}

/// Reads requests from `bytes` that arrive in portions ending at `cuts`, as a connection would, until
/// they end or a fault stands.
func requests(
    _ bytes: [UInt8], cuts: [Int] = [], _ limits: HTTPLimits = HTTPLimits()
) -> [Seen] {
    let buffer = ByteBuffer(capacity: 16)
    var reader = RequestReader(limits)
    var seen: [Seen] = []
    var hasHead = false
    var fed = 0
    for cut in cuts.sorted() + [bytes.count] {
        buffer.append(contentsOf: bytes[fed..<max(fed, cut)])
        fed = max(fed, cut)
        var isWaiting = false
        while !isWaiting {
            do {
                switch try reader.read(buffer) {
                case .needsMore: isWaiting = true
                case .head:
                    precondition(!hasHead, "a head is reported once")
                    hasHead = true
                case .complete:
                    precondition(hasHead, "a head is reported before its end")
                    hasHead = false
                    seen.append(.request(reader, buffer))
                    buffer.removeFirst(reader.end)
                    reader.next(at: 0)
                }
            } catch {
                return seen + [.fault(error)]
            }
        }
    }
    return seen
}

func requests(_ text: String, _ limits: HTTPLimits = HTTPLimits()) -> [Seen] {
    requests(Array(text.utf8), limits)
}

extension Seen {
    static func request(_ reader: RequestReader, _ buffer: ByteBuffer) -> Seen {
        .request(
            method: buffer.string(reader.head.methodRange),
            target: buffer.string(reader.head.target.range),
            fields: reader.head.fields.all.map {
                buffer.string($0.name) + "=" + buffer.string($0.value)
            }, body: buffer.string(reader.body), keepsAlive: reader.head.keepsAlive)
    }
}

/// A request with these lines after a Host field, and a body.
func post(_ lines: String..., body: String = "") -> String {
    (["POST /a HTTP/1.1", "Host: h"] + lines).joined(separator: "\r\n") + "\r\n\r\n" + body
}

func get(_ lines: String...) -> String {
    (["GET /a HTTP/1.1", "Host: h"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
}
