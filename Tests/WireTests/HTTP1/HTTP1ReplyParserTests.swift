import Fuzzing
import Testing

@testable import Wire

@Suite struct HTTP1ReplyParserTests {
    @Test func `a reply of known length ends where it says`() {
        let reply = ReplyTranscript("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b c \t\r\n\r\nhelloHTTP")
        #expect(reply.statuses == [200] && reply.text == "hello" && reply.isEnded && reply.leftOver == 4)
        #expect(reply.fields == ["Content-Length=5", "X-A=b c"] && reply.isReusable && reply.failure == nil)
    }

    @Test func `a reply in chunks is what is in them, extensions and trailers aside`() {
        let reply = ReplyTranscript(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n006 ; x\r\n world\r\n"
                + "0;last\r\nX-Trailer: y\r\n\r\n")
        #expect(reply.text == "hello world" && reply.isEnded && reply.isReusable && reply.leftOver == 0)
        #expect(reply.fields == ["Transfer-Encoding=Chunked"])
    }

    @Test(arguments: ["a", "A", "00000000000000a", "A;", "a \t", "a;\u{E9}"])
    func `a chunk size is hexadecimal`(_ size: String) {
        let reply = ReplyTranscript(chunked(size + "\r\n0123456789\r\n0\r\n\r\n"))
        #expect(reply.text == "0123456789" && reply.failure == nil)
    }

    @Test func `without a length the reply ends with the connection, which is then of no more use`() {
        let reply = ReplyTranscript("HTTP/1.1 200 OK\r\n\r\nall of it")
        #expect(reply.text == "all of it" && reply.isEnded && !reply.isReusable)
        #expect(!ReplyTranscript("HTTP/1.1 200 OK\r\n\r\nall", thenClosed: false).isEnded)
    }

