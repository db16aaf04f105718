import Domain
import Storage
import Web

/// The prices of the routes that are offered, and those that they had before.
struct StoredPrices: PriceReader {
    let inForce: ConfigurationInForce
    let store: Store

    func priceVersions() async throws -> [PriceVersion] { try store.priceVersions() }

    func pricesInForce() -> [Route.ID: String] {
        Dictionary(inForce.edition.routes.map { ($0.id, $0.prices.id) }) { first, _ in first }
    }
}
