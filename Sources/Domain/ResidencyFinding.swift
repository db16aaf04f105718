/// What of a route its provider can judge: where it is, and what runs there.
public struct RouteSite: Sendable {
    public let upstreamModel: String
    /// The provider's own name for the place.
    public let region: String
    public let endpoint: Endpoint
    /// The provider's name for the kind of a deployment, where a deployment's kind decides where it runs, such as
    /// `GlobalStandard`.
    public let deploymentType: String?

    public init(upstreamModel: String, region: String, endpoint: Endpoint, deploymentType: String? = nil) {
        self.upstreamModel = upstreamModel
        self.region = region
        self.endpoint = endpoint
        self.deploymentType = deploymentType
    }
}

/// What a provider's interface says about where a route's requests go, whatever the catalogue claims.
///
/// A provider's rule makes it of a ``RouteSite``; a route that claims more than it doesn't load.
public struct ResidencyFinding: Sendable {
    /// Whose law applies in the region; nil where the region isn't one of the provider's that are known.
    public var jurisdiction: Jurisdiction?
    /// The region that the host's name is of; nil where the name doesn't say.
    public var hostRegion: String?
    /// Where the model may run; nil where nothing but the catalogue says so.
    public var processing: Processing?
    /// What an address that was connected to can prove.
    public var addresses: AddressProof

    public struct Processing: Sendable {
        public let places: JurisdictionSet
        /// Why, as the end of a sentence that begins with "it may run in …, since".
        public let reason: String
        /// ``EvidenceGrade/constrained`` where the interface admits nothing else, ``EvidenceGrade/declared`` where it is
        /// only as true as what the catalogue says of the deployment.
        public let grade: EvidenceGrade

        public init(_ places: JurisdictionSet, since reason: String, grade: EvidenceGrade = .constrained) {
            self.places = places
            self.reason = reason
            self.grade = grade
        }
    }

    public init(
        jurisdiction: Jurisdiction? = nil, hostRegion: String? = nil, processing: Processing? = nil,
        addresses: AddressProof = .unpublished
    ) {
        self.jurisdiction = jurisdiction
        self.hostRegion = hostRegion
        self.processing = processing
        self.addresses = addresses
    }
}

/// What the address of a provider's endpoint can prove.
public enum AddressProof: Hashable, Sendable {
    /// The publisher lists which addresses are whose region's, and the provider's endpoints have such addresses.
    case regional(AddressPublisher)
    /// The same addresses serve all regions, or none are published: an address proves no region.
    case unpublished
}

/// Who publishes which addresses belong to which of its regions.
public enum AddressPublisher: String, CaseIterable, Sendable {
    case aws, azure, google, oracle
}
