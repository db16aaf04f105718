/// The identifier of a provider's adapter, such as `bedrock`. Each adapter names its own.
public struct ProviderID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}

/// The published contract of one way to a model: which model, at which provider, in which region, in which tier.
///
/// A class, although it is a value: a request holds on to its route from the first stage to the record, and copying some
/// twenty strings at each step is what a reference avoids. Each event loop has copies of its own.
public final class Route: Sendable {
    /// What a caller writes into `model`; exact and case-sensitive.
    public typealias ID = String

    public let id: ID
    public let name: String
    public let provider: ProviderID
    public let upstreamModel: String
    /// The names under which the model answers, or whose snapshots do. Empty: what its provider makes of
    /// ``upstreamModel``.
    public let answersAs: [String]
    /// Where its requests go: one place, or several that are alike in all that the route says.
    public let endpoints: [WeightedEndpoint]
    public let tier: Tier
    public let residency: Residency
    public let prices: PriceSnapshot
    public let capabilities: Capabilities
    public let lifecycle: Lifecycle
    /// Where a request may go when this route fails, in order.
    public let fallbacks: [ID]
    public let retention: Retention
    public let credentialSource: CredentialSource
    public let customerCredentials: CustomerCredentialRule
    public let egress: EgressRule
    public let onward: OnwardRule

    /// - Parameter onward: nil: as is usual for the tier.
    public init(
        id: ID, name: String, provider: ProviderID, upstreamModel: String, endpoint: Endpoint, tier: Tier,
        residency: Residency, prices: PriceSnapshot, capabilities: Capabilities, lifecycle: Lifecycle, fallbacks: [ID],
        retention: Retention, credentialSource: CredentialSource, egress: EgressRule = EgressRule(),
        onward: OnwardRule? = nil, answersAs: [String] = [], weight: Int = 1, otherEndpoints: [WeightedEndpoint] = [],
        customerCredentials: CustomerCredentialRule = .allowed
    ) {
        self.id = id
        self.name = name
        self.provider = provider
        self.upstreamModel = upstreamModel
        self.answersAs = answersAs
        endpoints = [WeightedEndpoint(endpoint, weight: weight)] + otherEndpoints
        self.tier = tier
        self.residency = residency
        self.prices = prices
        self.capabilities = capabilities
        self.lifecycle = lifecycle
        self.fallbacks = fallbacks
        self.retention = retention
        self.credentialSource = credentialSource
        self.customerCredentials = customerCredentials
        self.egress = egress
        self.onward = onward ?? OnwardRule(usualFor: tier)
    }

    /// The endpoint that is named where one is enough.
    public var endpoint: Endpoint { endpoints[0].endpoint }

    /// How well it is known where the endpoint is: better where the address that was connected to is the region's.
    ///
    /// - Parameter finding: nil where the address wasn't looked at.
    public func endpointEvidence(with finding: AddressFinding?) -> EvidenceGrade {
        let grade = residency.evidence.endpoint
        return finding?.result == .match ? max(grade, .observedNetwork) : grade
    }

    /// The same route, as an object that nobody else holds: reference counts of one event loop's routes are then never
    /// touched by another core.
    public func copy() -> Route { with(endpoints[0], endpoints.dropFirst()) }

    /// The same route as if it had one endpoint only.
    public func served(at endpoint: WeightedEndpoint) -> Route { with(endpoint, []) }

    private func with(_ first: WeightedEndpoint, _ others: some Sequence<WeightedEndpoint>) -> Route {
        Route(
            id: id, name: name, provider: provider, upstreamModel: upstreamModel, endpoint: first.endpoint, tier: tier,
            residency: residency, prices: prices, capabilities: capabilities, lifecycle: lifecycle,
            fallbacks: fallbacks, retention: retention, credentialSource: credentialSource, egress: egress,
            onward: onward, answersAs: answersAs, weight: first.weight, otherEndpoints: Array(others),
            customerCredentials: customerCredentials)
    }
}

/// One of the places that serve a route, and its share of the requests.
public struct WeightedEndpoint: Hashable, Sendable {
    public let endpoint: Endpoint
    /// From 1 to 1,000: an endpoint of weight 2 gets twice the requests of one of weight 1.
    public let weight: Int

    public init(_ endpoint: Endpoint, weight: Int = 1) {
        self.endpoint = endpoint
        self.weight = max(1, weight)
    }
}

/// Whose account the provider bills and logs.
public enum CredentialSource: String, Sendable {
    case platform, customer
}

/// Where connections for a route go.
public struct Endpoint: Hashable, Sendable {
    public let isTLS: Bool
    public let host: String
    public let port: Int
    /// What stands before the provider's own path, such as `/v1`; empty or with a leading and no trailing slash.
    public let pathPrefix: String
    /// The value of the `Host` header field: the port only where it isn't the scheme's own.
    public let authority: String

