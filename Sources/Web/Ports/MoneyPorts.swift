/// The ports of what is about money.
public struct MoneyPorts: Sendable {
    let prices: any PriceReader

    public init(prices: any PriceReader) { self.prices = prices }
}