    @Test func `replies that announce the real one are skipped`() {
        let reply = ReplyTranscript(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\nContent-Length: 9\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(reply.statuses == [200] && reply.text == "ok" && reply.isEnded && reply.isReusable)
    }

    @Test(arguments: [
        "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ])
    func `a reply without a body ends with its head`(_ text: String) {
        let reply = ReplyTranscript(text + "rest", thenClosed: false)
        #expect(reply.isEnded && reply.body.isEmpty && reply.leftOver == 4 && reply.isReusable)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", true), ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nconnection: Keep-Alive, CLOSE\r\n", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nconnection: x,close ,y\r\n", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\nConnection: close\r\n", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: closed\r\n", true),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n", false),
    ])
    func `a connection is kept unless either says otherwise`(_ head: String, _ isReusable: Bool) {
        let reply = ReplyTranscript(head + "\r\n")
        #expect(reply.isEnded && reply.isReusable == isReusable)
    }

    @Test(arguments: ["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 599 Très bien", "HTTP/1.0 200 OK"])
    func `a reason may be missing or odd`(_ line: String) {
        #expect(ReplyTranscript(line + "\r\nContent-Length: 0\r\n\r\n").isEnded)
    }

    @Test(arguments: [
        "HTTP/2 200 OK", "HTTP/1.2 200 OK", "http/1.1 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
        "HTTP/1.1 099 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 abc OK", "HTTP/1.1", "", " HTTP/1.1 200 OK", "ICY 200 OK",
        "HTTP/1.1 200 OK\nContent-Length: 5", "HTTP/1.1 200 O\u{0}K", "HTTP/1.1 200 OK\rX", "SSH-2.0-x",
    ])
    func `what doesn't begin with a status line is no reply`(_ line: String) {
        let reply = ReplyTranscript(line + "\r\nContent-Length: 0\r\n\r\n")
        #expect(reply.failure != nil && reply.statuses.isEmpty)
    }

    @Test func `a change of protocol that nobody asked for is refused`() {
        #expect(ReplyTranscript("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n").failure != nil)
    }

    @Test(arguments: [
        "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 5",
        "Content-Length: -5", "Content-Length: +5", "Content-Length: 0x5", "Content-Length: 5 5", "Content-Length:",
        "Content-Length: 1234567890123456", "Content-Length: ٥", "Transfer-Encoding: gzip",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: identity", "Transfer-Encoding:", "Transfer-Encoding: \"chunked\"",
    ])
    func `what could end in two places isn't read at all`(_ fields: String) {
        let reply = ReplyTranscript("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\nhello")
        #expect(reply.failure != nil && reply.statuses.isEmpty && reply.body.isEmpty)
    }

    @Test(arguments: [
        "X-A: b\r\n c", "X-A: b\r\n\tc", "X-A : b", " X-A: b", "X-A", ": b", "X A: b", "X-A: b\nX-B: c",
        "X-A: b\rX-B: c",
        "X-A: \u{0}", "X-A: \u{7F}", "X-A: \u{1B}[0m", "Xé: b", "X(A): b", "X-A: b\n",
    ])
    func `a malformed field is refused, folded lines and bare line feeds among them`(_ field: String) {
        let reply = ReplyTranscript("HTTP/1.1 200 OK\r\n\(field)\r\nContent-Length: 0\r\n\r\n")
        #expect(reply.failure != nil && reply.statuses.isEmpty)
    }

    @Test func `a value may hold tabs and bytes beyond ASCII`() {
        let reply = ReplyTranscript(
            "HTTP/1.1 200 OK\r\nX-A: b\té\r\nX-Empty:\r\n!#$%&'*+-.^_`|~9: y\r\nContent-Length: 0\r\n\r\n")
        #expect(reply.fields.prefix(3) == ["X-A=b\té", "X-Empty=", "!#$%&'*+-.^_`|~9=y"] && reply.isEnded)
    }

    @Test(arguments: [
        "", "g", "-1", "+1", "0x5", " 5", "5 5", "5 x", "5\t5", "1234567890123456", "٥", "é", ";x", "5\u{0}", "5;a\rb",
        "5,6",
    ])
    func `a chunk size that is none is refused`(_ size: String) {
        let reply = ReplyTranscript(chunked("\(size)\r\nhello\r\n0\r\n\r\n"))
        #expect(reply.failure != nil && reply.body.isEmpty && !reply.isEnded)
    }

    @Test(arguments: [
        "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n",
    ])
    func `a line of the chunked coding ends with both its characters`(_ body: String) {
        let reply = ReplyTranscript(chunked(body))
        #expect(reply.failure == .bareLineFeed && !reply.isEnded)
    }

    @Test func `a chunk longer than its size is refused`() {
        #expect(ReplyTranscript(chunked("4\r\nhello\r\n0\r\n\r\n")).failure == .chunkLongerThanSize)
    }

    @Test func `a head without an end is refused at its limit`() {
        let field = "x: " + String(repeating: "y", count: 1_000) + "\r\n"
        let fits = "HTTP/1.1 200 OK\r\n" + String(repeating: field, count: 64) + "content-length: 0\r\n\r\n"
        #expect(fits.utf8.count < 64 << 10 && ReplyTranscript(fits).isEnded)
        let long = "HTTP/1.1 200 OK\r\n" + String(repeating: field, count: 66)
        #expect(ReplyTranscript(long, thenClosed: false).failure == .headTooLong)
        let bytes = Array(long.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 999).map { bytes[$0..<min($0 + 999, bytes.count)] }
        #expect(ReplyTranscript(of: pieces, thenClosed: false).failure != nil)
    }

    @Test func `a line of the chunked coding without an end is refused at its limit`() {
        let reply = ReplyTranscript(chunked("5;" + String(repeating: "x", count: 17 << 10)), thenClosed: false)
        #expect(reply.failure == .chunkLineTooLong)
    }

    @Test(arguments: MessageMutator.replies)
    func `wherever a reply is split it is the same reply`(_ text: String) {
        let bytes = Array(text.utf8)
        let whole = ReplyTranscript(text)
        #expect(whole.failure == nil && whole.isEnded)
        for cut in 0...bytes.count {
            #expect(ReplyTranscript(of: [bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
            for second in [cut + 1, cut + 2] where second <= bytes.count {
                #expect(ReplyTranscript(of: [bytes[..<cut], bytes[cut..<second], bytes[second...]]) == whole)
            }
        }
        #expect(ReplyTranscript(of: bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test(arguments: MessageMutator.replies)
    func `a connection that closes early is told from the end of a reply`(_ text: String) throws {
        let bytes = Array(text.utf8)
        let isUntilClose = !text.lowercased().contains("content-length") && !text.contains("chunked")
        let endOfHead = try #require(text.endOffset(of: "\r\n\r\n", after: "HTTP/1.1 200"))
        for cut in 0..<bytes.count {
            let reply = ReplyTranscript(of: [bytes[..<cut]])
            let isWhole = isUntilClose && cut >= endOfHead
            #expect((reply.failure == nil) == isWhole && reply.isEnded == isWhole, "closed at \(cut)")
            if cut == 0 { #expect(reply.failure == .closedBeforeReply) }
            if cut > 0, !isWhole { #expect(reply.failure == .closedInReply) }
        }
    }

    @Test func `bytes behind the end are refused when they are read`() {
        var parser = HTTP1ReplyParser()
        let bytes = Array("HTTP/1.1 204 X\r\n\r\nHTTP/1.1 200 OK\r\n".utf8)
        bytes.withUnsafeBytes { buffer in
            var position = 0
            #expect(throws: Never.self) {
                while !parser.isDone { _ = try parser.next(in: buffer, at: &position) }
            }
            #expect(throws: HTTP1Failure.self) { try parser.next(in: buffer, at: &position) }
        }
    }

    @Test func `a parser that was reset knows nothing of the reply before`() throws {
        var parser = HTTP1ReplyParser()
        let bytes = Array("HTTP/1.0 200 OK\r\n\r\nbody".utf8)
        try bytes.withUnsafeBytes { buffer in
            var position = 0
            _ = try parser.next(in: buffer, at: &position)
        }
        #expect(parser.hasBegun && !parser.isReusable)
        parser.reset()
        #expect(!parser.hasBegun && parser.isReusable && !parser.isDone)
        let error = #expect(throws: HTTP1Failure.self) { try parser.closed() }
        #expect(error == .closedBeforeReply)
    }

    private func chunked(_ body: String) -> String { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(body)" }
}

extension String {
    /// The offset behind the first occurrence of a text that follows another.
    fileprivate func endOffset(of text: String, after other: String) -> Int? {
        let bytes = Array(utf8)
        func offset(of text: String, from start: Int) -> Int? {
            let wanted = Array(text.utf8)
            return (start...max(start, bytes.count - wanted.count)).first { bytes[$0...].starts(with: wanted) }
        }
        return offset(of: other, from: 0).flatMap { offset(of: text, from: $0) }.map { $0 + text.utf8.count }
    }
}
