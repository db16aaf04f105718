import Domain
import Testing

@testable import northern

@Suite struct CatalogPriceTests {
    let loader = CatalogLoader.complete

    private func prices(_ yaml: String) throws -> PriceSnapshot {
        try loader.route(Entry("a", ["prices": yaml])).prices
    }

    private func problems(_ yaml: String) -> [String] {
        loader.errors(in: .file(Entry("a", ["prices": yaml]))).map(\.problem)
    }

    /// None of these is a binary fraction.
    @Test(
        arguments: [
            ("0.1", 100_000), ("0.7", 700_000), ("1.10", 1_100_000), ("0.0375", 37_500), ("0.000001", 1),
            ("999999999.999999", 999_999_999_999_999), ("0", 0), ("4.35", 4_350_000), ("\"0.3\"", 300_000),
            ("08", 8_000_000),
        ] as [(String, UInt64)])
    func `a price is read by its digits`(text: String, picodollars: UInt64) throws {
        #expect(try prices("{input: \(text), output: 1}").cost.input.picodollars == picodollars)
    }

    @Test(arguments: ["1e3", "-1", "+1", ".5", "1.", "1_000", "0x10", "0.0000001", "free", "~", "", "1,5", ".inf"])
    func `another form of number is no price`(text: String) {
        #expect(problems("{input: \"\(text)\", output: 1}").count == 1)
    }

    @Test func `classes that aren't named cost what they are a part of`() throws {
        let cost = try prices("{input: 2, output: 8}").cost
        #expect(cost.cachedInput == cost.input && cost.cacheWrite == cost.input && cost.reasoning == cost.output)
    }

    @Test func `every class can have a price, on both sides and for long prompts`() throws {
        let prices = try prices(
            """
            {input: 1, output: 2, cached_input: 3, cache_write: 4, reasoning: 5,
                     long_prompt: {above_tokens: 100, input: 6, output: 7, cached_input: 8, cache_write: 9,
                                   reasoning: 10},
                     charge: {input: 11, output: 12, cached_input: 13, cache_write: 14, reasoning: 15,
                              long_prompt: {above_tokens: 100, input: 16, output: 17}}}
            """)
        func numbers(_ prices: TokenPrices) -> [UInt64] {
            [prices.input, prices.output, prices.cachedInput, prices.cacheWrite, prices.reasoning]
                .map { $0.picodollars / 1_000_000 }
        }
        let long = try #require(prices.longPrompt)
        #expect(numbers(prices.cost) == [1, 2, 3, 4, 5] && numbers(long.cost) == [6, 7, 8, 9, 10])
        #expect(numbers(prices.charge) == [11, 12, 13, 14, 15] && numbers(long.charge) == [16, 17, 16, 16, 17])
        #expect(long.aboveTokens == 100)
    }

    @Test func `another price has another name, though its file says the same version`() throws {
        let names = try [
            "{input: 1, output: 2}", "{input: 1, output: 2, reasoning: 2}", "{input: 1, output: 2.000001}",
            "{input: 1, output: 2, charge: {input: 1, output: 3}}",
            "{input: 1, output: 2, long_prompt: {above_tokens: 5, input: 1, output: 2}}",
            "{input: 1, output: 2, long_prompt: {above_tokens: 6, input: 1, output: 2}}",
        ].map { try prices($0).id }
        #expect(names[0] == names[1] && Set(names).count == 5)
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z]+-2026-12-01-[0-9a-f]{8}/) != nil }, "\(names)")
    }

    @Test func `without a charge we charge what it costs, for long prompts too`() throws {
        let prices = try prices("{input: 1, output: 2, long_prompt: {above_tokens: 5, input: 3, output: 4}}")
        #expect(prices.charge == prices.cost && prices.longPrompt?.charge == prices.longPrompt?.cost)
    }

    @Test(arguments: [
        "{input: 1, output: 2, long_prompt: {above_tokens: 5, input: 3, output: 4}, charge: {input: 1, output: 2}}",
        "{input: 1, output: 2, charge: {input: 1, output: 2, long_prompt: {above_tokens: 5, input: 3, output: 4}}}",
        """
        {input: 1, output: 2, long_prompt: {above_tokens: 5, input: 3, output: 4},
                 charge: {input: 1, output: 2, long_prompt: {above_tokens: 6, input: 3, output: 4}}}
        """,
    ])
    func `cost and charge change at the same length of a prompt`(yaml: String) {
        #expect(
            problems(yaml) == ["'prices.charge' changes its prices at another length of the prompt than the cost"])
    }

    @Test(arguments: [
        ("{output: 1}", "'prices.input' is missing"),
        ("{input: 1}", "'prices.output' is missing"),
        ("{input: 1, output: 1, long_prompt: {input: 1, output: 1}}", "'prices.long_prompt.above_tokens' is missing"),
        ("{input: 1, output: 1, above_tokens: 5}", "'prices.above_tokens' stands outside of 'long_prompt'"),
        ("{input: 1, output: 1, cached: 1}", "the member 'prices.cached' is unknown"),
        ("{input: 1, output: 1, charge: {input: 1}}", "'prices.charge.output' is missing"),
        (
            "{input: 1, output: 1, charge: {input: 1, output: 1, charge: {}}}",
            "the member 'prices.charge.charge' is unknown"
        ),
        ("{input: [1], output: 1}", "'prices.input' is no single value"),
        ("5", "'prices' is no mapping"),
    ])
    func `a price list that isn't clear is refused`(yaml: String, problem: String) {
        #expect(problems(yaml) == [problem])
    }
}
