public import Domain

extension APIKey {
    /// What forbids that a route's provider sends a request on to others; nil when nothing does.
    func obstacle(toSendingOnwardFrom route: Route) -> LocalizedText? {
        if route.onward == .refused {
            return LocalizedText(
                english: "the route '\(route.id)' allows none of that",
                french: "la route '\(route.id)' ne le permet pas")
        }
        guard policy.residency.refusesOnward else { return nil }
        return LocalizedText(
            english: "the key demands a certain processing or exposure, and theirs isn't known",
            french: "la clé exige un traitement ou une exposition déterminés, et les leurs ne sont pas connus")
    }
}

extension Clearance {
    /// For a request that has its provider send it on to others.
    ///
    /// - Parameters:
    ///   - member: what in the request does so.
    ///   - tier: a tier that the caller demands for this request.
    /// - Throws: `onward_not_allowed`, with a route that the key may send it by instead.
    public func checkOnward(
        _ member: String, demanding tier: Tier?, in catalog: RouteCatalog, on today: CalendarDate
    ) throws(GatewayError) {
        guard let reason = key.obstacle(toSendingOnwardFrom: route) else { return }
        let alternative = catalog.alternative(to: route, for: key, demanding: tier, sendingOnward: true, on: today)
        throw .onwardNotAllowed(member, reason: reason, alternative: alternative)
    }
}
