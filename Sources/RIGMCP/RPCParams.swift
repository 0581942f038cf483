internal import RIGBytes
internal import RIGJSON

/// What RIG reads of a request's `params`, whatever its method: seven names and `_meta`. Members of
/// another type than the protocol's are noted, so that the method can say so.
struct RPCParams {
    /// All of the object; nil when the message had none.
    var range: ByteRange?
    var name: String?
    var arguments: ByteRange?
    var cursor: String?
    var inputResponses: ByteRange?
    var requestState: String?
    var meta: RPCMeta?
    /// The first member that had another type, and which it should have.
    var wrong: String?

    @_lifetime(cursor: copy cursor)
    mutating func take(
        _ cursor: inout Cursor, _ checker: inout Checker, _ scanner: borrowing Scanner,
        _ buffer: ByteBuffer
    ) {
        if cursor.isKey("name") {
            name = text("name", &cursor, &checker, scanner)
        } else if cursor.isKey("arguments") {
            arguments = object("arguments", &cursor, &checker, scanner)
        } else if cursor.isKey("_meta"), cursor.isObject {
            var meta = RPCMeta()
            var inner = Cursor(scanner, buffer, at: cursor.index)
            while inner.next() { meta.take(&inner, &checker, scanner, buffer) }
            cursor.skip(to: inner.end)
            self.meta = meta
        } else if cursor.isKey("_meta") {
            _ = object("_meta", &cursor, &checker, scanner)
        } else if cursor.isKey("cursor") {
            self.cursor = text("cursor", &cursor, &checker, scanner)
        } else if cursor.isKey("inputResponses") {
            inputResponses = object("inputResponses", &cursor, &checker, scanner)
        } else if cursor.isKey("requestState") {
            requestState = text("requestState", &cursor, &checker, scanner)
        } else {
            cursor.check(.any, &checker, scanner)
        }
    }

    @_lifetime(cursor: copy cursor)
    private mutating func text(
        _ name: StaticString, _ cursor: inout Cursor, _ checker: inout Checker,
        _ scanner: borrowing Scanner
    ) -> String? {
        if cursor.isString { return cursor.string() }
        wrong = wrong ?? "\(name) must be a string"
        cursor.check(.any, &checker, scanner)
        return nil
    }

    @_lifetime(cursor: copy cursor)
    private mutating func object(
        _ name: StaticString, _ cursor: inout Cursor, _ checker: inout Checker,
        _ scanner: borrowing Scanner
    ) -> ByteRange? {
        if !cursor.isObject { wrong = wrong ?? "\(name) must be an object" }
        return cursor.check(.any, &checker, scanner)
    }
}

/// `params._meta`: what the caller says of the request rather than of its subject.
struct RPCMeta {
    /// The JSON literal, echoed as it came.
    var progressToken: String?
    /// These two make a request one of the newest revision.
    var protocolVersion: String?
    var clientCapabilities: ByteRange?
    var approvalToken: String?
    var correlationID: String?
    var idempotencyKey: String?

    @_lifetime(cursor: copy cursor)
    mutating func take(
        _ cursor: inout Cursor, _ checker: inout Checker, _ scanner: borrowing Scanner,
        _ buffer: ByteBuffer
    ) {
        if cursor.isKey("progressToken") {
            let range = cursor.check(.any, &checker, scanner)
            progressToken = range.flatMap { RPCID(literal: buffer.string($0))?.literal }
        } else if cursor.isKey("io.modelcontextprotocol/protocolVersion"), cursor.isString {
            protocolVersion = cursor.string()
        } else if cursor.isKey("io.modelcontextprotocol/clientCapabilities"), cursor.isObject {
            clientCapabilities = cursor.check(.any, &checker, scanner)
        } else if cursor.isKey("dev.rig/approvalToken"), cursor.isString {
            approvalToken = cursor.string()
        } else if cursor.isKey("dev.rig/correlationId"), cursor.isString {
            correlationID = cursor.string()
        } else if cursor.isKey("dev.rig/idempotencyKey"), cursor.isString {
            idempotencyKey = cursor.string()
        } else {
            cursor.check(.any, &checker, scanner)
        }
    }
}
