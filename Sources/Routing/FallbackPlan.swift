public import Domain

/// The routes that one request may be sent to, in order: the one that was asked for, then its fallbacks.
public struct FallbackPlan: Sendable {
    public let clearances: [Clearance]

    /// - Parameters:
    ///   - allowsFallbacks: false: one route, whatever its catalogue entry lists.
    ///   - sendsOnward: whether the request has its provider send it on to others, which the first route allows.
    public init(
        _ first: Clearance, allowsFallbacks: Bool, demanding tier: Tier?, sendingOnward sendsOnward: Bool = false,
        in catalog: RouteCatalog, on today: CalendarDate
    ) {
        var plan = [first]
        for id in allowsFallbacks ? first.route.fallbacks : [] where !plan.contains(where: { $0.route.id == id }) {
            if case .success(let clearance) = Self.clearance(
                for: id, after: first, demanding: tier, sendingOnward: sendsOnward, in: catalog, on: today)
            {
                plan.append(clearance)
            }
        }
        clearances = plan
    }

    /// The fallbacks of a route that aren't among those of a plan, each with the reason.
    public static func leftOut(
        after first: Clearance, allowsFallbacks: Bool, demanding tier: Tier?, sendingOnward sendsOnward: Bool = false,
        in catalog: RouteCatalog, on today: CalendarDate
    ) -> [(route: Route.ID, reason: LocalizedText)] {
        first.route.fallbacks.compactMap { id in
            guard allowsFallbacks else {
                let reason = LocalizedText(
                    english: "the request or its key allows no fallbacks",
                    french: "la requête ou sa clé ne permet pas de repli")
                return (id, reason)
            }
            guard
                case .failure(let obstacle) = clearance(
                    for: id, after: first, demanding: tier, sendingOnward: sendsOnward, in: catalog, on: today)
            else { return nil }
            return (id, obstacle.reason)
        }
    }

    private struct Obstacle: Error {
        let reason: LocalizedText
    }

    private static func clearance(
        for id: Route.ID, after first: Clearance, demanding tier: Tier?, sendingOnward sendsOnward: Bool,
        in catalog: RouteCatalog, on today: CalendarDate
    ) -> Result<Clearance, Obstacle> {
        guard let route = catalog.offered(id, on: today) else {
            return .failure(Obstacle(reason: LocalizedText(english: "it is retired", french: "elle est retirée")))
        }
        guard route.isAsResident(as: first.route) else {
            let reason = LocalizedText(
                english: "its data may go where that of '\(first.route.id)' may not",
                french: "ses données peuvent aller là où celles de '\(first.route.id)' ne vont pas")
            return .failure(Obstacle(reason: reason))
        }
        if let reason = first.key.obstacle(to: route, demanding: tier) { return .failure(Obstacle(reason: reason)) }
        if sendsOnward, let reason = first.key.obstacle(toSendingOnwardFrom: route) {
            return .failure(Obstacle(reason: reason))
        }
        return .success(Clearance(route: route, key: first.key))
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
