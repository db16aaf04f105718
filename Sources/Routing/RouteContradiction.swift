public import Domain

/// A route that promises what its own data or its provider's interface denies. Such a route doesn't load.
public struct RouteContradiction: Error, CustomStringConvertible {
    public let route: Route.ID
    public let rule: String

    public var description: String { "The route '\(route)' contradicts itself: \(rule)." }
}

extension Route {
    /// - Parameter finding: what the provider's interface says about the route.
    /// - Throws: ``RouteContradiction`` with the first rule that failed.
    public func check(against finding: ResidencyFinding) throws(RouteContradiction) {
        let rules = [
            idContradiction(of: "-ca", "CA"), idContradiction(of: "-us", "US"), regionContradiction(with: finding),
            processingContradiction(with: finding),
        ]
        guard let rule = rules.compactMap(\.self).first else { return }
        throw RouteContradiction(route: id, rule: rule)
    }

    /// What the id's ending promises. An endpoint in Canada may lead to the United States, but not the other way round.
    private func idContradiction(of ending: String, _ code: String) -> String? {
        guard id.hasSuffix(ending) else { return nil }
        if code == "CA", residency.jurisdiction.code != code {
            return "an id that ends in '\(ending)' needs an endpoint in \(code), and this one is in "
                + "\(residency.jurisdiction)"
        }
        guard let place = Jurisdiction(code), !residency.processing.isSubset(of: JurisdictionSet([place])) else {
            return nil
        }
        return "an id that ends in '\(ending)' needs processing in \(code) alone, and this one's is "
            + "\(residency.processing)"
    }

    private func regionContradiction(with finding: ResidencyFinding) -> String? {
        if let hostRegion = finding.hostRegion, hostRegion != residency.region {
            return "its region is '\(residency.region)', and its host '\(endpoint.host)' is that of '\(hostRegion)'"
        }
        guard let place = finding.jurisdiction, ![place, .anywhere].contains(residency.jurisdiction) else { return nil }
        return "its region '\(residency.region)' is in \(place), and it says \(residency.jurisdiction)"
    }

    private func processingContradiction(with finding: ResidencyFinding) -> String? {
        guard let processing = finding.processing, !processing.places.isSubset(of: residency.processing) else {
            return nil
        }
        return "it may run in \(processing.places), since \(processing.reason), and it says \(residency.processing)"
    }
}

extension Residency {
    /// The same facts with what a provider's interface proves of them.
    ///
    /// Where something is kept, and whose law applies to the provider, no interface says.
    public func graded(by finding: ResidencyFinding) -> Residency {
        Residency(
            region: region, jurisdiction: jurisdiction, processing: processing, storage: storage, exposure: exposure,
            evidence: ResidencyEvidence(
                endpoint: finding.hostRegion == region ? .constrained : .declared,
                processing: finding.processing?.grade ?? .declared))
    }
}
