import Domain

extension ResidencyDemand {
    /// What of a route's residency is not as demanded; nil when nothing is.
    func obstacle(to route: Route) -> LocalizedText? {
        let residency = route.residency
        if let processing, !residency.processing.isSubset(of: processing) {
            return LocalizedText(
                english: "it may run in \(residency.processing), and the key demands processing in \(processing)",
                french:
                    "elle peut s'exécuter dans \(residency.processing), et la clé exige un traitement dans \(processing)"
            )
        }
        // A request is seen where it is accepted, too.
        if let processing, !JurisdictionSet([residency.jurisdiction]).isSubset(of: processing) {
            return LocalizedText(
                english:
                    "its endpoint is in \(residency.jurisdiction), and the key demands processing in \(processing)",
                french: "son point d'accès est dans \(residency.jurisdiction), et la clé exige un traitement dans "
                    + "\(processing)")
        }
        if let exposure, !residency.exposure.isSubset(of: exposure) {
            return LocalizedText(
                english: "it is exposed to the law of \(residency.exposure), and the key allows that of \(exposure)",
                french: "elle est exposée au droit de \(residency.exposure), et la clé permet celui de \(exposure)")
        }
        return evidenceObstacle(to: route)
    }

    private func evidenceObstacle(to route: Route) -> LocalizedText? {
        guard let evidence, route.strongestEvidence < evidence else { return nil }
        return LocalizedText(
            english: "where its endpoint is can be known as '\(route.strongestEvidence.rawValue)' at best, and the key "
                + "demands '\(evidence.rawValue)'",
            french:
                "l'emplacement de son point d'accès est connu au mieux comme '\(route.strongestEvidence.rawValue)', "
                + "et la clé exige '\(evidence.rawValue)'")
    }
}

extension Route {
    /// How well it can be known, once a connection is there, where the endpoint is.
    var strongestEvidence: EvidenceGrade {
        egress.isProvable ? max(residency.evidence.endpoint, .observedNetwork) : residency.evidence.endpoint
    }
}
