public import Domain

/// The ports of what is about money.
public struct MoneyPorts: Sendable {
    let prices: any PriceReader
    let credits: any CreditLedger
    let rates: any ExchangeRateBook

    public init(prices: any PriceReader, credits: any CreditLedger, rates: any ExchangeRateBook) {
        self.prices = prices
        self.credits = credits
        self.rates = rates
    }
}
