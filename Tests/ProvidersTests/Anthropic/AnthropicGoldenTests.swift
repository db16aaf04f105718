import Domain
import Providers
import Testing
import Wire

@Suite struct AnthropicGoldenTests {
    @Test func `there are enough cases for each door`() {
        for (provider, count) in [("anthropic", 25), ("vertex_anthropic", 10), ("bedrock_anthropic", 10)] {
            #expect(AnthropicGoldenCase.all.count { $0.provider == provider } >= count)
        }
    }

    @Test(arguments: AnthropicGoldenCase.all)
    func `the upstream is asked what the file says`(_ golden: AnthropicGoldenCase) throws {
        let sent = try AnthropicGoldenRun(golden: golden).request()
        #expect(sent.text(.sorted) == golden.entry["upstream"]?["request"]?.text(.sorted))
    }

    @Test(arguments: AnthropicGoldenCase.all.filter { $0.reply != nil })
    func `the client gets what the file says`(_ golden: AnthropicGoldenCase) throws {
        let reply = try AnthropicGoldenRun(golden: golden).clientReply()
        #expect(reply.text(.sorted) == golden.entry["client"]?["reply"]?.text(.sorted))
    }

    @Test(arguments: AnthropicGoldenCase.streamed)
    func `a stream that is cut anywhere is never taken for complete`(_ golden: AnthropicGoldenCase) throws {
        let body = golden.replyBody()
        var all = AnthropicReading(try golden.adapter().reader(for: golden.chat()))
        for count in body.indices {
            var reading = all
            all.receive(body[count...count])
            reading.end()
            // Without the last empty line nothing that matters is missing.
            let isWhole = body[count...].allSatisfy { $0 == 0x0A } && golden.provider != "bedrock_anthropic"
            if !isWhole { #expect(reading.fault != nil && reading.events.last != .ended, "cut at \(count)") }
        }
    }

    @Test(arguments: AnthropicGoldenCase.streamed.filter { $0.provider == "bedrock_anthropic" })
    func `frames are taken off as if the stream had come without them`(_ golden: AnthropicGoldenCase) throws {
        let events = (golden.reply?["stream"]?.array ?? []).filter { event in
            event["exception"] == nil && event["frame"] == nil && event["type"] != "error"
        }
        #expect(try golden.replyEvents() == events.flatMap { AnthropicGoldenCase.serverSent($0) })
    }

    @Test(arguments: AnthropicGoldenCase.streamed)
    func `the passage learns what the reader learns, and passes every byte but the last event`(
        _ golden: AnthropicGoldenCase
    ) throws {
        let body = try golden.replyEvents()
        var reading = AnthropicReading(try golden.adapter().reader(for: golden.chat()))
        reading.receive(golden.replyBody()[...])
        reading.end()
        var passage = AnthropicStreamPassage()
        var out: [UInt8] = []
        let isFailed = (try? body.withUnsafeBytes { try passage.receive($0, into: &out) }) == nil
        passage.end()
        #expect(passage.isDone == (reading.fault == nil))
        #expect(body.starts(with: out))
        guard reading.fault == nil else { return }
        #expect(!isFailed && out + passage.closing == body && passage.isFinished && !passage.isInsideEvent)
        #expect(reading.events.contains { if case .usage(passage.usage) = $0 { true } else { false } })
        #expect(reading.events.contains { if case .started(_, passage.model) = $0 { true } else { false } })
    }
}
