public import Domain

extension Clearance {
    /// For a request that has its provider fetch something from an address of the caller's choice. It is as with what a
    /// provider sends onward: where that is fetched from, and who learns of it, the route can't say.
    ///
    /// - Parameter member: what in the request names the address.
    /// - Throws: `url_not_allowed`.
    public func checkMediaURL(_ member: String) throws(GatewayError) {
        guard key.obstacle(toSendingOnwardFrom: route) != nil else { return }
        let isRoute = route.onward == .refused
        throw .urlNotAllowed(
            member,
            reason: LocalizedText(
                english: isRoute
                    ? "the route '\(route.id)' lets its provider turn to nobody else"
                    : "the key demands a certain processing or exposure, which its provider can't keep to there",
                french: isRoute
                    ? "la route '\(route.id)' ne laisse pas son fournisseur s'adresser à d'autres"
                    : "la clé exige un traitement ou une exposition déterminés, que son fournisseur ne peut garantir là"
            ))
    }
}
