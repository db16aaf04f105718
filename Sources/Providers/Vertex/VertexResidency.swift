import Domain

/// Where Vertex AI runs a model: in the location that path and host name, as far as Google promises that for the model.
enum VertexResidency {
    /// Addresses of `*.googleapis.com` are the same all over the world, so none of them proves a region.
    static func finding(for site: RouteSite) -> ResidencyFinding {
        ResidencyFinding(
            jurisdiction: CloudRegions.google.jurisdiction(of: site.region), hostRegion: hostRegion(of: site.endpoint),
            processing: processing(of: site.upstreamModel, in: site.region), addresses: .unpublished)
    }

    private static func hostRegion(of endpoint: Endpoint) -> String? {
        if endpoint.host == "aiplatform.googleapis.com" { return "global" }
        return endpoint.hostPart(between: "", and: "-aiplatform.googleapis.com")
            ?? endpoint.hostPart(between: "aiplatform.", and: ".rep.googleapis.com")
            ?? endpoint.hostPart(between: "aiplatform.", and: ".p.rep.googleapis.com")
    }

    private static func processing(of model: String, in location: String) -> ResidencyFinding.Processing? {
        if location == "global" { return .init(.anywhere, since: "the location 'global' is no place") }
        guard let place = CloudRegions.google.jurisdiction(of: location) else { return nil }
        // Google Cloud, "Data residency": processing in the region is promised model by model.
        let isPromised = promisedFamilies.contains { model.hasPrefix($0) }
        return .init(
            JurisdictionSet([place]), since: "the location '\(location)' is in its path",
            grade: isPromised ? .constrained : .declared)
    }

    private static let promisedFamilies = ["gemini-2.5-pro", "gemini-2.5-flash"]
}
