import Domain
import Pipeline
import Providers
import Testing
import Wire

@Suite struct CustodyRecordTests {
    static let canary = "canary-7f3a"

    /// Every way a life can end, with the canary in all that the caller and the upstream write.
    @Test(arguments: ["a", "c"], [true, false])
    func `no content gets into a record`(route: String, streamed: Bool) throws {
        let body =
            #"{"model":"\#(route)","stream":\#(streamed),"messages":[{"role":"user","content":"\#(Self.canary)"}],"#
            + #""user":"\#(Self.canary)","tools":[{"type":"function","function":{"name":"\#(Self.canary)"}}]}"#
        for ending in Life.allCases {
            let life = ExchangeLife(body, in: try PipelineFixture.snapshot())
            try life.prepare()
            try life.send()
            let opened = life.exchange.openingEntry().json
            let closed = try ending.run(life)
            for json in [opened, closed] {
                let text = String(decoding: json, as: UTF8.self)
                #expect(!text.contains(Self.canary) && !text.contains("upstream-secret"), "\(ending)")
                #expect((try? JSON(parsing: json)) != nil)
            }
        }
    }

    @Test(arguments: [
        #"{"model":"canary-7f3a","messages":[0]}"#, #"{"model":"a","messages":[0],"privacy_tier":"canary-7f3a"}"#,
        #"{"model":"a","messages":[0],"pii_substitution":"canary-7f3a"}"#, #"{"canary-7f3a":{"#,
    ])
    func `what a refused request said isn't in its record`(_ body: String) throws {
        let life = ExchangeLife(body, in: try PipelineFixture.snapshot())
        let error = try #require(throws: GatewayError.self) { try life.prepare() }
        life.refused(error)
        #expect(try !life.closed().text().contains(Self.canary))
    }

    @Test func `what an upstream names itself is written so that it stays JSON`() throws {
        let attempt = try attempt(id: "a\"b\\", answer: #"{"model":"m\"\\é"}"#)
        #expect(attempt["upstream_request_id"] == "a\"b\\" && attempt["answered_model"] == "m\"\\é")
    }

    @Test(arguments: ["you asked: what", "a\tb", String(repeating: "a", count: 257)])
    func `what is no name of one word, or a very long one, is no name of an upstream's`(text: String) throws {
        let attempt = try attempt(id: text, answer: (["model": .string(text)] as JSON).text())
        #expect(attempt["upstream_request_id"] == nil && attempt["answered_model"] == nil)
    }

    /// The attempt of a request that an upstream has answered under names of its own.
    private func attempt(id: String, answer: String) throws -> JSON {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        try life.send()
        life.connected(to: "[2001:db8::1]:443")
        life.received(head: 200, [("x-request-id", id)])
        life.received(answer)
        life.ended()
        return try #require(try life.closed()["attempts"]?.array?.first)
    }

    private enum Life: CaseIterable {
        case whole, truncated, refusedUpstream, unreachable, cancelled

        func run(_ life: ExchangeLife) throws -> [UInt8] {
            switch self {
            case .whole, .truncated:
                life.received(head: 200)
                for piece in reply(life) { life.received(piece) }
                if life.ending == nil { life.ended() }
            case .refusedUpstream:
                life.received(head: 400)
                life.received(
                    #"{"error":{"message":"\#(CustodyRecordTests.canary)"},"message":"\#(CustodyRecordTests.canary)"}"#)
                life.ended()
            case .unreachable:
                while life.failed() == "send again" { try life.send() }
            case .cancelled:
                return Array(try life.cancelled().text().utf8)
            }
            if life.ending == nil { return Array(try life.cancelled().text().utf8) }
            return Array(try life.closed().text().utf8)
        }

        private func reply(_ life: ExchangeLife) -> [[UInt8]] {
            let text = CustodyRecordTests.canary
            let isBedrock = life.record.askedRoute == "c"
            let isWhole = self == .whole
            switch (isBedrock, life.record.isStreamed) {
            case (false, false):
                return [Array((#"{"choices":[{"message":{"content":"\#(text)"}}]"# + (isWhole ? "}" : "")).utf8)]
            case (false, true):
                let first = #"data: {"choices":[{"delta":{"content":"\#(text)"}}]}"# + "\n\n"
                return [Array((first + (isWhole ? ExchangeStreamTests.last : "")).utf8)]
            case (true, false):
                let first = #"{"output":{"message":{"content":[{"text":"\#(text)"}]}},"stopReason":"end_turn""#
                return [Array((first + (isWhole ? "}" : "")).utf8)]
            case (true, true):
                let event = EventStreamMessage(
                    headers: [(":event-type", .string("contentBlockDelta")), (":message-type", .string("event"))],
                    payload: Array(#"{"contentBlockIndex":0,"delta":{"text":"\#(text)"}}"#.utf8))
                return [event.encoded()]
            }
        }
    }
}
