package import Wire

/// What a parser makes of requests that come in pieces.
package struct RequestTranscript: Equatable {
    package struct Request: Equatable {
        package var method = ""
        package var target = ""
        package var path = ""
        package var pathAndQuery = ""
        package var host = ""
        package var isHTTP11 = true
        package var fields: [String] = []
        package var framing = HTTP1Framing.none
        package var keepsAlive = true
        package var expectsContinue = false
        package var repeatsCredentials = false
        package var body: [UInt8] = []
        package var isEnded = false
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    package private(set) var requests: [Request] = []
    package private(set) var failure: HTTP1Failure?
    package private(set) var isBetweenRequests = true
    /// What the parser did that it promised not to do.
    package private(set) var brokenPromise: String?

    package init<Pieces: Sequence>(of pieces: Pieces) where Pieces.Element: Collection<UInt8> {
        var parser = HTTP1RequestParser()
        for piece in pieces where failure == nil {
            let bytes = Array(piece)
            bytes.withUnsafeBytes { feed($0, to: &parser) }
        }
        isBetweenRequests = parser.isBetweenRequests
    }

    /// All of it at once.
    package init(_ text: String) { self.init(of: [Array(text.utf8)]) }

    /// All of it at once, and nothing is copied before.
    package init(_ bytes: UnsafeRawBufferPointer) {
        var parser = HTTP1RequestParser()
        feed(bytes, to: &parser)
        isBetweenRequests = parser.isBetweenRequests
    }

    private mutating func feed(_ bytes: UnsafeRawBufferPointer, to parser: inout HTTP1RequestParser) {
        var position = 0
        var before = 0
        do throws(HTTP1Failure) {
            while let event = try parser.next(in: bytes, at: &position) {
                check(before <= position && position <= bytes.count, "The position went back, or out of the bytes.")
                take(event, of: bytes, before..<position)
                before = position
            }
            check(position == bytes.count, "Bytes were left.")
        } catch {
            failure = error
            repeatFailure(bytes, &parser, &position)
        }
    }

    private mutating func take(_ event: HTTP1RequestParser.Event, of bytes: UnsafeRawBufferPointer, _ read: Range<Int>)
    {
        switch event {
        case .head(let head):
            check(requests.last?.isEnded ?? true, "A request began in another.")
            requests.append(Request(head))
        case .body(let range):
            check(!range.isEmpty, "A part of a body was empty.")
            check(
                read.lowerBound <= range.lowerBound && range.upperBound == read.upperBound,
                "A part wasn't the last read.")
            requests[requests.count - 1].body += bytes[range]
        case .end: requests[requests.count - 1].isEnded = true
        }
    }

    /// A parser that failed once goes on failing.
    private mutating func repeatFailure(
        _ bytes: UnsafeRawBufferPointer, _ parser: inout HTTP1RequestParser, _ position: inout Int
    ) {
        do throws(HTTP1Failure) {
            _ = try parser.next(in: bytes, at: &position)
            brokenPromise = "The parser went on after a failure."
        } catch {
            check(error == failure, "A failure turned into another.")
        }
    }

    private mutating func check(_ isKept: Bool, _ promise: String) {
        if !isKept { brokenPromise = promise }
    }
}

extension RequestTranscript.Request {
    package init(_ head: HTTP1RequestHead) {
        method = head.methodText
        target = head.target
        path = head.path
        pathAndQuery = head.pathAndQuery
        host = head.host
        isHTTP11 = head.isHTTP11
        fields = head.fields.all.map { "\($0.name)=\($0.value)" }
        framing = head.framing
        keepsAlive = head.keepsAlive
        expectsContinue = head.expectsContinue
        repeatsCredentials = head.repeatsCredentials
    }
}
