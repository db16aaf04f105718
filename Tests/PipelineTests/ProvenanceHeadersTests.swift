import Domain
import Pipeline
import Providers
import Testing
import Wire

@Suite struct ProvenanceHeadersTests {
    @Test func `a reply says who handled the request and where`() throws {
        let life = ExchangeLife(
            #"{"model":"c","messages":[{"role":"user","content":"x"}]}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        try life.send()
        #expect(
            try fields(life) == [
                "x-ni-request-id": "0123456789abcdeffedcba9876543210",
                "x-request-id": "0123456789abcdeffedcba9876543210",
                "x-ni-attempts": "1", "x-ni-policy": "sha256:p", "x-ni-resolved-tier": "managed_canadian_cloud",
                "x-ni-resolved-provider": "Bedrock", "x-ni-resolved-region": "ca-central-1",
                "x-ni-resolved-jurisdiction": "CA", "x-ni-custody-path": "NI-CA -> Bedrock-CA",
                "x-ni-credential-source": "platform", "x-ni-resolved-litellm-model": "bedrock/upstream-c",
                "x-ni-resolved-route": "c", "x-ni-processing": "CA", "x-ni-exposure": "CA,US",
                "x-ni-evidence": "declared",
            ])
    }

    @Test func `a reply that no route had a part in has the same names with nothing behind them`() throws {
        let sent = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
        try sent.prepare()
        let before = try fields(sent)
        try sent.send()
        #expect(try Set(before.keys) == Set(fields(sent).keys))
        #expect(before["x-ni-attempts"] == "0" && before["x-ni-resolved-provider"] == "none")
        #expect(before["x-ni-custody-path"] == "NI-CA")
        let snapshot = try PipelineFixture.snapshot()
        let early = try Self.fields(snapshot.headerLines(id: ExchangeLife.id, wire: .openAIChat))
        #expect(Set(early.keys) == Set(before.keys).subtracting(["x-ni-policy"]))
    }

    @Test func `a route near its end says when, and what follows it`() throws {
        let life = Lifecycle(retiresAt: PipelineFixture.today.adding(days: 30), replacement: "b")
        let snapshot = try PipelineFixture.snapshot([
            PipelineFixture.binding(PipelineFixture.route("a", lifecycle: life))
        ])
        let exchange = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: snapshot)
        try exchange.prepare()
        try exchange.send()
        let lines = try fields(exchange)
        #expect(lines["sunset"] == "Wed, 23 Dec 2026 00:00:00 GMT" && lines["x-ni-route-retires"] == "2026-12-23")
        #expect(lines["x-ni-route-replacement"] == "b")
    }

    private func fields(_ life: ExchangeLife) throws -> [String: String] {
        try Self.fields(life.exchange.headerLines(on: PipelineFixture.today))
    }

    private static func fields(_ lines: [UInt8]) throws -> [String: String] {
        let text = String(decoding: lines, as: UTF8.self)
        #expect(text.hasSuffix("\r\n"))
        var fields: [String: String] = [:]
        for line in text.split(separator: "\r\n") {
            let colon = try #require(line.firstIndex(of: ":"))
            #expect(
                fields.updateValue(String(line[colon...].dropFirst(2)), forKey: String(line[..<colon])) == nil,
                "\(line)")
        }
        return fields
    }
}
