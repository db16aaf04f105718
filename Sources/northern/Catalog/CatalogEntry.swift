import Domain
import Routing

/// A route as a file describes it, before it is known where its provider is.
struct CatalogEntry {
    let site: CatalogSite
    let unaddressed: CatalogSource.UnaddressedRoutes
    let id: Route.ID
    let name: String
    let provider: ProviderID
    let upstreamModel: String
    let answersAs: [String]
    let tier: Tier
    /// The route's own.
    let endpoint: Endpoint?
    let weight: Int
    /// More that serve the same.
    let otherEndpoints: [WeightedEndpoint]
    let residency: Residency
    let prices: PriceSnapshot
    let capabilities: Capabilities
    let lifecycle: Lifecycle
    let replacement: Sited<Route.ID>?
    let fallbacks: Sited<[Route.ID]>
    let retention: Retention
    let credentialSource: CredentialSource
    let customerCredentials: CustomerCredentialRule
    let credential: Sited<String>?
    let deploymentType: String?
    let egress: EgressMode?
    let onward: OnwardRule?
    let addresses: [IPPrefix]
    let network: AddressPublisher?

    func site(at endpoint: Endpoint) -> RouteSite {
        RouteSite(
            upstreamModel: upstreamModel, region: residency.region, endpoint: endpoint, deploymentType: deploymentType)
    }

    /// - Parameters:
    ///   - findings: what the provider's interface says about it, at each of its endpoints.
    ///   - offered: routes that can be named. A fallback or a replacement that isn't among them is forgotten.
    func route(
        at endpoint: Endpoint, _ findings: [ResidencyFinding], usually mode: EgressMode, among offered: Set<Route.ID>
    ) -> Route {
        // A route is known as well as the endpoint of which the least is known.
        let residencies = findings.map { residency.graded(by: $0) }
        let weakest = residencies.min { $0.evidence.endpoint < $1.evidence.endpoint }
        let proofs = Set(findings.map(\.addresses))
        return Route(
            id: id, name: name, provider: provider, upstreamModel: upstreamModel, endpoint: endpoint, tier: tier,
            residency: weakest ?? residency, prices: prices, capabilities: capabilities,
            lifecycle: Lifecycle(
                deprecatedAt: lifecycle.deprecatedAt, retiresAt: lifecycle.retiresAt,
                replacement: lifecycle.replacement.flatMap { offered.contains($0) ? $0 : nil },
                isEnforced: lifecycle.isEnforced),
            fallbacks: fallbacks.value.filter(offered.contains), retention: retention,
            credentialSource: credentialSource,
            egress: EgressRule(
                mode: egress ?? mode,
                proof: network.map { .regional($0) } ?? (proofs.count == 1 ? proofs.first : nil) ?? .unpublished,
                declaredAddresses: addresses),
            onward: onward, answersAs: answersAs, weight: weight, otherEndpoints: otherEndpoints,
            customerCredentials: customerCredentials)
    }
}

enum RouteMember: String, CatalogMember {
    case id, name, provider, tier, endpoint, processing, storage, exposure, prices, capabilities, lifecycle, fallbacks
    case retention, credential, replaces, egress, onward
    case deploymentType = "deployment_type"
    case upstreamModel = "upstream_model"
    case answersAs = "answers_as"
    case credentialSource = "credential_source"
    case customerCredentials = "customer_credentials"
}

enum EndpointMember: String, CatalogMember {
    case region, jurisdiction, addresses, network, weight, others
    case baseURL = "base_url"
}

enum OtherEndpointMember: String, CatalogMember {
    case weight
    case baseURL = "base_url"
}

