/// What is wrong with a message, and so what its sender is told. After any of these the place where
/// the next message begins is not known: the connection must be closed.
package enum HTTPFault: UInt8, Error, Equatable, Sendable, CaseIterable {
    // Lines (RFC 9112, section 2.2).
    case bareLineFeed
    case bareCarriageReturn
    case controlCharacter
    case requestLineTooLong
    case headTooLarge
    case tooManyFields

    // The request line (RFC 9112, section 3).
    case badRequestLine
    case badMethod
    case badTarget
    case badVersion
    case unsupportedVersion

    // Fields (RFC 9112, section 5).
    case obsoleteFold
    case spaceBeforeColon
    case badFieldName
    case badConnection
    case unknownExpectation

    // The host (RFC 9110, section 7.2).
    case hostMissing
    case hostRepeated
    case badHost
    case hostConflict

    // Where the body ends (RFC 9112, section 6).
    case badContentLength
    case contentLengthRepeated
    case lengthAndEncoding
    case encodingRepeated
    case badEncoding
    case unsupportedEncoding
    case encodingInOldVersion
    case bodyOfConnect
    case bodyTooLarge

    // Chunks (RFC 9112, section 7.1).
    case badChunkSize
    case badChunkEnd
    case badChunkExtension
    case tooMuchFraming
    case badTrailer

    // A response (RFC 9112, section 4).
    case badStatusLine
    case endedEarly

    /// The status that says so.
    package var status: Int {
        switch self {
        case .requestLineTooLong: 414
        case .headTooLarge, .tooManyFields: 431
        case .bodyTooLarge, .tooMuchFraming: 413
        case .unknownExpectation: 417
        case .unsupportedEncoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }

    /// For the sender; says nothing of what was sent.
    package var text: StaticString {
        switch self {
        case .bareLineFeed: "a line ends with LF instead of CRLF"
        case .bareCarriageReturn: "a CR stands without its LF"
        case .controlCharacter: "the head has a control character"
        case .requestLineTooLong: "the request line is too long"
        case .headTooLarge: "the head is too large"
        case .tooManyFields: "the head has too many fields"
        case .badRequestLine: "the request line is not method, target and version"
        case .badMethod: "the method is not a token"
        case .badTarget: "the request target is malformed"
        case .badVersion: "the version is malformed"
        case .unsupportedVersion: "only HTTP/1.1 and HTTP/1.0 are spoken here"
        case .obsoleteFold: "a field is folded over two lines"
        case .spaceBeforeColon: "white space stands before a field's colon"
        case .badFieldName: "a field's name is not a token, or its colon is missing"
        case .badConnection: "the Connection field is malformed"
        case .unknownExpectation: "only 100-continue can be expected"
        case .hostMissing: "the Host field is missing"
        case .hostRepeated: "the Host field is repeated"
        case .badHost: "the Host field is malformed"
        case .hostConflict: "the Host field differs from the request target"
        case .badContentLength: "the Content-Length field is not a number"
        case .contentLengthRepeated: "the Content-Length field is repeated"
        case .lengthAndEncoding: "Content-Length and Transfer-Encoding stand together"
        case .encodingRepeated: "the Transfer-Encoding field is repeated"
        case .badEncoding: "the Transfer-Encoding field is malformed"
        case .unsupportedEncoding: "no transfer coding but chunked is known"
        case .encodingInOldVersion: "HTTP/1.0 has no Transfer-Encoding"
        case .bodyOfConnect: "CONNECT has no body"
        case .bodyTooLarge: "the body is too large"
        case .badChunkSize: "a chunk's size is not a hexadecimal number"
        case .badChunkEnd: "a chunk does not end with CRLF"
        case .badChunkExtension: "a chunk extension is malformed"
        case .tooMuchFraming: "the body has too much chunk framing"
        case .badTrailer: "the trailer section is malformed"
        case .badStatusLine: "the status line is malformed"
        case .endedEarly: "the message ended before it was complete"
        }
    }
}
