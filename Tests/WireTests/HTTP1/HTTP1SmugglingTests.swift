import Fuzzing
import Testing

@testable import Wire

/// Requests that two readers could see end in two places (RFC 9112, section 11.2).
///
/// Each hides a second request in what another reader might take for the first one's body, or the other way round. None
/// of them is read, so nothing of what is behind them is.
@Suite struct HTTP1SmugglingTests {
    private static let hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"

    // MARK: Framing

    private static let framings: [(String, HTTP1Failure)] = [
        // CL.TE and TE.CL
        ("Content-Length: 6\r\nTransfer-Encoding: chunked", .lengthAndCoding),
        ("Transfer-Encoding: chunked\r\nContent-Length: 6", .lengthAndCoding),
        ("Transfer-Encoding: chunked\r\nContent-Length: 0", .lengthAndCoding),
        ("Content-Length: 6\r\nX-A: b\r\ntransfer-encoding:chunked", .lengthAndCoding),
        // TE.TE: codings that one reader may not recognize
        ("Transfer-Encoding: xchunked", .transferCoding), ("Transfer-Encoding: chunkedx", .transferCoding),
        ("Transfer-Encoding: identity", .transferCoding), ("Transfer-Encoding: identity, chunked", .transferCoding),
        ("Transfer-Encoding: chunked, identity", .transferCoding), ("Transfer-Encoding: gzip", .transferCoding),
        ("Transfer-Encoding: gzip, chunked", .transferCoding), ("Transfer-Encoding: chunked, gzip", .transferCoding),
        ("Transfer-Encoding: chunked, chunked", .transferCoding), ("Transfer-Encoding: chunked,", .transferCoding),
        ("Transfer-Encoding: ,chunked", .transferCoding), ("Transfer-Encoding: chunked;q=1", .transferCoding),
        ("Transfer-Encoding: \"chunked\"", .transferCoding), ("Transfer-Encoding: 'chunked'", .transferCoding),
        ("Transfer-Encoding: chun ked", .transferCoding), ("Transfer-Encoding: chunKed\u{A0}", .transferCoding),
        ("Transfer-Encoding:", .transferCoding), ("Transfer-Encoding: chunk", .transferCoding),
        ("Transfer-Encoding: \u{212A}chunked", .transferCoding), ("Transfer-Encoding: chun\u{212A}ed", .transferCoding),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .twoTransferCodings),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", .twoTransferCodings),
        ("Transfer-Encoding: x\r\nTransfer-Encoding: chunked", .transferCoding),
        ("Transfer-Encoding : chunked", .fieldLine), ("Transfer-Encoding\t: chunked", .fieldLine),
        (" Transfer-Encoding: chunked", .foldedLine), ("X: y\r\n Transfer-Encoding: chunked", .foldedLine),
        ("Transfer-Encoding:\r\n chunked", .transferCoding), ("Transfer-Encoding: x\r\n\tchunked", .transferCoding),
        ("Transfer-Encoding: \u{B}chunked", .controlCharacter), ("Transfer-Encoding: \u{0}chunked", .controlCharacter),
        ("Transfer-Encoding: chunked\u{C}", .controlCharacter), ("Transfer-Encoding\u{0}: chunked", .fieldLine),
        ("X: y\nTransfer-Encoding: chunked", .bareLineFeed), ("X: y\rTransfer-Encoding: chunked", .bareCarriageReturn),
        ("X: y\r\r\nTransfer-Encoding: chunked", .bareCarriageReturn),
        ("Transfer\u{2D}Encoding\r\n: chunked", .fieldLine),
        // CL.CL
        ("Content-Length: 5\r\nContent-Length: 6", .twoContentLengths),
        ("Content-Length: 5\r\nContent-Length: 5", .twoContentLengths),
        ("Content-Length: 5\r\nX-A: b\r\ncontent-length: 5", .twoContentLengths),
        // What isn't one number
        ("Content-Length: 5, 5", .contentLength), ("Content-Length: 5,6", .contentLength),
        ("Content-Length: +5", .contentLength), ("Content-Length: -5", .contentLength),
        ("Content-Length: -0", .contentLength), ("Content-Length: 5 5", .contentLength),
        ("Content-Length: 5\t5", .contentLength), ("Content-Length: 0x5", .contentLength),
        ("Content-Length: 5.0", .contentLength), ("Content-Length: 5e0", .contentLength),
        ("Content-Length: 1_0", .contentLength), ("Content-Length: \"5\"", .contentLength),
        ("Content-Length:", .contentLength), ("Content-Length: ٥", .contentLength),
        ("Content-Length: 5;", .contentLength), ("Content-Length: 5a", .contentLength),
        ("Content-Length: 1234567890123456", .contentLengthTooLarge),
        ("Content-Length: 18446744073709551621", .contentLengthTooLarge),
        ("Content-Length: 0000000000000005", .contentLengthTooLarge), ("Content-Length: 5\u{A0}", .contentLength),
        ("Content-Length: 5\u{0}", .controlCharacter), ("Content-Length: 5\u{B}", .controlCharacter),
        ("Content-Length: 5\n", .bareLineFeed), ("Content-Length: 5\r", .bareCarriageReturn),
        ("Content-Length : 5", .fieldLine), ("Content-Length\u{0}: 5", .fieldLine),
        ("Content-Length:\r\n 5", .contentLength), ("Content-Length: 1\r\n 5", .foldedLine),
    ]

    @Test(arguments: framings)
    func `a body that could end in two places isn't read`(_ fields: String, _ failure: HTTP1Failure) {
        for version in ["1.1", "1.0"] {
            let read = RequestTranscript(
                "POST / HTTP/\(version)\r\nHost: x\r\n\(fields)\r\n\r\n0\r\n\r\n\(Self.hidden)")
            #expect(read.failure == failure && read.requests.isEmpty)
        }
    }

    @Test func `the chunked coding is of HTTP 1.1`() {
        let read = RequestTranscript(
            "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(Self.hidden)")
        #expect(read.failure == .codingInHTTP10 && read.requests.isEmpty)
    }

    @Test func `what is wrong is told as what it is`() {
        #expect(HTTP1Failure.transferCoding.status == 501 && HTTP1Failure.version.status == 505)
        #expect(HTTP1Failure.lengthAndCoding.status == 400 && HTTP1Failure.bareLineFeed.status == 400)
    }

    // MARK: Chunks (RFC 9112, section 7.1)

    private static let chunks: [(String, HTTP1Failure)] = [
        ("g\r\n", .chunkSize), ("-1\r\n", .chunkSize), ("+1\r\n", .chunkSize),
        ("0x5\r\n", .chunkSize), (" 5\r\n", .chunkSize), ("\t5\r\n", .chunkSize), ("\r\n", .chunkSize),
        (";x\r\n", .chunkSize), ("٥\r\n", .chunkSize), ("5,6\r\n", .chunkSize), ("5\u{0}\r\n", .chunkSize),
        ("5_0\r\n", .chunkSize), ("5.\r\n", .chunkSize), ("\"5\"\r\n", .chunkSize), ("5\u{A0}\r\n", .chunkSize),
        // Sizes that overflow 64 bits to something small, or that could
        ("10000000000000005\r\n", .chunkSize), ("FFFFFFFFFFFFFFFF\r\n", .chunkSize),
        ("8000000000000000\r\n", .chunkSize),
        ("0000000000000005\r\n", .chunkSize), ("000000000000000000000000000000005\r\n", .chunkSize),
        // White space that no extension follows
        ("5 \r\n", .chunkExtension), ("5\t\r\n", .chunkExtension), ("5 5\r\n", .chunkExtension),
        ("5 x\r\n", .chunkExtension),
        // Line ends: in extensions too, where some readers look for none
        ("5\nhello\r\n0\r\n\r\n", .bareLineFeed), ("5;a\nhello\r\n0\r\n\r\n", .bareLineFeed),
        ("5 \nhello\r\n0\r\n\r\n", .bareLineFeed), ("5;a\rb\r\n", .bareCarriageReturn),
        ("5\rhello", .bareCarriageReturn),
        ("5\r\r\nhello", .bareCarriageReturn), ("5;\u{0}\r\n", .controlCharacter),
        ("5;a=\"\u{7F}\"\r\n", .controlCharacter),
        // Ends of chunks
        ("5\r\nhello\n0\r\n\r\n", .bareLineFeed), ("5\r\nhello0\r\n\r\n", .chunkLongerThanSize),
        ("5\r\nhelloXX0\r\n\r\n", .chunkLongerThanSize), ("4\r\nhello\r\n0\r\n\r\n", .chunkLongerThanSize),
        ("5\r\nhello\rX0\r\n\r\n", .bareCarriageReturn), ("5\r\nhello\r\r\n0\r\n\r\n", .bareCarriageReturn),
        ("6\r\nhello\r\n0\r\n\r\n", .bareLineFeed), ("7\r\nhello\r\n0\r\n\r\n", .chunkLongerThanSize),
        ("5\r\nhello\r\n\r\n0\r\n\r\n", .chunkSize),
        // The last chunk and what follows it
        ("0\n\r\n", .bareLineFeed), ("0\r\n\n", .bareLineFeed), ("0\r\n\rX", .bareCarriageReturn),
        ("0\r\nX\r\n\r\n", .fieldLine), ("0\r\nX : y\r\n\r\n", .fieldLine), ("0\r\n: y\r\n\r\n", .fieldLine),
        ("0\r\n X: y\r\n\r\n", .foldedLine), ("0\r\nX: y\r\n z\r\n\r\n", .foldedLine),
        ("0\r\nX: y\n\r\n", .bareLineFeed),
        ("0\r\nX: y\rZ: a\r\n\r\n", .bareCarriageReturn), ("0\r\nX: \u{0}\r\n\r\n", .controlCharacter),
        ("0\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n", .fieldLine),
    ]

    @Test(arguments: chunks)
    func `a chunk that is malformed is refused where it is`(_ chunks: String, _ failure: HTTP1Failure) {
        let read = RequestTranscript(Self.chunked(chunks + Self.hidden))
        #expect(read.failure == failure && read.requests.count == 1 && read.requests.first?.isEnded == false)
    }

    @Test func `trailers can't change what was decided`() {
        let read = RequestTranscript(
            Self.chunked("1\r\nx\r\n0\r\nContent-Length: 50\r\nTransfer-Encoding: x\r\nHost: y\r\n\r\n") + Self.hidden)
        #expect(read.failure == nil && read.requests.map(\.path) == ["/", "/hidden"])
        #expect(read.requests.first?.text == "x" && read.requests.first?.host == "x")
    }

    @Test func `a line of the chunked coding without an end is refused at its limit`() {
        let long = String(repeating: "x", count: 17 << 10)
        #expect(RequestTranscript(Self.chunked("5;" + long)).failure == .chunkLineTooLong)
        let spaces = String(repeating: " ", count: 17 << 10)
        #expect(RequestTranscript(Self.chunked("5" + spaces)).failure == .chunkLineTooLong)
        #expect(RequestTranscript(Self.chunked("0\r\n" + long)).failure == .trailersTooLong)
    }

    @Test func `fifteen digits are a size`() {
        let read = RequestTranscript(Self.chunked("FFFFFFFFFFFFFFF\r\nrest"))
        #expect(read.failure == nil && read.requests.first?.text == "rest" && read.requests.first?.isEnded == false)
    }

    // MARK: Bodies where none is expected

    @Test func `a body belongs to its request, whatever the method`() {
        for method in ["GET", "HEAD", "DELETE", "OPTIONS", "PURGE"] {
            let read = RequestTranscript(
                "\(method) /a HTTP/1.1\r\nHost: x\r\nContent-Length: \(Self.hidden.utf8.count)\r\n\r\n\(Self.hidden)")
            #expect(read.requests.map(\.path) == ["/a"] && read.requests.first?.text == Self.hidden)
        }
    }

    @Test func `without a length there is no body`() {
        let read = RequestTranscript("POST /a HTTP/1.1\r\nHost: x\r\n\r\n" + Self.hidden)
        #expect(read.requests.map(\.path) == ["/a", "/hidden"])
    }

    private static func chunked(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    }
}
