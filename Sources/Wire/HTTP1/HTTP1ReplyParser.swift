/// Reads HTTP/1.1 replies (RFC 9112), strictly: what could be framed in two ways isn't read at all.
///
/// A value without I/O. Feed it what came; it says what that is, body bytes as ranges of what it was fed.
package struct HTTP1ReplyParser {
    package enum Event {
        case head(ReplyHead)
        /// Where in the bytes at hand a part of the body stands.
        case body(Range<Int>)
        case end
    }

    private var head = HTTP1HeadReader<HTTP1ReplyDraft>()
    /// Nil until the head has come.
    private var body: HTTP1BodyReader?
    /// Whether the connection can take another request after this reply.
    package private(set) var isReusable = true
    /// Whether any byte of the reply has come.
    package private(set) var hasBegun = false

    package init() {}

    /// The next event in `bytes` from `position` on, which moves forward; nil when more bytes are needed.
    package mutating func next(
        in bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(HTTP1Failure) -> Event? {
        guard body != nil else { return try nextHead(bytes, &position) }
        switch try body?.next(in: bytes, at: &position) {
        case .part(let range): return .body(range)
        case .end: return .end
        case nil:
            guard !isDone || position == bytes.count else { throw .bytesAfterReply }
            return nil
        }
    }

    /// The connection is over. The end of the reply, if that is how it ends; nil if nothing was awaited.
    package mutating func closed() throws(HTTP1Failure) -> Event? {
        guard !isDone else { return nil }
        guard body?.endsWithConnection == true else { throw hasBegun ? .closedInReply : .closedBeforeReply }
        _ = body?.end()
        return .end
    }

    /// Ready for the reply to the next request.
    package mutating func reset() { self = HTTP1ReplyParser() }

    package var isDone: Bool { body?.isDone == true }

    private mutating func nextHead(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(HTTP1Failure) -> Event? {
        if position < bytes.count { hasBegun = true }
        while let draft = try head.next(in: bytes, at: &position) {
            if !draft.keepsConnection { isReusable = false }
            // 1xx says only that the real one follows (RFC 9110, section 15.2).
            guard draft.head.status >= 200 else { continue }
            body = try draft.body()
            if body?.endsWithConnection == true { isReusable = false }
            return .head(draft.head)
        }
        return nil
    }
}

/// What the head of a reply says.
private struct HTTP1ReplyFacts {
    let head: ReplyHead
    let isHTTP11: Bool
    let framing: HTTP1FramingFields

    var keepsConnection: Bool { isHTTP11 && !framing.closes }

    /// RFC 9112, section 6.3.
    func body() throws(HTTP1Failure) -> HTTP1BodyReader {
        switch head.status {
        case 204, 304: return HTTP1BodyReader(.none, padding: .tolerated)
        default: break
        }
        guard framing.isChunked else {
            return framing.length.map { HTTP1BodyReader(.length($0), padding: .tolerated) } ?? .untilClose
        }
        guard framing.length == nil else { throw .lengthAndCoding }
        return HTTP1BodyReader(.chunked, padding: .tolerated)
    }
}

private struct HTTP1ReplyDraft: HTTP1HeadDraft {
    private var status = 0
    private var isHTTP11 = true
    private var framing = HTTP1FramingFields()

    /// `HTTP/1.1 200 OK`
    mutating func take(first line: Range<Int>, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Bool {
        let start = line.lowerBound
        // The version, a space and three digits; then nothing, or a space and what nobody reads.
        guard line.count >= 12, head[start + 8] == HTTP1Octet.space,
            line.count == 12 || head[start + 12] == HTTP1Octet.space
        else { throw .statusLine }
        isHTTP11 = head.holds("HTTP/1.1", at: start..<start + 8)
        guard isHTTP11 || head.holds("HTTP/1.0", at: start..<start + 8) else { throw .statusLine }
        for byte in head[start + 9..<start + 12] {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { throw .statusLine }
            status = status * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard status >= 100 else { throw .statusLine }
        guard status != 101 else { throw .protocolSwitched }
        return true
    }

    mutating func take(_ field: HTTP1Field, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) {
        try framing.take(field, of: head)
    }

    func finished(_ fields: HTTP1Fields) throws(HTTP1Failure) -> HTTP1ReplyFacts {
        HTTP1ReplyFacts(head: ReplyHead(status: status, fields: fields), isHTTP11: isHTTP11, framing: framing)
    }
}
