import Fuzzing
import Testing

@testable import Wire

/// However bytes are cut into pieces, they are the same messages, and the same faults.
@Suite struct HTTP1SplitTests {
    @Test(arguments: MessageMutator.requests)
    func `wherever requests are split they are the same requests`(_ text: String) {
        let bytes = Array(text.utf8)
        let whole = RequestTranscript(text)
        #expect(whole.failure == nil && whole.requests.allSatisfy(\.isEnded) && whole.brokenPromise == nil)
        for cut in 0...bytes.count {
            #expect(RequestTranscript(of: [bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
            for second in [cut + 1, cut + 2] where second <= bytes.count {
                #expect(RequestTranscript(of: [bytes[..<cut], bytes[cut..<second], bytes[second...]]) == whole)
            }
        }
        #expect(RequestTranscript(of: bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: x\r\n\r\n", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", "GET /#x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\nA : b\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\rx", "\r\n\r\nGET / HTTP/1.1\r\n",
    ])
    func `a fault is the same wherever it is split, and told at its first byte`(_ text: String) {
        let bytes = Array(text.utf8)
        let whole = RequestTranscript(text)
        #expect(whole.failure != nil && whole.brokenPromise == nil)
        let first = (0...bytes.count).first { RequestTranscript(of: [bytes[..<$0]]).failure != nil } ?? 0
        for cut in 0...bytes.count {
            #expect(RequestTranscript(of: [bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
            #expect(RequestTranscript(of: [bytes[..<cut]]).failure == (cut < first ? nil : whole.failure))
        }
        #expect(RequestTranscript(of: bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test(arguments: 1...8)
    func `requests that are almost right are read alike however they come, and never too far`(_ seed: Int) throws {
        var mutator = MessageMutator(seed: UInt64(seed), of: MessageMutator.requests)
        let guarded = try #require(GuardedBytes(capacity: 1 << 16))
        for _ in 0..<500 {
            let bytes = mutator.next()
            let whole = guarded.withCopy(of: bytes) { RequestTranscript($0) }
            #expect(whole.brokenPromise == nil)
            let cuts = [0] + mutator.cuts(of: bytes.count, pieces: 3) + [bytes.count]
            let pieces = zip(cuts, cuts.dropFirst()).map { bytes[$0..<$1] }
            let inPieces = RequestTranscript(of: pieces)
            let inBytes = RequestTranscript(of: bytes.indices.map { bytes[$0...$0] })
            #expect(
                inPieces == whole && inBytes == whole, "\(String(reflecting: String(decoding: bytes, as: UTF8.self)))")
        }
    }

    @Test func `replies that are almost right are read alike however they come`() {
        var mutator = MessageMutator(seed: 0, of: MessageMutator.replies)
        for _ in 0..<2_000 {
            let bytes = mutator.next()
            let whole = ReplyTranscript(of: [bytes[...]])
            let cuts = [0] + mutator.cuts(of: bytes.count, pieces: 3) + [bytes.count]
            #expect(ReplyTranscript(of: zip(cuts, cuts.dropFirst()).map { bytes[$0..<$1] }) == whole)
            #expect(ReplyTranscript(of: bytes.indices.map { bytes[$0...$0] }) == whole)
        }
    }

    @Test func `what was read can be written down and read again`() {
        var mutator = MessageMutator(seed: 0, of: MessageMutator.requests)
        var count = 0
        for _ in 0..<2_000 {
            for request in RequestTranscript(of: [mutator.next()]).requests where request.isEnded {
                count += 1
                let again = RequestTranscript(of: [request.bytes])
                #expect(again.requests == [request] && again.failure == nil && again.isBetweenRequests)
            }
        }
        #expect(count > 800)
    }
}

extension RequestTranscript.Request {
    /// The request in its plainest form.
    fileprivate var bytes: [UInt8] {
        let lines = fields.map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return "\(parts[0]): \(parts[1])\r\n"
        }
        let head = "\(method) \(target) HTTP/1.\(isHTTP11 ? 1 : 0)\r\n\(lines.joined())\r\n"
        let chunk = body.isEmpty ? [] : Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n".utf8)
        return Array(head.utf8) + (framing == .chunked ? chunk + Array("0\r\n\r\n".utf8) : body)
    }
}
