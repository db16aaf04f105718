public import Domain

/// Port: the prices that requests were billed by.
public protocol PriceReader: Sendable {
    /// Every version that was ever in force, by the routes' ids, and the oldest first.
    func priceVersions() async throws -> [PriceVersion]

    /// The version that each route that is offered has now.
    func pricesInForce() -> [Route.ID: String]
}
