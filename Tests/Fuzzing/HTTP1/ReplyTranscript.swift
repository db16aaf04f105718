package import Wire

/// What a parser makes of a reply that comes in pieces.
package struct ReplyTranscript: Equatable {
    package var statuses: [Int] = []
    package var fields: [String] = []
    package var body: [UInt8] = []
    package var isEnded = false
    /// Bytes behind the end of the reply.
    package var leftOver = 0
    package var isReusable = false
    package var failure: HTTP1Failure?

    package init(of pieces: [ArraySlice<UInt8>], thenClosed: Bool = true) {
        var parser = HTTP1ReplyParser()
        do throws(HTTP1Failure) {
            for piece in pieces {
                guard !isEnded else {
                    leftOver += piece.count
                    continue
                }
                try feed(Array(piece), to: &parser)
            }
            if thenClosed, !isEnded, try parser.closed() != nil { isEnded = true }
        } catch {
            failure = error
        }
        isReusable = parser.isReusable
    }

    /// The whole reply at once.
    package init(_ reply: String, thenClosed: Bool = true) {
        self.init(of: [ArraySlice(reply.utf8)], thenClosed: thenClosed)
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    private mutating func feed(
        _ bytes: [UInt8], to parser: inout HTTP1ReplyParser
    ) throws(HTTP1Failure) {
        var position = 0
        while let event = try next(in: bytes, at: &position, of: &parser) {
            switch event {
            case .head(let head):
                statuses.append(head.status)
                fields += head.all.map { "\($0.name)=\($0.value)" }
            case .body(let range): body += bytes[range]
            case .end:
                isEnded = true
                leftOver = bytes.count - position
                return
            }
        }
    }

    private func next(
        in bytes: [UInt8], at position: inout Int, of parser: inout HTTP1ReplyParser
    ) throws(HTTP1Failure) -> HTTP1ReplyParser.Event? {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(HTTP1Failure) in try parser.next(in: buffer, at: &position) }
        }.get()
    }
}
