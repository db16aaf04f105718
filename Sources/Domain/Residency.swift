/// Where a route's data is handled. Four facts that are never folded into one.
public struct Residency: Hashable, Sendable {
    /// The provider's own name for the place that accepts the request, such as `ca-central-1`.
    ///
    /// Two providers' regions are never compared with each other: compare ``jurisdiction`` instead.
    public let region: String
    /// Whose law applies where the request is accepted.
    public let jurisdiction: Jurisdiction
    /// Where the provider may run the model.
    public let processing: JurisdictionSet
    /// Where anything is kept.
    public let storage: JurisdictionSet
    /// Whose law can compel disclosure.
    public let exposure: JurisdictionSet
    /// How well each of the four is known before anything was sent.
    public let evidence: ResidencyEvidence

    public init(
        region: String, jurisdiction: Jurisdiction, processing: JurisdictionSet, storage: JurisdictionSet,
        exposure: JurisdictionSet, evidence: ResidencyEvidence = .declared
    ) {
        self.region = region
        self.jurisdiction = jurisdiction
        self.processing = processing
        self.storage = storage
        self.exposure = exposure
        self.evidence = evidence
    }
}

/// How well each of the four facts of a residency is known.
public struct ResidencyEvidence: Hashable, Sendable {
    public let endpoint: EvidenceGrade
    public let processing: EvidenceGrade
    public let storage: EvidenceGrade
    public let exposure: EvidenceGrade

    public init(
        endpoint: EvidenceGrade = .declared, processing: EvidenceGrade = .declared, storage: EvidenceGrade = .declared,
        exposure: EvidenceGrade = .declared
    ) {
        self.endpoint = endpoint
        self.processing = processing
        self.storage = storage
        self.exposure = exposure
    }

    /// The catalogue says so, and nothing else does.
    public static let declared = ResidencyEvidence()
}
