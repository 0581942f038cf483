internal import RIGBytes
internal import RIGHTTP
internal import RIGJSON
internal import RIGLoop
internal import RIGServer

/// What stands in a request's head, as text.
@RequestLoop
enum HTTPText {
    /// A field that stands once; one that is repeated counts as none, so this is not for who calls.
    static func field(_ exchange: HTTPExchange, _ name: StaticString) -> String? {
        guard case .one(let range) = exchange.field(name) else { return nil }
        return exchange.input.string(range)
    }

    static func headers(_ exchange: HTTPExchange) -> MessageHeaders {
        MessageHeaders(
            version: field(exchange, "mcp-protocol-version"),
            method: field(exchange, "mcp-method"),
            name: field(exchange, "mcp-name").map(decoded))
    }

    /// The media types that a request accepts; all when it does not say.
    static func accepts(_ exchange: HTTPExchange, _ types: [String]) -> Bool {
        guard let text = field(exchange, "accept") else { return true }
        let accepted = text.lowercased().split(separator: ",").map { part in
            part.prefix { $0 != ";" }.filter { $0 != " " }
        }
        return accepted.contains { type in
            type == "*/*" || types.contains(type)
                || types.contains { $0.prefix { $0 != "/" } + "/*" == type }
        }
    }

    static func isJSON(_ exchange: HTTPExchange) -> Bool {
        let type = field(exchange, "content-type")?.lowercased() ?? ""
        return type.prefix { $0 != ";" }.filter { $0 != " " } == "application/json"
    }

    /// A value that is not plain ASCII travels as `=?base64?…?=`.
    static func decoded(_ value: String) -> String {
        let opening = "=?base64?"
        guard value.hasPrefix(opening), value.hasSuffix("?="), value.utf8.count > 11 else {
            return value
        }
        let digits = value.dropFirst(opening.count).dropLast(2)
        var bytes: [UInt8] = []
        var (bits, count) = (0, 0)
        for digit in digits.utf8 where digit != UInt8(ascii: "=") {
            guard let number = sextet(digit) else { return value }
            (bits, count) = (bits << 6 | number, count + 6)
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xFF))
                bits &= 1 << count - 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func sextet(_ digit: UInt8) -> Int? {
        switch digit {
        case 0x41...0x5A: Int(digit) - 0x41
        case 0x61...0x7A: Int(digit) - 0x61 + 26
        case 0x30...0x39: Int(digit) - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

/// An answer to what is no message: an error without an id.
@RequestLoop
enum HTTPRefusal {
    static func send(
        _ exchange: HTTPExchange, _ status: Int, _ why: String,
        fields: (HeadWriter) -> Void = { _ in }
    ) {
        let value: JSONValue = [
            "jsonrpc": "2.0", "error": ["code": -32600, "message": .string(why)],
        ]
        exchange.output.removeAll()
        value.write(to: exchange.output)
        exchange.respond(status, "application/json") { head in
            head.field("Cache-Control", "no-store" as StaticString)
            fields(head)
        }
    }
}
