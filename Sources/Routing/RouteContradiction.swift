public import Domain

/// A route whose id promises what its own data denies. Such a route doesn't load.
public struct RouteContradiction: Error, CustomStringConvertible {
    public let route: Route.ID
    public let rule: String

    public var description: String { "The route '\(route)' contradicts itself: \(rule)." }
}

extension Route {
    /// - Throws: ``RouteContradiction`` with the rule that failed.
    public func checkAgainstItself() throws(RouteContradiction) {
        guard id.hasSuffix("-ca") else { return }
        let canada = JurisdictionSet([Jurisdiction("CA") ?? .anywhere])
        guard residency.jurisdiction.code == "CA" else {
            throw RouteContradiction(
                route: id,
                rule: "an id that ends in '-ca' needs an endpoint in CA, and this one is in "
                    + "\(residency.jurisdiction)")
        }
        guard residency.processing.isSubset(of: canada) else {
            throw RouteContradiction(
                route: id,
                rule: "an id that ends in '-ca' needs processing in CA alone, and this one's is "
                    + "\(residency.processing)")
        }
        if let prefix = ["global.", "us.", "eu.", "apac.", "au.", "jp."].first(where: upstreamModel.hasPrefix) {
            throw RouteContradiction(
                route: id,
                rule: "an id that ends in '-ca' can't have the inference profile '\(prefix)', which runs "
                    + "elsewhere")
        }
    }
}
