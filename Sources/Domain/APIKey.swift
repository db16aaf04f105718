/// Who owns keys and records.
public struct OrganizationID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    /// The organization of an installation that has made no other.
    public static let `default` = OrganizationID(rawValue: "org_default")
}

/// A key that a caller authenticates with. The secret itself is shown once and never kept: see ``APIKeySecret``.
///
/// A class for the same reason as ``Route``.
public final class APIKey: Sendable {
    /// `key_` and random letters: names a key where its secret must not stand.
    public typealias ID = String

    public let id: ID
    public let organization: OrganizationID
    public let name: String
    /// The beginning of the secret, enough to recognize it by.
    public let hint: String
    public let policy: KeyPolicy
    public let createdAt: Timestamp
    public let expiresAt: Timestamp?
    public let revokedAt: Timestamp?
    /// What it has left of its limits; nil where it has none, and where nobody asks.
    public let allowance: Allowance?
    /// What its organization has paid in advance; nil where nobody asks.
    public let credits: Credits?

    public init(
        id: ID, organization: OrganizationID, name: String, hint: String, policy: KeyPolicy, createdAt: Timestamp,
        expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil, allowance: Allowance? = nil,
        credits: Credits? = nil
    ) {
        self.id = id
        self.organization = organization
        self.name = name
        self.hint = hint
        self.policy = policy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.allowance = allowance
        self.credits = credits
    }
}

/// What a key may do.
public struct KeyPolicy: Hashable, Sendable {
    /// The classes of custody it may use.
    public var tiers: Set<Tier>
    /// The routes it may use; nil for every route of its tiers.
    public var routes: Set<Route.ID>?
    /// What `allow_fallbacks` is where the caller doesn't say.
    public var allowsFallbacks: Bool
    /// Whether a message that is a command is answered by the gateway. Not for the key of an application that forwards
    /// what its users write.
    public var allowsCommands: Bool
    /// What is done about personal information where the caller doesn't say; nil: what the organization says.
    public var substitution: SubstitutionDemand?
    /// What a route's residency has to be.
    public var residency: ResidencyDemand
    /// What it may use in a minute, and spend.
    public var limits: KeyLimits
    /// Where its callers have to be; nil: anywhere.
    public var sourceNetworks: Set<IPPrefix>?

    public init(
        tiers: Set<Tier>, routes: Set<Route.ID>? = nil, allowsFallbacks: Bool = true, allowsCommands: Bool = false,
        substitution: SubstitutionDemand? = nil, residency: ResidencyDemand = ResidencyDemand(),
        limits: KeyLimits = KeyLimits(), sourceNetworks: Set<IPPrefix>? = nil
    ) {
        self.tiers = tiers
        self.routes = routes
        self.allowsFallbacks = allowsFallbacks
        self.allowsCommands = allowsCommands
        self.substitution = substitution
        self.residency = residency
        self.limits = limits
        self.sourceNetworks = sourceNetworks
    }

    /// Whether a caller may be at an address; nil: nobody knows where the caller is.
    public func admits(_ address: IPAddress?) -> Bool {
        guard let sourceNetworks else { return true }
        guard let address = address?.unwrapped else { return false }
        return sourceNetworks.contains { $0.contains(address) }
    }
}

/// What a key demands of the residency of the routes that it is used with.
public struct ResidencyDemand: Hashable, Sendable {
    /// Where a model may run; nil: anywhere.
    public var processing: JurisdictionSet?
    /// Whose law may compel disclosure; nil: anybody's.
    public var exposure: JurisdictionSet?
    /// How well it has to be known where the endpoint is; nil: not at all.
    public var evidence: EvidenceGrade?
    /// How strictly addresses are checked, where a route is less strict; nil: as the route has it.
    public var egress: EgressMode?

    public init(
        processing: JurisdictionSet? = nil, exposure: JurisdictionSet? = nil, evidence: EvidenceGrade? = nil,
        egress: EgressMode? = nil
    ) {
        self.processing = processing
        self.exposure = exposure
        self.evidence = evidence
        self.egress = egress
    }

    /// Whether a provider may send nothing on to others: of them neither is known.
    public var refusesOnward: Bool {
        [processing, exposure].contains { $0.map { !$0.members.contains(.anywhere) } ?? false }
    }
}

extension KeyPolicy {
    /// The policy as text in a fixed order: equal policies have equal text. Its digest stands in records and headers.
    public var canonicalText: String {
        let tierNames = tiers.map(\.rawValue).sorted().joined(separator: ",")
        let routeNames = routes.map { $0.sorted().joined(separator: ",") } ?? "*"
        let text = "tiers=\(tierNames);routes=\(routeNames);fallbacks=\(allowsFallbacks)"
        // Named only where they are given, so that policies from before them keep their digests.
        let pii = substitution.map { ";pii_substitution=\($0.rawValue)" } ?? ""
        let networks = sourceNetworks.map { ";networks=" + $0.map(\.description).sorted().joined(separator: ",") } ?? ""
        return text + (allowsCommands ? ";commands=true" : "") + pii + residency.canonicalText + limits.canonicalText
            + networks
    }
}

extension ResidencyDemand {
    fileprivate var canonicalText: String {
        let parts: [(name: String, value: String?)] = [
            ("processing", processing?.description), ("exposure", exposure?.description),
            ("evidence", evidence?.rawValue), ("egress", egress?.rawValue),
        ]
        return parts.map { name, value in value.map { ";\(name)=\($0)" } ?? "" }.joined()
    }
}

/// The secret of a key, as its holder sends it. Never printed.
public struct APIKeySecret: Sendable, Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (one: APIKeySecret, other: APIKeySecret) -> Bool { one.text.hasSameBytes(as: other.text) }
}

extension APIKeySecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What looking up a secret finds.
public enum KeyLookup: Sendable {
    case found(APIKey)
    case unknown
    case revoked(APIKey)
    case expired(APIKey)
}

/// Port: the keys in force, ready to be asked on the request path. A snapshot: it never waits.
public protocol KeyDirectory: Sendable {
    func key(for secret: APIKeySecret, at now: Timestamp) -> KeyLookup
}
