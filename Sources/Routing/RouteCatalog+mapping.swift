public import Domain

extension RouteCatalog {
    /// The route that a name may be mapped to, checked as if it had been asked for.
    ///
    /// - Throws: what a request for the route would meet, and `route_not_allowed` for a name that is itself a route whose
    ///   data would go further.
    public func clearance(
        mapping name: String, to id: Route.ID, for key: APIKey, demanding tier: Tier? = nil, on today: CalendarDate
    ) throws(GatewayError) -> Clearance {
        let route = try route(for: id, key: key, on: today)
        let clearance = try key.clearance(for: route, demanding: tier, in: self, on: today)
        if let named = self[name], !route.isAsResident(as: named) {
            throw .mappingLeadsFurther(from: name, to: id)
        }
        return clearance
    }

    /// The route of a request for a name that was mapped. All is checked again: catalogue and policy may have changed.
    ///
    /// - Throws: the same, with how to get out of the mapping.
    public func clearance(
        mapped name: String, to id: Route.ID, for key: APIKey, demanding tier: Tier?, on today: CalendarDate
    ) throws(GatewayError) -> Clearance {
        do throws(GatewayError) {
            return try clearance(mapping: name, to: id, for: key, demanding: tier, on: today)
        } catch {
            throw error.whereMapped(from: name)
        }
    }
}
