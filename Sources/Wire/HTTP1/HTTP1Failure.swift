/// Why bytes aren't read as HTTP/1.1: what could be understood in two ways isn't understood at all.
package enum HTTP1Failure: Error, Hashable, Sendable, CaseIterable {
    // The first line
    case requestLine, version, methodTooLong, connect, target, targetTooLong
    case statusLine
    // Lines
    case bareLineFeed, bareCarriageReturn, controlCharacter
    case fieldLine, foldedLine, headTooLong, tooManyFields
    // What fields say
    case noHost, twoHosts, hostValue
    case contentLength, contentLengthTooLarge, twoContentLengths, transferCoding, twoTransferCodings, lengthAndCoding,
        codingInHTTP10
    // The chunked coding
    case chunkSize, chunkExtension, chunkLineTooLong, chunkLongerThanSize, trailersTooLong
    // The end of a reply
    case protocolSwitched, closedBeforeReply, closedInReply, bytesAfterReply

    /// What a server answers when this is wrong with a request (RFC 9110, section 15). Of no meaning for a reply.
    package var status: Int {
        switch self {
        case .contentLengthTooLarge: 413
        case .targetTooLong: 414
        case .headTooLong, .tooManyFields, .trailersTooLong: 431
        case .methodTooLong, .connect, .transferCoding: 501
        case .version: 505
        default: 400
        }
    }

    /// A sentence about the message, which holds nothing of the message.
    package var reason: String {
        switch self {
        case .requestLine: "The first line isn't a method, a target and a version with one space between them."
        case .version: "The version isn't HTTP/1.0 or HTTP/1.1."
        case .methodTooLong: "The method is longer than any that is known."
        case .connect: "CONNECT isn't served."
        case .target: "The target is neither a path nor an http URL."
        case .targetTooLong: "The target is longer than \(HTTP1Limits.target) bytes."
        case .statusLine: "The reply doesn't begin with an HTTP/1 status line."
        case .bareLineFeed: "A line ends without a carriage return."
        case .bareCarriageReturn: "A carriage return stands without its line feed."
        case .controlCharacter: "A line holds a control character."
        case .fieldLine: "A header field is malformed."
        case .foldedLine: "A header field is folded over several lines."
        case .headTooLong: "The head is longer than \(HTTP1Limits.head) bytes."
        case .tooManyFields: "There are more than \(HTTP1Limits.fields) header fields."
        case .noHost: "The host field is missing."
        case .twoHosts: "There is more than one host field."
        case .hostValue: "The host isn't a host and a port."
        case .contentLength: "The content length is not one number."
        case .contentLengthTooLarge: "The content length is beyond what any body has."
        case .twoContentLengths: "There is more than one content length."
        case .transferCoding: "There is a transfer coding other than chunked."
        case .twoTransferCodings: "There is more than one transfer coding."
        case .lengthAndCoding: "There are both a content length and a transfer coding."
        case .codingInHTTP10: "HTTP/1.0 has no transfer codings."
        case .chunkSize: "A chunk size is not a number."
        case .chunkExtension: "A chunk size is followed by what is no extension."
        case .chunkLineTooLong: "A line of the chunked coding is too long."
        case .chunkLongerThanSize: "A chunk is longer than its size."
        case .trailersTooLong: "The trailers are too long, or too many."
        case .protocolSwitched: "The upstream switched to another protocol."
        case .closedBeforeReply: "The connection was closed before the reply."
        case .closedInReply: "The connection was closed in the middle of the reply."
        case .bytesAfterReply: "Bytes follow the end of the reply."
        }
    }
}

extension HTTP1Failure: CustomStringConvertible {
    package var description: String { reason }
}

/// How much is read of what has no length of its own.
package enum HTTP1Limits {
    /// Bytes of a head, from the first line to the empty one. Offsets in it are kept in 16 bits.
    package static let head = 64 << 10
    package static let fields = 200
    /// Bytes of a request's target.
    package static let target = 16 << 10
    /// Bytes of a method. No registered one has more than 17.
    static let method = 32
    /// Bytes of extensions that a body may have beyond its content.
    static let chunkExtensions = 16 << 10
    /// Bytes of trailers.
    static let trailers = 16 << 10
}
