import Domain
import Pipeline
import Providers
import Testing
import Wire

/// What an upstream is found to be, against what its route says.
@Suite struct DriftTests {
    private static let body = #"{"model":"a","messages":[{"role":"user","content":"x"}]}"#
    private let mismatch = AddressFinding(.mismatch, detail: "us-east-1", list: "aws-1")

    private func sent(_ body: String = Self.body, to adapter: any ProviderAdapter.Type) throws -> ExchangeLife {
        let life = ExchangeLife(body, in: try PipelineFixture.snapshot(firstAdapter: adapter))
        try life.prepare()
        try life.send()
        return life
    }

    private func attempt(_ life: ExchangeLife) throws -> JSON {
        try #require(try life.closed()["attempts"]?.array?.first)
    }

    @Test func `the ledger hears of a drift with the first entry after it was found`() throws {
        let life = try sent(to: OpenAICompatibleAdapter.self)
        #expect(!life.exchange.openingEntry().hasDrift)
        life.exchange.refusedAddress("192.0.2.1", mismatch)
        #expect(life.failed(.residency) == "send again")
        try life.send()
        #expect(life.exchange.openingEntry().hasDrift)
        life.received(head: 200)
        life.received(#"{"model":"upstream-b","choices":[]}"#)
        life.ended()
        #expect(try #require(life.ending).entry.hasDrift)
        let drifts = try attempt(life)["drifts"]
        #expect(drifts == [["expected": "ca-central-1", "kind": "address", "seen": "us-east-1"]])
    }

    @Test func `a reply that is as its route says is no drift, and the record has no member for it`() throws {
        let life = try sent(to: OpenAICompatibleAdapter.self)
        life.connected()
        life.received(head: 200, [("x-ms-region", "East US")])
        life.received(#"{"model":"upstream-a","choices":[],"usage":{"inference_geo":"us"}}"#)
        life.ended()
        let attempt = try attempt(life)
        #expect(try !#require(life.ending).entry.hasDrift)
        for member in ["drifts", "observed_region", "observed_geography", "evidence", "processing_evidence"] {
            #expect(attempt[member] == nil, "\(member)")
        }
    }

    @Test func `an attempt has several drifts, each of its own kind once`() throws {
        let life = try sent(to: AnthropicAdapter.self)
        life.exchange.connected(to: "192.0.2.1:443", mismatch)
        life.exchange.connected(to: "192.0.2.2:443", mismatch)
        life.received(head: 200)
        life.received(
            #"{"model":"claude","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1,"inference_geo":"us"}}"#
        )
        life.ended()
        let attempt = try attempt(life)
        #expect(
            attempt["drifts"] == [
                ["expected": "ca-central-1", "kind": "address", "seen": "us-east-1"],
                ["expected": "upstream-a", "kind": "model", "seen": "claude"],
                ["expected": "CA", "kind": "geography", "seen": "us"],
            ])
        #expect(attempt["observed_geography"] == "us" && attempt["processing_evidence"] == nil)
    }

    @Test(arguments: ["us and more", String(repeating: "u", count: 40), "u\ts"])
    func `what isn't one short word is no geography`(word: String) throws {
        let life = try sent(to: AnthropicAdapter.self)
        life.received(head: 200)
        let usage: JSON = ["input_tokens": 1, "inference_geo": .string(word)]
        let reply: JSON = ["model": "upstream-a", "content": [], "stop_reason": "end_turn", "usage": usage]
        life.received(reply.text())
        life.ended()
        #expect(try attempt(life)["observed_geography"] == nil && attempt(life)["drifts"] == nil)
    }

    @Test func `a reply that broke off, and one that nobody waits for, tell who has answered all the same`() throws {
        let streamed = #"{"model":"a","stream":true,"messages":[{"role":"user","content":"x"}]}"#
        let first = #"data: {"model":"another","choices":[{"delta":{"content":"x"}}]}"# + "\n\n"
        let broken = try sent(streamed, to: OpenAICompatibleAdapter.self)
        broken.received(head: 200)
        broken.received(first)
        broken.failed()
        #expect(try attempt(broken)["drifts"] == [["expected": "upstream-a", "kind": "model", "seen": "another"]])
        let left = try sent(streamed, to: OpenAICompatibleAdapter.self)
        left.received(head: 200)
        left.received(first)
        #expect(try left.cancelled()["attempts"]?.array?.first?["answered_model"] == "another")
    }
}