    public init(isTLS: Bool, host: String, port: Int, pathPrefix: String) {
        self.isTLS = isTLS
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
        let name = host.contains(":") ? "[\(host)]" : host
        authority = port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Reads `http[s]://host[:port][/path]`. Nil for anything else: user names, queries and fragments have no place here.
    public init?(url: String) {
        let isTLS = url.hasPrefix("https://")
        guard isTLS || url.hasPrefix("http://") else { return nil }
        let rest = url.dropFirst(isTLS ? 8 : 7)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let (host, port) = Self.authority(rest[..<slash]),
            rest.utf8.allSatisfy({ 0x21...0x7E ~= $0 && !"?#@".utf8.contains($0) })
        else { return nil }
        var path = rest[slash...]
        while path.hasSuffix("/") { path.removeLast() }
        self.init(isTLS: isTLS, host: host, port: port ?? (isTLS ? 443 : 80), pathPrefix: String(path))
    }

    private static func authority(_ text: Substring) -> (host: String, port: Int?)? {
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let host = String(text[text.index(after: text.startIndex)..<close])
            return split(port: text[text.index(after: close)...], of: host)
        }
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        return split(port: text[colon...], of: String(text[..<colon]))
    }

    private static func split(port: Substring, of host: String) -> (host: String, port: Int?)? {
        guard !host.isEmpty else { return nil }
        guard !port.isEmpty else { return (host, nil) }
        let digits = port.dropFirst()
        guard port.hasPrefix(":"), digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(digits),
            1...65535 ~= number
        else { return nil }
        return (host, number)
    }

    public var url: String { "\(isTLS ? "https" : "http")://\(authority)\(pathPrefix)" }
}

/// What a model takes and gives.
public struct Capabilities: Hashable, Sendable {
    public let supportsVision: Bool
    public let supportsFunctionCalling: Bool
    /// What it reads, such as `text` and `image`.
    public let modalities: [String]
    /// Tokens.
    public let contextWindow: Int
    /// Tokens.
    public let maximumOutputTokens: Int
    /// Whether `temperature` and `top_p` are taken; the newest models refuse them.
    public let supportsSamplingParameters: Bool
    /// Where these facts come from.
    public let basis: Basis

    public enum Basis: String, Sendable {
        case route
        case modelFamily = "model_family"
        case `default`
    }

    public init(
        supportsVision: Bool, supportsFunctionCalling: Bool, modalities: [String], contextWindow: Int,
        maximumOutputTokens: Int, supportsSamplingParameters: Bool = true, basis: Basis
    ) {
        self.supportsVision = supportsVision
        self.supportsFunctionCalling = supportsFunctionCalling
        self.modalities = modalities
        self.contextWindow = contextWindow
        self.maximumOutputTokens = maximumOutputTokens
        self.supportsSamplingParameters = supportsSamplingParameters
        self.basis = basis
    }
}

/// The dates of a route's life.
public struct Lifecycle: Hashable, Sendable {
    /// From this day on a header warns.
    public let deprecatedAt: CalendarDate?
    /// From this day on, the route answers 410, if ``isEnforced``.
    public let retiresAt: CalendarDate?
    public let replacement: Route.ID?
    /// False where the dates are shown only, because the provider goes on serving the model or the dates are unconfirmed.
    public let isEnforced: Bool

    public init(
        deprecatedAt: CalendarDate? = nil, retiresAt: CalendarDate? = nil, replacement: Route.ID? = nil,
        isEnforced: Bool = true
    ) {
        self.deprecatedAt = deprecatedAt
        self.retiresAt = retiresAt
        self.replacement = replacement
        self.isEnforced = isEnforced
    }

    public enum State: Sendable {
        case active
        case retiring(on: CalendarDate)
        /// Something better is there; no end is set.
        case deprecated(since: CalendarDate)
        case retired(on: CalendarDate)
    }

    /// How many days before its retirement a route counts as retiring, if no other date is given.
    public static let noticeDays = 90

    public func state(on today: CalendarDate) -> State {
        guard isEnforced else { return .active }
        if let retiresAt {
            if today >= retiresAt { return .retired(on: retiresAt) }
            let noticeFrom = deprecatedAt ?? retiresAt.adding(days: -Self.noticeDays)
            return today >= noticeFrom ? .retiring(on: retiresAt) : .active
        }
        guard let deprecatedAt, today >= deprecatedAt else { return .active }
        return .deprecated(since: deprecatedAt)
    }
}

/// What the provider keeps.
public struct Retention: Hashable, Sendable {
    /// Nil where the provider doesn't say.
    public let days: Int?
    public let isUsedForTraining: Bool
    public let isReviewedByHumans: Bool

    public init(days: Int?, isUsedForTraining: Bool, isReviewedByHumans: Bool) {
        self.days = days
        self.isUsedForTraining = isUsedForTraining
        self.isReviewedByHumans = isReviewedByHumans
    }
}
