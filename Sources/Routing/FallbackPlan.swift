public import Domain

/// The routes that one request may be sent to, in order: the one that was asked for, then its fallbacks.
public struct FallbackPlan: Sendable {
    public let clearances: [Clearance]

    /// - Parameter allowsFallbacks: false: one route, whatever its catalogue entry lists.
    public init(
        _ first: Clearance, allowsFallbacks: Bool, demanding tier: Tier?, in catalog: RouteCatalog,
        on today: CalendarDate
    ) {
        guard allowsFallbacks else {
            clearances = [first]
            return
        }
        let key = first.key
        clearances = [first] + first.route.fallbacks.compactMap { id in
            guard let route = try? catalog.route(for: id, key: key, on: today),
                route.isAsResident(as: first.route)
            else { return nil }
            return try? key.clearance(for: route, demanding: tier, in: catalog, on: today)
        }
    }
}

extension Route {
    /// Whether a request for another route may come here without its data going anywhere it would not have gone.
    func isAsResident(as other: Route) -> Bool {
        residency.processing.isSubset(of: other.residency.processing)
            && residency.exposure.isSubset(of: other.residency.exposure)
            && residency.storage.isSubset(of: other.residency.storage)
    }
}
