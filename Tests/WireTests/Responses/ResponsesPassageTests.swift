import TestSupport
import Testing
import Wire

@Suite struct ResponsesPassageTests {
    private static let created =
        "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,"
        + "\"response\":{\"id\":\"resp_1\",\"model\":\"gpt-5\",\"status\":\"in_progress\",\"error\":null,\"usage\":null}}\n\n"
    private static let delta =
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":1,"
        + "\"delta\":\"status: failed 🍁\"}\n\n"
    private static let completed =
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,"
        + "\"response\":{\"id\":\"resp_1\",\"model\":\"gpt-5\",\"status\":\"completed\",\"error\":null,"
        + "\"output\":[{\"status\":\"failed\",\"model\":\"x\"}],\"usage\":{\"input_tokens\":9,"
        + "\"input_tokens_details\":{\"cached_tokens\":4,\"cache_write_tokens\":1},\"output_tokens\":3,"
        + "\"output_tokens_details\":{\"reasoning_tokens\":2},\"total_tokens\":12}}}\n\n"

    @Test func `a stream passes byte for byte and is counted`() throws {
        let text = Self.created + ": ping\n\n" + Self.delta + Self.completed
        let (out, passage) = try pass(text)
        #expect(out + closing(of: passage) == text)
        #expect(closing(of: passage) == Self.completed)
        #expect(passage.usage == ChatUsage(input: 9, output: 3, cachedInput: 4, cacheWrite: 1, reasoning: 2))
        #expect(passage.model == "gpt-5" && passage.id == "resp_1" && passage.pieceCount == 1)
        #expect(passage.isFinished && passage.isDone && !passage.isInsideEvent && passage.nextSequenceNumber == 3)
    }

    @Test func `however a stream is cut it passes alike`() throws {
        let text = Self.created + Self.delta + Self.completed
        let bytes = Array(text.utf8)
        var chance = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var passage = ResponsesStreamPassage()
            var out: [UInt8] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + 1 + chance.below(90))
                try bytes[start..<end].withUnsafeBytes { try passage.receive($0, into: &out) }
                start = end
            }
            passage.end()
            #expect(String(decoding: out + passage.closing, as: UTF8.self) == text)
            #expect(passage.isDone && passage.usage?.output == 3)
        }
    }

    @Test(arguments: 0..<completed.utf8.count)
    func `a stream that ends early is neither finished nor done`(_ count: Int) throws {
        let cut = Array((Self.created + Self.delta).utf8) + Self.completed.utf8.prefix(count)
        var passage = ResponsesStreamPassage()
        var out: [UInt8] = []
        try cut.withUnsafeBytes { try passage.receive($0, into: &out) }
        passage.end()
        // The very last line break is the empty line that ends the event.
        #expect(!passage.isFinished || passage.isInsideEvent == false && count >= Self.completed.utf8.count)
    }

    @Test(
        arguments: [
            (
                #"{"type":"error","code":"server_error","message":"Broken.","param":null,"sequence_number":1}"#,
                "Broken."
            ),
            (
                #"{"type":"response.failed","response":{"status":"failed","error":{"code":"x","message":"Gone."}}}"#,
                "Gone."
            ),
            (#"{"type":"response.failed","response":{"status":"failed"}}"#, "It failed without saying why."),
            (#"{"error":{"message":"As on the chat wire."}}"#, "As on the chat wire."),
        ])
    func `a failure stays here and is told`(_ data: String, _ message: String) {
        #expect(throws: ResponsesStreamPassage.Failure.error(message)) { try pass(Self.created + "data: \(data)\n\n") }
    }

    @Test func `the mark of the chat wire stays here`() throws {
        let (out, passage) = try pass(Self.created + Self.completed + "data: [DONE]\n\n")
        #expect(out == Self.created && closing(of: passage) == Self.completed)
    }

    @Test func `what is no JSON or too long is refused`() {
        #expect(throws: ResponsesStreamPassage.Failure.malformed) { try pass("data: {\"a\n\n") }
        #expect(throws: ResponsesStreamPassage.Failure.tooLong(limit: 64)) {
            var passage = ResponsesStreamPassage(limit: 64)
            var out: [UInt8] = []
            try Array(Self.created.utf8).withUnsafeBytes { try passage.receive($0, into: &out) }
        }
    }

    @Test func `the counts of a whole response are found among everything else`() throws {
        let scan = try scan(
            #"""
            {"id":"resp_1","object":"response","model":"m-1","status":"incomplete","error":null,
             "output":[{"id":"x","status":"failed","model":"y","usage":{"input_tokens":1}}],
             "usage":{"input_tokens":10,"output_tokens":5,"input_tokens_details":{"cached_tokens":11},
             "output_tokens_details":{"reasoning_tokens":9}}}
            """#)
        #expect(scan.usage == ChatUsage(input: 10, output: 5, cachedInput: 10, reasoning: 5))
        #expect(scan.model == "m-1" && scan.id == "resp_1" && scan.isFinished && scan.error == nil)
    }

    @Test func `a response that failed says so`() throws {
        let failed = try scan(#"{"status":"failed","error":{"code":"server_error","message":"Broken."}}"#)
        #expect(failed.error == "Broken." && !failed.isFinished)
        #expect(try scan(#"{"status":"cancelled"}"#).error != nil)
        #expect(try scan(#"{"status":"completed","message":"x"}"#).error == nil)
    }

    private func closing(of passage: ResponsesStreamPassage) -> String {
        String(decoding: passage.closing, as: UTF8.self)
    }

    private func scan(_ text: String) throws -> ResponsesReplyScan {
        try Array(text.utf8).withUnsafeBytes { try ResponsesReplyScan($0) }
    }

    private func pass(_ text: String) throws -> (out: String, passage: ResponsesStreamPassage) {
        var passage = ResponsesStreamPassage()
        var out: [UInt8] = []
        try Array(text.utf8).withUnsafeBytes { try passage.receive($0, into: &out) }
        passage.end()
        return (String(decoding: out, as: UTF8.self), passage)
    }
}
