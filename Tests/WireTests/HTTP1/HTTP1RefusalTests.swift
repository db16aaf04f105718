import Fuzzing
import Testing

@testable import Wire

/// What isn't read, by the section that forbids it, or that leaves it open.
@Suite struct HTTP1RefusalTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let section: String
        let text: String
        let failure: HTTP1Failure

        init(_ section: String, _ text: String, _ failure: HTTP1Failure) {
            self.section = section
            self.text = text
            self.failure = failure
        }

        var testDescription: String { "\(section): \(String(reflecting: text))" }
    }

    // MARK: First lines

    private static let lines = [
        Refusal("RFC 9112, 3", "GARBAGE", .requestLine), Refusal("RFC 9112, 3", "GET", .requestLine),
        Refusal("RFC 9112, 3", "GET ", .requestLine), Refusal("RFC 9112, 3", "GET /", .requestLine),
        Refusal("RFC 9112, 3", "GET HTTP/1.1", .requestLine), Refusal("RFC 9112, 3", " GET / HTTP/1.1", .requestLine),
        Refusal("RFC 9112, 3", "GET  / HTTP/1.1", .target), Refusal("RFC 9112, 3", "GET /  HTTP/1.1", .target),
        Refusal("RFC 9112, 3", "GET / HTTP/1.1 ", .requestLine),
        Refusal("RFC 9112, 3", "GET\t/ HTTP/1.1", .requestLine),
        Refusal("RFC 9112, 3", "GET /\tHTTP/1.1", .requestLine), Refusal("RFC 9112, 3", "GET  HTTP/1.1", .requestLine),
        Refusal("RFC 9112, 3", "GET /a b HTTP/1.1", .target), Refusal("RFC 9112, 3", " / HTTP/1.1", .requestLine),
        Refusal("RFC 9112, 3.1", "G(T / HTTP/1.1", .requestLine),
        Refusal("RFC 9112, 3.1", "GÉT / HTTP/1.1", .requestLine),
        Refusal("RFC 9112, 3", String(repeating: "A", count: 33) + " / HTTP/1.1", .methodTooLong),
        Refusal("RFC 9112, 2.3", "GET / HTTP/2.0", .version), Refusal("RFC 9112, 2.3", "GET / HTTP/1.2", .version),
        Refusal("RFC 9112, 2.3", "GET / HTTP/0.9", .version), Refusal("RFC 9112, 2.3", "GET / HTTP/3.0", .version),
        Refusal("RFC 9112, 2.3", "GET / HTTP/2", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / HTTP/9.9.9", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / http/1.1", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / HTTP/1,1", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / HTTP/01.1", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / HTTP/1.10", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / ICAP/1.0", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / HTTP/1.", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / HTTP/+1.1", .requestLine),
        Refusal("RFC 9112, 2.3", "GET / HTTP/a.b", .requestLine),
        Refusal("RFC 9112, 3.2", "GET a HTTP/1.1", .target), Refusal("RFC 9112, 3.2", "GET ?a HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2", "GET /a#b HTTP/1.1", .target), Refusal("RFC 9112, 3.2", "GET /é HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2.2", "GET ftp://h/ HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2.2", "GET http:/h HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2.2", "GET http: HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2.2", "GET http:// HTTP/1.1", .target),
        Refusal("RFC 9110, 4.2.1", "GET http:///path HTTP/1.1", .target),
        Refusal("RFC 9110, 4.2.1", "GET http://?q HTTP/1.1", .target),
        Refusal("RFC 9110, 4.2.4", "GET http://user@h/ HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2.2", "GET http://h\\x/ HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2.3", "CONNECT h:443 HTTP/1.1", .connect),
        Refusal("RFC 9112, 3.2.3", "GET h:443 HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2.4", "GET * HTTP/1.1", .target),
        Refusal("RFC 9112, 3.2.4", "OPTIONS *a HTTP/1.1", .target),
        Refusal("RFC 9112, 2.2", "GET / HTTP/1.1\nX: y", .bareLineFeed),
        Refusal("RFC 9112, 2.2", "GET / HTTP/1.1\rX: y", .bareCarriageReturn),
        Refusal("RFC 9112, 2.2", "GET /\u{0} HTTP/1.1", .controlCharacter),
        Refusal("RFC 9112, 2.2", "GET /\u{7F} HTTP/1.1", .controlCharacter),
        Refusal("RFC 9112, 2.2", "GET /\u{1B}[0m HTTP/1.1", .controlCharacter),
        Refusal("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}", .controlCharacter),
        Refusal("RFC 9113, 3.4", "PRI * HTTP/2.0", .version),
    ]

    @Test(arguments: lines)
    func `what doesn't begin with a request line is no request`(_ refusal: Refusal) {
        let read = RequestTranscript(refusal.text + "\r\nHost: x\r\n\r\n")
        #expect(read.failure == refusal.failure && read.requests.isEmpty)
    }

    // MARK: Fields

    private static let fields = [
        Refusal("RFC 9112, 5.1", "X-A : b", .fieldLine), Refusal("RFC 9112, 5.1", "X-A\t: b", .fieldLine),
        Refusal("RFC 9112, 5.1", "Content-Length : 5", .fieldLine),
        Refusal("RFC 9112, 5.1", "Transfer-Encoding : chunked", .fieldLine),
        Refusal("RFC 9112, 5.2", "X-A: b\r\n c", .foldedLine), Refusal("RFC 9112, 5.2", "X-A: b\r\n\tc", .foldedLine),
        Refusal("RFC 9112, 5.2", "X-A: b\r\n ", .foldedLine),
        Refusal("RFC 9112, 5.2", "Transfer-Encoding:\r\n chunked", .transferCoding),
        Refusal("RFC 9112, 2.2", " X-A: b", .foldedLine), Refusal("RFC 9112, 2.2", "\tX-A: b", .foldedLine),
        Refusal("RFC 9112, 5", "X-A", .fieldLine), Refusal("RFC 9112, 5", ": b", .fieldLine),
        Refusal("RFC 9112, 5", ":", .fieldLine), Refusal("RFC 9112, 5", "X A: b", .fieldLine),
        Refusal("RFC 9110, 5.1", "Xé: b", .fieldLine), Refusal("RFC 9110, 5.1", "X(A): b", .fieldLine),
        Refusal("RFC 9110, 5.1", "X\u{0}A: b", .fieldLine), Refusal("RFC 9110, 5.1", "\"X\": b", .fieldLine),
        Refusal("RFC 9110, 5.1", "X@: b", .fieldLine), Refusal("RFC 9110, 5.1", "X[]: b", .fieldLine),
        Refusal("RFC 9110, 5.5", "X-A: \u{0}", .controlCharacter),
        Refusal("RFC 9110, 5.5", "X-A: b\u{7F}", .controlCharacter),
        Refusal("RFC 9110, 5.5", "X-A: \u{1B}[0m", .controlCharacter),
        Refusal("RFC 9110, 5.5", "X-A: \u{B}b", .controlCharacter),
        Refusal("RFC 9112, 2.2", "X-A: b\nX-B: c", .bareLineFeed), Refusal("RFC 9112, 2.2", "X-A: b\n", .bareLineFeed),
        Refusal("RFC 9112, 2.2", "X-A\n: b", .bareLineFeed), Refusal("RFC 9112, 2.2", "\nX-A: b", .bareLineFeed),
        Refusal("RFC 9112, 2.2", "X-A: b\rX-B: c", .bareCarriageReturn),
        Refusal("RFC 9112, 2.2", "X-A\r: b", .fieldLine), Refusal("RFC 9112, 2.2", "X-A: b\r", .bareCarriageReturn),
        Refusal("RFC 9112, 2.2", "\rX-A: b", .bareCarriageReturn),
        Refusal("RFC 9112, 3.2", "Host: y", .twoHosts), Refusal("RFC 9112, 3.2", "Host: x", .twoHosts),
        Refusal("RFC 9112, 3.2", "hOST:", .twoHosts),
    ]

    @Test(arguments: fields)
    func `a malformed field is refused, folded lines and bare line ends among them`(_ refusal: Refusal) {
        let read = RequestTranscript("GET / HTTP/1.1\r\nHost: x\r\n\(refusal.text)\r\n\r\n")
        #expect(read.failure == refusal.failure && read.requests.isEmpty)
    }

    @Test(arguments: [
        "a/b", "a b", "a,b c", "user@h", "h?x", "h#x", "h\\x", "é", "\"h\"", "<h>", "{h}", "h|x", "a^b", "http://h",
    ])
    func `a host is a host`(_ host: String) {
        let read = RequestTranscript("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(read.failure == .hostValue && read.requests.isEmpty)
    }

    @Test func `a request has a host, whatever its target`() {
        for target in ["/", "http://h/"] {
            #expect(RequestTranscript("GET \(target) HTTP/1.1\r\nX-Host: x\r\n\r\n").failure == .noHost)
        }
        #expect(RequestTranscript("GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n").failure == .twoHosts)
    }
}