extension CatalogEntry {
    /// Nil after at least one mistake was noted.
    init?(
        _ reader: MappingReader<RouteMember>, of source: CatalogSource, snapshot: String,
        providers: [ProviderID]
    ) {
        // Everything is read before anything is judged, so that all mistakes are told at once.
        let id = reader.required(.id, .identifier)
        let name = reader.required(.name, .displayName)
        let provider = reader.required(.provider, .provider(among: providers))
        let model = reader.required(.upstreamModel, .identifier)
        let answersAs = reader.optionalList(.answersAs, of: .identifier)
        let tier = reader.required(.tier, .word) as Tier?
        let place = reader.requiredMapping(.endpoint) as MappingReader<EndpointMember>?
        let endpoint = place?.optional(.baseURL, .baseURL)
        let weight = place?.optional(.weight, .weight) ?? 1
        let others = (place?.optionalMappings(.others) as [MappingReader<OtherEndpointMember>]?) ?? []
        if others.count >= EndpointSet.most {
            place?.note("are too many", remedy: "List up to \(EndpointSet.most - 1)", of: .others)
        }
        let otherEndpoints = others.compactMap { other in
            other.required(.baseURL, .baseURL).map {
                WeightedEndpoint($0, weight: other.optional(.weight, .weight) ?? 1)
            }
        }
        let residency = place.flatMap { Residency($0, in: reader) }
        let prices = (reader.requiredMapping(.prices) as MappingReader<PriceMember>?)
            .flatMap { PriceSnapshot(id: snapshot, $0)?.namedByDigest }
        let capabilities = Capabilities(for: model ?? "", in: reader)
        let lifecycle = reader.optionalMapping(.lifecycle).map { Lifecycle($0) }
        let fallbacks = reader.optionalList(.fallbacks, of: .identifier) ?? []
        let retention = reader.optionalMapping(.retention).map { Retention($0) }
        let egress = reader.optional(.egress, .word) as EgressMode?
        let onward = reader.optional(.onward, .word) as OnwardRule?
        let deploymentType = reader.optional(.deploymentType, .identifier)
        let addresses = place?.optionalList(.addresses, of: .addressPrefix) ?? []
        let network = place?.optional(.network, .word) as AddressPublisher?
        let payer = reader.optional(.credentialSource, .credentialSource)
        let customers = reader.optional(.customerCredentials, .word) as CustomerCredentialRule?
        let credential = reader.optional(.credential, .credentialName)
        guard let id, let name, let provider, let model, let tier, let residency, let prices, let capabilities else {
            return nil
        }
        self.init(
            site: reader.site, unaddressed: source.unaddressedRoutes, id: id, name: name, provider: provider,
            upstreamModel: model, answersAs: answersAs ?? [], tier: tier, endpoint: endpoint, weight: weight,
            otherEndpoints: otherEndpoints, residency: residency, prices: prices,
            capabilities: capabilities, lifecycle: lifecycle ?? Lifecycle(),
            replacement: lifecycle?.replacement.map { Sited(value: $0, site: reader.site(of: .lifecycle)) },
            fallbacks: Sited(value: fallbacks, site: reader.site(of: .fallbacks)),
            retention: retention ?? .unstated, credentialSource: payer ?? .platform,
            customerCredentials: customers ?? .allowed,
            credential: credential.map { Sited(value: $0, site: reader.site(of: .credential)) },
            deploymentType: deploymentType, egress: egress, onward: onward, addresses: addresses,
            network: network)
    }
}

extension Residency {
    /// The four facts: one in the endpoint's mapping, three beside it.
    fileprivate init?(_ endpoint: MappingReader<EndpointMember>, in route: MappingReader<RouteMember>) {
        let region = endpoint.required(.region, .region)
        let jurisdiction = endpoint.required(.jurisdiction, .jurisdiction)
        let processing = route.requiredList(.processing, of: .jurisdiction)
        let storage = route.requiredList(.storage, of: .jurisdiction)
        let exposure = route.requiredList(.exposure, of: .jurisdiction)
        guard let region, let jurisdiction, let processing, let storage, let exposure else { return nil }
        self.init(
            region: region, jurisdiction: jurisdiction, processing: JurisdictionSet(processing),
            storage: JurisdictionSet(storage), exposure: JurisdictionSet(exposure))
    }
}
