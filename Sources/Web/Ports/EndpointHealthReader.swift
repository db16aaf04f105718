public import Domain

/// Port: how the event loops see the endpoints of the routes.
public protocol EndpointHealthReader: Sendable {
    /// In the order of the catalogue, what all loops see taken together.
    func endpointHealth() async throws -> [EndpointHealth]
}
