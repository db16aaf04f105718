import Testing
import Wire

/// Token counts in each provider's own accounting, and what they come to.
@Suite(.gateway) struct UsageTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private static let marks = "[[sim:usage in=100 out=50 cache-read=20 cache-write=10 reasoning=5]]"

    /// What the marks come to.
    struct Expected: Sendable {
        let family: Family
        /// Prompt, cached, cache write, completion and reasoning tokens as the caller sees them.
        let shown: [Int]
        /// Input, cached input, cache write, output and reasoning tokens, which don't overlap.
        let recorded: [Int]
        /// In millionths of a dollar, at 3, 0.30, 3.75, 15 and 16 dollars per million.
        let cost: Double

        static let all = [
            // Converse counts cached input apart and says nothing of reasoning.
            Expected(
                family: .bedrock, shown: [130, 20, 10, 50, 0], recorded: [100, 20, 10, 50, 0], cost: 1_093.5),
            // Gemini writes its cache on other occasions.
            Expected(family: .vertex, shown: [100, 20, 0, 50, 5], recorded: [80, 20, 0, 45, 5], cost: 1_001),
            Expected(family: .azure, shown: [100, 20, 10, 50, 5], recorded: [70, 20, 10, 45, 5], cost: 1_008.5),
            Expected(family: .openai, shown: [100, 20, 10, 50, 5], recorded: [70, 20, 10, 45, 5], cost: 1_008.5),
            Expected(family: .compatible, shown: [100, 20, 10, 50, 5], recorded: [70, 20, 10, 45, 5], cost: 1_008.5),
        ]
    }

    @Test(arguments: Expected.all)
    func `counts of a whole reply are shown, recorded and charged`(expected: Expected) async throws {
        let reply = try await gateway.reply(to: gateway.chat(expected.family, Self.marks + "hi"))
        #expect(Self.shown(try reply.json["usage"]) == expected.shown)
        #expect(try reply.json["usage"]?["total_tokens"]?.int == expected.shown[0] + expected.shown[3])
        Self.check(try await gateway.record(of: reply), expected)
    }

    @Test(arguments: Expected.all)
    func `counts of a stream are shown, recorded and charged`(expected: Expected) async throws {
        let reply = try await gateway.reply(to: gateway.stream(expected.family, Self.marks + "hi"))
        #expect(Self.shown(try reply.chunks.last?["usage"]) == expected.shown)
        Self.check(try await gateway.record(of: reply), expected)
    }

    private static func shown(_ usage: JSON?) -> [Int] {
        [
            usage?["prompt_tokens"]?.int ?? -1, usage?["prompt_tokens_details"]?["cached_tokens"]?.int ?? -1,
            usage?["prompt_tokens_details"]?["cache_write_tokens"]?.int ?? -1,
            usage?["completion_tokens"]?.int ?? -1,
            usage?["completion_tokens_details"]?["reasoning_tokens"]?.int ?? -1,
        ]
    }

    private static func check(_ record: JSON, _ expected: Expected) {
        let names = [
            "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens",
        ]
        #expect(names.map { record["usage"]?[$0]?.int ?? -1 } == expected.recorded)
        #expect(record["usage"]?["estimated"] == false)
        let cost = Int(expected.cost * 1_000_000)
        #expect(record["money"]?["cost_picodollars"]?.int == cost)
        #expect(record["money"]?["charge_picodollars"]?.int == 2 * cost)
        #expect(record["money"]?["price_snapshot"] == "prices-of-the-tests")
    }
}
