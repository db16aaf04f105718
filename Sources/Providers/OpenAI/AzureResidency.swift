import Domain

/// Where Azure runs a model: the type of the deployment decides, which neither its name nor its host tells.
///
/// Microsoft, "Deployment types for Azure OpenAI".
enum AzureResidency {
    static func finding(for site: RouteSite) -> ResidencyFinding {
        ResidencyFinding(
            jurisdiction: CloudRegions.azure.jurisdiction(of: site.region),
            processing: site.deploymentType.map { processing(of: $0, in: site.region) }, addresses: .regional(.azure))
    }

    private static func processing(of type: String, in region: String) -> ResidencyFinding.Processing {
        let reason = "deployments of the type '\(type)' do"
        let place = CloudRegions.azure.jurisdiction(of: region)
        switch type {
        case "Standard", "ProvisionedManaged":
            return .init(JurisdictionSet([place ?? .anywhere]), since: reason, grade: .declared)
        case "DataZoneStandard", "DataZoneProvisionedManaged", "DataZoneBatch":
            return .init(zone(of: place), since: reason, grade: .declared)
        default:
            return .init(.anywhere, since: reason, grade: .declared)
        }
    }

    /// There are zones of the United States and of the European Union, and none of Canada.
    private static func zone(of place: Jurisdiction?) -> JurisdictionSet {
        if let place, place.code == "US" { return JurisdictionSet([place]) }
        let union = union.compactMap { Jurisdiction($0) }
        return place.map(union.contains) == true ? JurisdictionSet(union) : .anywhere
    }

    private static let union = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
        "LV",
        "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ]
}
