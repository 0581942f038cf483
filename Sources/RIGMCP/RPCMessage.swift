internal import RIGBytes
internal import RIGJSON
internal import RIGModel

/// One JSON-RPC message, read where it stands: no tree is built, what a method needs later is kept
/// as a range.
///
///     {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"demo_say","arguments":{…}}}
///     id 7, method tools/call, params.name demo_say, params.arguments = the bytes of {…}
struct RPCMessage {
    enum Kind { case request, notification, response }

    var id: RPCID?
    var method = ""
    var params = RPCParams()
    /// What a client answered to a request of ours.
    var result: ByteRange?
    var hasError = false
    fileprivate var isVersion2 = false
    fileprivate var hasMethod = false
    fileprivate var hasID = false
    /// A member of another type than the protocol's; the message is answered, not dropped.
    fileprivate var wrong: String?

    var kind: Kind {
        if !hasMethod { return .response }
        return hasID ? .request : .notification
    }

    /// Reads the message in `range`.
    /// - Throws: What is wrong, with the id as far as one could be read.
    static func read(
        _ buffer: ByteBuffer, _ range: ByteRange, bytesMax: Int, _ scanner: inout Scanner,
        _ checker: inout Checker
    ) throws(Unreadable) -> RPCMessage {
        let limits = JSONLimits(depthMax: Limits.jsonDepthMax + 4, bytesMax: bytesMax)
        do throws(JSONError) {
            try scanner.scan(buffer, range, limits: limits)
        } catch {
            throw Unreadable(fault: .parse("\(error.code.text) at byte \(error.offset)"), id: nil)
        }
        var message = RPCMessage()
        var cursor = Cursor(scanner, buffer)
        while cursor.next() {
            message.take(&cursor, &checker, scanner, buffer)
        }
        guard cursor.isFinished else {
            throw Unreadable(fault: fault(buffer, range, limits), id: message.id)
        }
        try message.validate()
        return message
    }

    /// The slow second look at a text that the cursor refused.
    private static func fault(
        _ buffer: ByteBuffer, _ range: ByteRange, _ limits: JSONLimits
    ) -> ProtocolFault {
        do throws(JSONError) {
            let value = try JSONValue.parse(buffer, range, limits: limits)
            return .invalidRequest(
                value.object == nil ? "a message is an object" : "an object has too many members")
        } catch {
            return .parse("\(error.code.text) at byte \(error.offset)")
        }
    }

    private func validate() throws(Unreadable) {
        if let wrong { throw Unreadable(fault: .invalidRequest(wrong), id: id) }
        if !isVersion2 {
            throw Unreadable(fault: .invalidRequest("jsonrpc must be \"2.0\""), id: id)
        }
        if !hasMethod && result == nil && !hasError {
            throw Unreadable(fault: .invalidRequest("method is missing"), id: id)
        }
        if hasMethod && method.isEmpty {
            throw Unreadable(fault: .invalidRequest("method must be a name"), id: id)
        }
    }
}

/// A message that cannot be acted on, and the id it may have had.
struct Unreadable: Error {
    let fault: ProtocolFault
    let id: RPCID?
}

extension RPCMessage {
    @_lifetime(cursor: copy cursor)
    private mutating func take(
        _ cursor: inout Cursor, _ checker: inout Checker, _ scanner: borrowing Scanner,
        _ buffer: ByteBuffer
    ) {
        if cursor.isKey("jsonrpc") {
            isVersion2 = cursor.isString("2.0")
            cursor.check(.any, &checker, scanner)
        } else if cursor.isKey("id") {
            hasID = true
            let range = cursor.check(.any, &checker, scanner)
            id = range.flatMap { RPCID(literal: buffer.string($0)) }
            if id == nil { wrong = "id must be a string or a whole number" }
        } else if cursor.isKey("method") {
            hasMethod = true
            if cursor.isString {
                method = cursor.string() ?? ""
            } else {
                wrong = "method must be a string"
                cursor.check(.any, &checker, scanner)
            }
        } else if cursor.isKey("params"), cursor.isObject {
            var inner = Cursor(scanner, buffer, at: cursor.index)
            while inner.next() { params.take(&inner, &checker, scanner, buffer) }
            params.range = cursor.skip(to: inner.end)
        } else if cursor.isKey("params") {
            wrong = "params must be an object"
            cursor.check(.any, &checker, scanner)
        } else if cursor.isKey("result") {
            result = cursor.check(.any, &checker, scanner)
        } else if cursor.isKey("error") {
            hasError = true
            cursor.check(.any, &checker, scanner)
        } else {
            cursor.check(.any, &checker, scanner)
        }
    }
}
