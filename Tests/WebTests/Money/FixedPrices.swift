import Domain
import Storage
import Web

/// Two versions of one route's prices, and one of another's.
struct FixedPrices: PriceReader {
    func priceVersions() async throws -> [PriceVersion] {
        [("a", "p-1"), ("a", "p-2"), ("b", "p-1")].map { route, id in
            PriceVersion(
                id: id, route: route, sha256: String(repeating: "0", count: 64), firstInForce: .now,
                source: "own.yaml", prices: #"{"cost":{"input":"1"}}"#)
        }
    }

    func pricesInForce() -> [Route.ID: String] { ["a": "p-2"] }
}

extension MoneyPorts {
    /// With a real store for all but prices.
    init(_ store: Store) { self.init(prices: FixedPrices(), credits: store, rates: store) }
}
