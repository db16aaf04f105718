public import Domain

/// The routes that one request may be sent to, in order: the one that was asked for, then its fallbacks.
public struct FallbackPlan: Sendable {
    public let clearances: [Clearance]

    /// - Parameter allowsFallbacks: false: one route, whatever its catalogue entry lists.
    public init(
        _ first: Clearance, allowsFallbacks: Bool, demanding tier: Tier?, in catalog: RouteCatalog,
        on today: CalendarDate
    ) {
        var plan = [first]
        for id in allowsFallbacks ? first.route.fallbacks : [] {
            guard let route = catalog.offered(id, on: today), !plan.contains(where: { $0.route.id == id }),
                route.isAsResident(as: first.route),
                let clearance = first.key.clearance(for: route, demanding: tier)
            else { continue }
            plan.append(clearance)
        }
        clearances = plan
    }
}

extension Route {
    /// Whether a request for another route may come here without its data going anywhere it would not have gone.
    func isAsResident(as other: Route) -> Bool {
        // A request is seen where it is accepted too, wherever the model runs.
        other.residency.reaches(residency.jurisdiction)
            && residency.processing.isSubset(of: other.residency.processing)
            && residency.exposure.isSubset(of: other.residency.exposure)
            && residency.storage.isSubset(of: other.residency.storage)
    }
}

extension Residency {
    /// Whether a request may come to a place to be accepted or processed.
    fileprivate func reaches(_ place: Jurisdiction) -> Bool {
        [place, .anywhere].contains { $0 == jurisdiction || processing.members.contains($0) }
    }
}
