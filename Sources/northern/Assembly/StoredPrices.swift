import Domain
import Storage
import Web

/// The prices of the routes that are offered, and those that they had before.
struct StoredPrices: PriceReader {
    private let store: Store
    private let inForce: [Route.ID: String]

    init(_ offer: Offer, in store: Store) {
        self.store = store
        inForce = Dictionary(offer.routes.map { ($0.route.id, $0.route.prices.id) }) { first, _ in first }
    }

    func priceVersions() async throws -> [PriceVersion] { try store.priceVersions() }

    func pricesInForce() -> [Route.ID: String] { inForce }
}
