/// Reads HTTP/1.1 requests (RFC 9112), one after the other, strictly: what could be framed in two ways isn't read.
///
/// A value without I/O. Feed it what came; it says what that is, body bytes as ranges of what it was fed.
///
///     while let event = try parser.next(in: bytes, at: &position) {
///         switch event {
///         case .head(let head): begin(head)
///         case .body(let range): take(bytes[range])
///         case .end: answer()
///         }
///     }
package struct HTTP1RequestParser {
    package enum Event {
        case head(HTTP1RequestHead)
        /// Where in the bytes at hand a part of the body stands.
        case body(Range<Int>)
        /// The request is complete; the next one may follow at once.
        case end
    }

    private enum State {
        case head
        case body(isLast: Bool)
        /// The last request ended the connection: nothing behind it is one (RFC 9112, section 9.6).
        case over
        case failed(HTTP1Failure)
    }

    private var state = State.head
    private var head: HTTP1HeadReader<HTTP1RequestDraft>
    private var body = HTTP1BodyReader(.none, padding: .refused)

    /// - Parameters:
    ///   - headLimit: bytes of a head, up to ``HTTP1Limits/head``.
    ///   - fieldLimit: fields of a head.
    package init(headLimit: Int = HTTP1Limits.head, fieldLimit: Int = HTTP1Limits.fields) {
        head = HTTP1HeadReader(headLimit: min(headLimit, HTTP1Limits.head), fieldLimit: fieldLimit)
    }

    /// The next event in `bytes` from `position` on, which moves forward; nil when more bytes are needed, and all of
    /// these were taken. After a failure there is nothing else: where the next request begins can't be known.
    package mutating func next(
        in bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(HTTP1Failure) -> Event? {
        do throws(HTTP1Failure) {
            switch state {
            case .head: return try nextHead(bytes, &position)
            case .body(let isLast): return try nextPart(bytes, &position, isLast: isLast)
            case .over:
                position = bytes.count
                return nil
            case .failed(let failure): throw failure
            }
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Whether nothing of a next request has come; the empty line that may stand before one is none of it.
    package var isBetweenRequests: Bool {
        switch state {
        case .head: head.gathered.isEmpty || head.gathered.count <= 2 && head.gathered[0] == HTTP1Octet.carriageReturn
        case .over: true
        case .body, .failed: false
        }
    }

    private mutating func nextHead(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(HTTP1Failure) -> Event? {
        guard let read = try head.next(in: bytes, at: &position) else { return nil }
        body = HTTP1BodyReader(read.framing, padding: .refused)
        state = .body(isLast: !read.keepsAlive)
        return .head(read)
    }

    private mutating func nextPart(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, isLast: Bool
    ) throws(HTTP1Failure) -> Event? {
        switch try body.next(in: bytes, at: &position) {
        case .part(let range): return .body(range)
        case .end:
            state = isLast ? .over : .head
            return .end
        case nil: return nil
        }
    }
}

private struct HTTP1RequestDraft: HTTP1HeadDraft {
    private var line: HTTP1RequestLine?
    private var facts = HTTP1RequestFacts()

    /// RFC 9112, section 2.2: one empty line may stand before a request.
    mutating func take(first line: Range<Int>, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Bool {
        guard !line.isEmpty || line.lowerBound > 0 else { return false }
        self.line = try HTTP1RequestLine(line, of: head)
        return true
    }

    mutating func take(_ field: HTTP1Field, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) {
        try facts.take(field, of: head)
    }

    func finished(_ fields: HTTP1Fields) throws(HTTP1Failure) -> HTTP1RequestHead {
        guard let line else { throw .requestLine }
        guard !line.isHTTP11 || facts.host != nil else { throw .noHost }
        return HTTP1RequestHead(line, facts, framing: try framing(line), fields: fields)
    }

    /// RFC 9112, section 6.3, without its leave to prefer the coding to a length.
    private func framing(_ line: HTTP1RequestLine) throws(HTTP1Failure) -> HTTP1Framing {
        guard facts.framing.isChunked else { return facts.framing.length.map(HTTP1Framing.length) ?? .none }
        guard facts.framing.length == nil else { throw .lengthAndCoding }
        guard line.isHTTP11 else { throw .codingInHTTP10 }
        return .chunked
    }
}
