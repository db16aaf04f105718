/// A version of a route's prices, as the store keeps it for those who look into what was billed.
public struct PriceVersion: Hashable, Sendable {
    /// What records call it: ``PriceSnapshot/id``.
    public let id: String
    public let route: Route.ID
    /// SHA-256 of ``PriceSnapshot/canonicalText``, as hex digits.
    public let sha256: String
    /// When the gateway first started with it.
    public let firstInForce: Timestamp
    /// The catalogue file that it is from.
    public let source: String
    /// The prices, as a JSON object: dollars per million tokens, as text.
    public let prices: String

    public init(
        id: String, route: Route.ID, sha256: String, firstInForce: Timestamp, source: String, prices: String
    ) {
        self.id = id
        self.route = route
        self.sha256 = sha256
        self.firstInForce = firstInForce
        self.source = source
        self.prices = prices
    }
}

extension PriceSnapshot {
    /// The prices as text in a fixed form: equal prices have equal text, whichever file they are from. In pico-dollars per
    /// token, which are micro-dollars per million tokens.
    public var canonicalText: String {
        let usual = "cost=\(cost.canonicalText);charge=\(charge.canonicalText)"
        guard let longPrompt else { return usual }
        return usual + ";above_tokens=\(longPrompt.aboveTokens);long_cost=\(longPrompt.cost.canonicalText)"
            + ";long_charge=\(longPrompt.charge.canonicalText)"
    }
}

extension TokenPrices {
    /// Each class has its place.
    fileprivate var canonicalText: String {
        [input, cachedInput, cacheWrite, output, reasoning].map { "\($0.picodollars)" }.joined(separator: ",")
    }
}
