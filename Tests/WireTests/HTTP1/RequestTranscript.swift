@testable import Wire

/// What a parser makes of requests that come in pieces.
struct RequestTranscript: Equatable {
    struct Request: Equatable {
        var method = ""
        var target = ""
        var path = ""
        var pathAndQuery = ""
        var host = ""
        var isHTTP11 = true
        var fields: [String] = []
        var framing = HTTP1Framing.none
        var keepsAlive = true
        var expectsContinue = false
        var repeatsCredentials = false
        var body: [UInt8] = []
        var isEnded = false
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private(set) var requests: [Request] = []
    private(set) var failure: HTTP1Failure?
    private(set) var isBetweenRequests = true
    /// What the parser did that it promised not to do.
    private(set) var brokenPromise: String?

    init<Pieces: Sequence>(of pieces: Pieces) where Pieces.Element: Collection<UInt8> {
        var parser = HTTP1RequestParser()
        for piece in pieces where failure == nil {
            let bytes = Array(piece)
            bytes.withUnsafeBytes { feed($0, to: &parser) }
        }
        isBetweenRequests = parser.isBetweenRequests
    }

    /// All of it at once.
    init(_ text: String) { self.init(of: [Array(text.utf8)]) }

    /// All of it at once, and nothing is copied before.
    init(_ bytes: UnsafeRawBufferPointer) {
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
    init(_ head: HTTP1RequestHead) {
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
