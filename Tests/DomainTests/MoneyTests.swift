import Domain
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            (0, "0"), (1, "0.000000000001"), (41_500_000, "0.0000415"), (1_000_000_000_000, "1"),
            (-1, "-0.000000000001"),
            (-500_000_000_000, "-0.5"), (12_340_000_000_000, "12.34"), (-3_000_000_000_001, "-3.000000000001"),
            (999_999_999_999, "0.999999999999"), (.max, "170141183460469231731687303.715884105727"),
            (.min, "-170141183460469231731687303.715884105728"),
        ] as [(Int128, String)])
    func `money is printed in dollars with no digit too many`(_ picodollars: Int128, _ text: String) {
        #expect("\(Money(picodollars: picodollars))" == text)
    }

    @Test func `sums of the smallest amounts are exact`() {
        let tenth = Money(picodollars: 100_000_000_000)
        let sum = (0..<10).reduce(Money.zero) { sum, _ in sum + tenth }
        #expect(sum == Money(picodollars: 1_000_000_000_000) && Money(picodollars: -1) < .zero)
    }
}

@Suite struct TokenPriceTests {
    @Test(
        arguments: [
            ("0", 0), ("0.125", 125_000), ("3", 3_000_000), ("0.000001", 1), ("15.00", 15_000_000), ("00.5", 500_000),
            ("999999999.999999", 999_999_999_999_999),
        ] as [(String, UInt64)])
    func `a price list's decimals convert exactly`(_ text: String, _ picodollars: UInt64) {
        #expect(TokenPrice(dollarsPerMillion: text) == TokenPrice(picodollars: picodollars))
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1.2.3", "0.0000001", "1234567890", " 1", "1 ", "0x1", "١",
        "1.٥", "½",
        "1.\u{301}5",
    ])
    func `other forms are no price`(_ text: String) {
        #expect(TokenPrice(dollarsPerMillion: text) == nil)
    }

    @Test(arguments: ["0", "0.125", "3", "0.000001", "15.5", "999999999.999999"])
    func `a price is printed as it was read`(_ text: String) {
        #expect(TokenPrice(dollarsPerMillion: text)?.description == text)
    }
}

@Suite struct PriceSnapshotTests {
    static let usage = TokenUsage(input: 10, cachedInput: 20, cacheWrite: 30, output: 40, reasoning: 50)

    @Test func `each class of tokens has its own price`() {
        let prices = TokenPrices(
            input: price(1), cachedInput: price(100), cacheWrite: price(10_000), output: price(1_000_000),
            reasoning: price(100_000_000))
        #expect(prices.total(for: Self.usage).picodollars == 10 + 2_000 + 300_000 + 40_000_000 + 5_000_000_000)
    }

    @Test func `a class without a price costs what it is a part of`() {
        let prices = TokenPrices(input: price(1), output: price(1_000))
        #expect(prices.total(for: Self.usage).picodollars == 60 + 90_000)
    }

    @Test func `the dearer prices are for prompts above the threshold, cached parts included`() {
        let snapshot = PriceSnapshot(
            id: "p1", cost: TokenPrices(input: price(1), output: price(0)),
            charge: TokenPrices(input: price(2), output: price(0)),
            longPrompt: .init(
                aboveTokens: 60, cost: TokenPrices(input: price(10), output: price(0)),
                charge: TokenPrices(input: price(20), output: price(0))))
        let atThreshold = snapshot.charge(for: Self.usage)
        #expect(atThreshold.cost.picodollars == 60 && atThreshold.charge.picodollars == 120)
        let above = snapshot.charge(for: TokenUsage(input: 10, cachedInput: 20, cacheWrite: 31, output: 0))
        #expect(above.cost.picodollars == 610 && above.charge.picodollars == 1_220 && above.priceSnapshot == "p1")
    }

    @Test func `the most tokens there can be at the highest price there can be don't overflow`() {
        let most = 1 << 40
        let dearest = TokenPrice(dollarsPerMillion: "999999999.999999") ?? price(0)
        let usage = TokenUsage(input: most, cachedInput: most, cacheWrite: most, output: most, reasoning: most)
        let total = TokenPrices(input: dearest, output: dearest).total(for: usage)
        #expect(total.picodollars == Int128(5 * most) * 999_999_999_999_999)
    }

    private func price(_ picodollars: UInt64) -> TokenPrice { TokenPrice(picodollars: picodollars) }
}
