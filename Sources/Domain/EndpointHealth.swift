/// How an event loop sees one endpoint of a route.
public struct EndpointHealth: Hashable, Sendable {
    public let route: Route.ID
    public let provider: ProviderID
    /// Its base URL.
    public let endpoint: String
    public let region: String
    /// Whether there is a credential in force.
    public let hasCredential: Bool
    /// Requests under way.
    public let load: Int
    /// In a row; 0 since something was answered.
    public let failures: Int
    /// Until when it is left alone; nil: it isn't.
    public let openUntil: Timestamp?
    /// Since the process began; nil: never.
    public let lastFailureAt: Timestamp?

    public init(
        route: Route.ID, provider: ProviderID, endpoint: String, region: String, hasCredential: Bool, load: Int,
        failures: Int, openUntil: Timestamp?, lastFailureAt: Timestamp?
    ) {
        self.route = route
        self.provider = provider
        self.endpoint = endpoint
        self.region = region
        self.hasCredential = hasCredential
        self.load = load
        self.failures = failures
        self.openUntil = openUntil
        self.lastFailureAt = lastFailureAt
    }

    /// What two loops see together: the sum of what they count, and the worse of what they have found.
    public func merged(with other: EndpointHealth) -> EndpointHealth {
        EndpointHealth(
            route: route, provider: provider, endpoint: endpoint, region: region,
            hasCredential: hasCredential && other.hasCredential, load: load + other.load,
            failures: max(failures, other.failures),
            openUntil: [openUntil, other.openUntil].compactMap(\.self).max(),
            lastFailureAt: [lastFailureAt, other.lastFailureAt].compactMap(\.self).max())
    }
}
