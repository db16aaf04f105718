public import Domain

/// Proof that a key may use a route. Only this module can make one, and nothing is sent to a provider without.
///
/// It has no public initializer on purpose: see ``Domain/APIKey/clearance(for:demanding:in:on:)``.
public struct Clearance: Sendable {
    public let route: Route
    /// Which of the route's endpoints the request goes to, by its number.
    public let endpointIndex: Int
    public let key: APIKey

    /// How strictly addresses are checked: as the route or the key has it, whichever is stricter. A key that demands
    /// evidence which only an address gives enforces it.
    public let egress: EgressMode
    /// Whether an address that proves nothing is not enough.
    public let requiresProof: Bool

    init(route: Route, key: APIKey) {
        self.route = route
        self.key = key
        endpointIndex = 0
        requiresProof = key.policy.residency.evidence.map { $0 >= .observedNetwork } ?? false
        egress = max(route.egress.mode, requiresProof ? .enforce : key.policy.residency.egress ?? .off)
    }

    private init(_ clearance: Clearance, at endpointIndex: Int) {
        route = clearance.route
        self.endpointIndex = endpointIndex
        key = clearance.key
        egress = clearance.egress
        requiresProof = clearance.requiresProof
    }

    /// The same for another of the route's endpoints. It is for the first one where there is none of this number.
    public func at(endpoint index: Int) -> Clearance {
        guard index > 0, route.endpoints.indices.contains(index) else { return self }
        return Clearance(self, at: index)
    }

    public var endpoint: Endpoint { route.endpoints[endpointIndex].endpoint }
}

extension APIKey {
    /// - Parameter tier: a tier that the caller demands for this request.
    /// - Throws: `route_not_allowed`, with what is in the way and a route that the key may use instead.
    public func clearance(
        for route: Route, demanding tier: Tier?, in catalog: RouteCatalog, on today: CalendarDate
    ) throws(GatewayError) -> Clearance {
        if let reason = obstacle(to: route, demanding: tier) {
            let alternative = catalog.alternative(to: route, for: self, demanding: tier, on: today)
            throw .routeNotAllowed(route, reason: reason, alternative: alternative)
        }
        return Clearance(route: route, key: self)
    }

    /// What is in the way of a key and a route; nil when nothing is.
    func obstacle(to route: Route, demanding tier: Tier?) -> LocalizedText? {
        mayUse(route) ?? Self.conflict(of: route, with: tier)
    }

    /// What forbids a route to this key; nil when nothing does.
    func mayUse(_ route: Route) -> LocalizedText? { policyObstacle(to: route) ?? policy.residency.obstacle(to: route) }

    private func policyObstacle(to route: Route) -> LocalizedText? {
        guard policy.tiers.contains(route.tier) else {
            return LocalizedText(
                english: "its tier '\(route.tier.rawValue)' is not among the key's tiers",
                french: "son niveau '\(route.tier.rawValue)' ne fait pas partie de ceux de la clé")
        }
        guard policy.routes?.contains(exactly: route.id) ?? true else {
            return LocalizedText(
                english: "it is not among the key's routes", french: "elle ne fait pas partie des routes de la clé")
        }
        return nil
    }

    private static func conflict(of route: Route, with tier: Tier?) -> LocalizedText? {
        guard let tier, route.tier != tier else { return nil }
        return LocalizedText(
            english: "the request demands the tier '\(tier.rawValue)', and the route's is '\(route.tier.rawValue)'",
            french: "la requête exige le niveau '\(tier.rawValue)', et celui de la route est '\(route.tier.rawValue)'")
    }
}
