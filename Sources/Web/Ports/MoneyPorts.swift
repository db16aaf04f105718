public import Domain

/// The ports of what is about money.
public struct MoneyPorts: Sendable {
    let prices: any PriceReader
    let credits: any CreditLedger

    public init(prices: any PriceReader, credits: any CreditLedger) {
        self.prices = prices
        self.credits = credits
    }
}
