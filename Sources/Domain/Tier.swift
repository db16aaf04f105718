/// A class of custody that a key may be allowed, in the order of legal exposure, least first.
public enum Tier: String, CaseIterable, Sendable {
    /// The customer's own hardware.
    case customerPremises = "customer_premises"
    /// In Canada, with no foreign parent in the stack.
    case canadianOwnedCloud = "canadian_owned_cloud"
    /// A Canadian region of a foreign-owned cloud.
    case managedCanadianCloud = "managed_canadian_cloud"
    /// The provider's own default, mostly the United States.
    case providerAPI = "provider_api"

    /// Asked for each request, whose tier is looked up among those of its key; as its text it would be hashed for longer.
    public func hash(into hasher: inout Hasher) { hasher.combine(order) }

    private var order: Int {
        switch self {
        case .customerPremises: 0
        case .canadianOwnedCloud: 1
        case .managedCanadianCloud: 2
        case .providerAPI: 3
        }
    }
}

/// How strong the evidence for a claim about residency is, weakest first.
public enum EvidenceGrade: String, CaseIterable, Comparable, Sendable {
    /// The configuration or the provider says so.
    case declared
    /// The provider's interface admits nothing else.
    case constrained
    /// The address we were connected to is in the provider's published range for the region.
    case observedNetwork = "observed_network"
    /// The provider named the region in its answer.
    case observedProvider = "observed_provider"
    /// Joined later with the provider's own log.
    case reconciled

    public static func < (left: EvidenceGrade, right: EvidenceGrade) -> Bool { left.rank < right.rank }
    private var rank: Int {
        switch self {
        case .declared: 0
        case .constrained: 1
        case .observedNetwork: 2
        case .observedProvider: 3
        case .reconciled: 4
        }
    }
}
