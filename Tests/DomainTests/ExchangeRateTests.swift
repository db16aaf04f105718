import Testing

@testable import Domain

@Suite struct ExchangeRateTests {
    private static let day = CalendarDate(daysSince1970: 20_784)

    private static func rate(_ text: String, on offset: Int = 0) throws -> ExchangeRate {
        try #require(ExchangeRate(day: day.adding(days: offset), text: text, source: "s"))
    }

    /// The sixth decimal, and what is exactly between two of them.
    @Test(
        arguments: [
            ("1", "1.37", "1.370000"), ("0.0000005", "1", "0.000000"), ("0.0000015", "1", "0.000002"),
            ("0.0000025", "1", "0.000002"), ("0.000002500001", "1", "0.000003"),
            ("0.0000025", "1.0000000001", "0.000003"),
            ("0.000486", "1.3702", "0.000666"), ("999999999.999999999999", "1.4", "1400000000.000000"),
            ("0", "2", "0.000000"),
        ])
    func `an amount is rounded half to even, once`(dollars: String, rate: String, canadian: String) throws {
        let amount = try #require(Money(dollars: dollars))
        #expect(try Self.rate(rate).converted(amount).description == canadian)
    }

    @Test func `many small amounts add up before they are rounded`() throws {
        let one = try Self.rate("1").converted(try #require(Money(dollars: "0.0000004")))
        #expect(one.description == "0.000000")
        #expect((0..<5).reduce(CanadianAmount.zero) { sum, _ in sum + one }.description == "0.000002")
    }

    @Test func `less than nothing is rounded alike`() throws {
        let amount = try #require(Money(signedDollars: "-0.0000015"))
        #expect(try Self.rate("1").converted(amount).description == "-0.000002")
        #expect(try Self.rate("0.1").converted(amount).description == "0.000000")
    }

    @Test(arguments: ["", "0", "-1", "1e3", "1.2345678901234", "1000000", "1,5", "NaN"])
    func `what is no rate is none`(text: String) {
        #expect(ExchangeRate(day: Self.day, text: text, source: "s") == nil)
    }

    @Test func `a day has the latest rate that isn't of a later day`() throws {
        let rates = ExchangeRates(try [Self.rate("3", on: 5), Self.rate("1", on: 0), Self.rate("2", on: 2)])
        #expect(
            (-1...6).map { rates.rate(on: Self.day.adding(days: $0))?.text } == [
                nil, "1", "1", "2", "2", "2", "3", "3",
            ])
    }
}
