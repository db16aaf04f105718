public import Domain
public import Providers
public import Routing
public import Wire

/// All that a request reads, as it stands at one moment. Each event loop holds one of its own and replaces it whole, so
/// the request path meets no lock and never waits.
public final class ServingSnapshot {
    public let keys: any KeyDirectory
    public let catalog: RouteCatalog
    /// A catalogue's routes are never replaced one by one.
    private let bindings: BindingTable
    private let mappings: [APIKey.ID: RouteMappings]
    /// Where the gateway itself stands; the beginning of every custody path.
    public let jurisdiction: Jurisdiction
    public let version: String
    public let retries: RetryPolicy
    let timeouts: ReplyTimeouts

    public convenience init(
        keys: any KeyDirectory, bindings: [RouteBinding], mappings: [RouteMappings] = [], jurisdiction: Jurisdiction,
        version: String, retries: RetryPolicy = RetryPolicy(), timeouts: ReplyTimeouts = ReplyTimeouts()
    ) {
        self.init(
            keys: keys, catalog: RouteCatalog(bindings.map(\.route)),
            bindings: BindingTable(bindings),
            mappings: Dictionary(mappings.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }),
            jurisdiction: jurisdiction, version: version, retries: retries, timeouts: timeouts)
    }

    private init(
        keys: any KeyDirectory, catalog: RouteCatalog, bindings: BindingTable,
        mappings: [APIKey.ID: RouteMappings], jurisdiction: Jurisdiction, version: String, retries: RetryPolicy,
        timeouts: ReplyTimeouts
    ) {
        self.keys = keys
        self.catalog = catalog
        self.bindings = bindings
        self.mappings = mappings
        self.jurisdiction = jurisdiction
        self.version = version
        self.retries = retries
        self.timeouts = timeouts
    }

    /// The same with other keys.
    public func with(keys: any KeyDirectory) -> ServingSnapshot { with(keys, mappings) }

    /// The same with what a key has mapped since; older mappings than those at hand change nothing.
    public func with(mappings new: RouteMappings) -> ServingSnapshot {
        guard new.revision > mappings[new.key]?.revision ?? -1 else { return self }
        var mappings = mappings
        mappings[new.key] = new
        return with(keys, mappings)
    }

    /// The same with what all keys have mapped as of a revision. What a key has mapped since stays.
    public func with(allMappings new: [RouteMappings], asOf revision: Int) -> ServingSnapshot {
        let newer = mappings.filter { $0.value.revision > revision }
        let all = Dictionary(new.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        return with(keys, all.merging(newer) { $1 })
    }

    /// The same keys and mappings with other routes. Of the endpoints that stay, what is known of them holds on.
    public func with(
        bindings new: [RouteBinding], jurisdiction: Jurisdiction, retries: RetryPolicy, timeouts: ReplyTimeouts
    ) -> ServingSnapshot {
        for binding in new {
            guard let old = catalog[binding.route.id].flatMap({ self.binding(for: $0) }) else { continue }
            binding.keepStanding(of: old)
        }
        return ServingSnapshot(
            keys: keys, catalog: RouteCatalog(new.map(\.route)), bindings: BindingTable(new), mappings: mappings,
            jurisdiction: jurisdiction, version: version, retries: retries, timeouts: timeouts)
    }

    private func with(_ keys: any KeyDirectory, _ mappings: [APIKey.ID: RouteMappings]) -> ServingSnapshot {
        ServingSnapshot(
            keys: keys, catalog: catalog, bindings: bindings, mappings: mappings, jurisdiction: jurisdiction,
            version: version, retries: retries, timeouts: timeouts)
    }

    /// What a key has mapped, as long as it has the right to commands.
    func mappings(of key: APIKey) -> [String: Route.ID] {
        key.policy.allowsCommands ? mappings[key.id]?.routes ?? [:] : [:]
    }

    /// Every route of the catalogue has one.
    func binding(for clearance: Clearance) -> RouteBinding? { binding(for: clearance.route) }

    /// - Parameter route: one of the catalogue's.
    public func binding(for route: Route) -> RouteBinding? { bindings[route] }

    /// The header lines of a reply to a request that came no further than the gateway.
    public func headerLines(id: RequestID, wire: ChatWire) -> [UInt8] {
        [UInt8](expecting: 1024) { lines in
            ProvenanceHeaders.addLines(id: id, attempts: 0, policy: nil, wire: wire, to: &lines)
            ProvenanceHeaders.addLinesWithoutRoute(gateway: jurisdiction, to: &lines)
        }
    }

    /// Stage 1: whose key is it?
    ///
    /// - Throws: the four errors about keys.
    public func authenticate(_ secret: APIKeySecret?, at now: Timestamp) throws(GatewayError) -> APIKey {
        guard let secret else { throw .missingAPIKey }
        guard secret.text.hasPrefix("ni_live_") || secret.text.hasPrefix("ni_test_") else { throw .malformedAPIKey }
        switch keys.key(for: secret, at: now) {
        case .found(let key): return key
        case .unknown: throw .unknownAPIKey
        case .revoked: throw .revokedAPIKey
        case .expired: throw .expiredAPIKey
        }
    }
}

/// A route together with what serves it: its endpoints, its credential, and what of its replies can be rendered ahead. One
/// for each event loop, used on it only.
public final class RouteBinding {
    public let route: Route
    public let facts: ProviderFacts
    /// In the order of the route's.
    let endpoints: [BoundEndpoint]
    private var standing: EndpointStanding
    private(set) var meter = RouteMeter()
    private let breaker: CircuitBreaker.Settings
    let credentials: CredentialShelf
    /// The header lines of a reply that the route alone decides, and the same where a customer's own credential was used.
    private let provenance: [UInt8]
    private let customersProvenance: [UInt8]
    let record: RouteRecordMembers
    /// The names under which the model may answer; empty where any will do.
    let expectedModels: [String]
    private var renderedFinding: (finding: AddressFinding, text: [UInt8])?

    /// - Parameter credential: the platform's; organizations have none of their own.
    /// - Throws: ``AdapterSettingError``.
    public convenience init(
        route: Route, adapter: any ProviderAdapter.Type, settings: ProviderSettings, credential: CredentialSlot,
        gateway jurisdiction: Jurisdiction, breaker: CircuitBreaker.Settings = CircuitBreaker.Settings()
    ) throws(AdapterSettingError) {
        try self.init(
            route: route, adapter: adapter, settings: settings, credentials: CredentialShelf(credential),
            gateway: jurisdiction, breaker: breaker)
    }

    /// - Throws: ``AdapterSettingError``.
    public init(
        route: Route, adapter: any ProviderAdapter.Type, settings: ProviderSettings, credentials: CredentialShelf,
        gateway jurisdiction: Jurisdiction, breaker: CircuitBreaker.Settings = CircuitBreaker.Settings()
    ) throws(AdapterSettingError) {
        self.route = route
        self.credentials = credentials
        facts = adapter.facts
        provenance = ProvenanceHeaders.lines(
            for: route, facts: adapter.facts, gateway: jurisdiction, source: route.credentialSource)
        customersProvenance = ProvenanceHeaders.lines(
            for: route, facts: adapter.facts, gateway: jurisdiction, source: .customer)
        record = RouteRecordMembers(route)
        expectedModels = adapter.facts.witness.models.expected(of: route)
        self.breaker = breaker
        standing = EndpointStanding(EndpointBalancer(route.endpoints, breaker: breaker))
        var endpoints: [BoundEndpoint] = []
        for endpoint in route.endpoints {
            endpoints.append(try BoundEndpoint(route.served(at: endpoint), adapter, settings))
        }
        self.endpoints = endpoints
    }

    var balancer: EndpointBalancer {
        get { standing.balancer }
        _modify { yield &standing.balancer }
    }

    /// What is known of the same endpoints holds on: requests that are under way are loads of theirs still, and who has
    /// failed is left alone.
    func keepStanding(of old: RouteBinding) {
        // Counters only ever grow, whatever becomes of the route's endpoints.
        if old.route.provider == route.provider { meter = old.meter }
        guard old.route.endpoints == route.endpoints, old.breaker == breaker else { return }
        standing = old.standing
    }

    /// - Parameter label: of the credential that was used.
    func provenance(_ label: CredentialLabel?) -> [UInt8] {
        label?.source == .customer ? customersProvenance : provenance
    }

    /// The credential for an organization's requests: its own where it has one. Nil where it must have one and hasn't.
    func slot(for organization: OrganizationID) -> CredentialSlot? {
        credentials.slot(for: organization, route.customerCredentials)
    }

    /// Whatever number it is asked for, it has the first one.
    func endpoint(_ index: Int) -> BoundEndpoint { endpoints.indices.contains(index) ? endpoints[index] : endpoints[0] }

    /// The member of an attempt's record that says what was found of its address. Mostly it is what was found for the
    /// request before on the same connection.
    func addressCheck(of finding: AddressFinding) -> [UInt8] {
        if let renderedFinding, renderedFinding.finding === finding { return renderedFinding.text }
        let text = finding.recordMember
        renderedFinding = (finding, text)
        return text
    }
}

/// How the endpoints of a route do. It outlives the binding, where another one takes its place.
private final class EndpointStanding {
    var balancer: EndpointBalancer

    init(_ balancer: EndpointBalancer) { self.balancer = balancer }
}

/// What was measured of a route, with its first request on.
final class RouteMeter {
    /// Nil where the route was never used.
    private(set) var measures: RouteMeasures?

    /// As ``RouteMeasures/add(duration:firstChunk:_:)``, in place: a question whether there are any would copy all of them.
    func add(duration: Double, firstChunk: Double?, _ usage: TokenUsage?) {
        guard measures?.add(duration: duration, firstChunk: firstChunk, usage) == nil else { return }
        var first = RouteMeasures()
        first.add(duration: duration, firstChunk: firstChunk, usage)
        measures = first
    }
}

/// Finds what serves a route, by the route itself.
///
/// Each request asks several times, and a dictionary's hash has to withstand keys that an attacker has chosen, which takes
/// longer than all else. Where the catalogue's own objects are in memory, nobody chooses.
private struct BindingTable {
    private var slots: [RouteBinding?]
    private let shift: Int

    /// Of two with the same route, the first one counts.
    init(_ bindings: [RouteBinding]) {
        // At least half of the slots stay empty, so a search ends soon.
        let bits = Int.bitWidth - (bindings.count * 2 + 1).leadingZeroBitCount
        shift = UInt.bitWidth - bits
        slots = [RouteBinding?](repeating: nil, count: 1 << bits)
        for binding in bindings where self[binding.route] == nil { slots[place(of: binding.route)] = binding }
    }

    subscript(route: Route) -> RouteBinding? { slots[place(of: route)] }

    /// Where a route is, or would be.
    private func place(of route: Route) -> Int {
        // The upper bits of a product with the golden ratio are spread well (Knuth, The Art of Computer Programming, 6.4).
        var place = Int((UInt(bitPattern: ObjectIdentifier(route)) &* 0x9E37_79B9_7F4A_7C15) >> UInt(shift))
        while let found = slots[place], found.route !== route { place = (place + 1) & (slots.count - 1) }
        return place
    }
}

/// One endpoint of a route, and the adapter that asks it.
final class BoundEndpoint {
    let endpoint: Endpoint
    let adapter: any TranslatingAdapter
    /// The same, where it passes a wire on.
    let passingAdapter: (any PassingAdapter)?
    private let edits: [PassageEdits?]
    let facts: ProviderFacts
    let attemptMembers: AttemptRecordMembers

    /// - Parameter route: as if it had this endpoint only.
    fileprivate init(
        _ route: Route, _ type: any ProviderAdapter.Type, _ settings: ProviderSettings
    ) throws(AdapterSettingError) {
        endpoint = route.endpoint
        facts = type.facts
        attemptMembers = AttemptRecordMembers(route)
        let made = try type.init(route: route, settings: settings)
        guard let translating = made as? any TranslatingAdapter else {
            throw AdapterSettingError(setting: "provider", "The adapter '\(type.facts.id)' doesn't translate.")
        }
        adapter = translating
        let passing = made as? any PassingAdapter
        passingAdapter = passing
        edits = ChatWire.allCases.map { passing?.edits(passing: $0) }
    }

    /// How a body of a wire is edited for the upstream; nil where it has to be translated.
    func edits(passing wire: ChatWire) -> PassageEdits? { edits[wire.index] }

    /// What asks the upstream what a wire asks, in the upstream's own.
    ///
    /// - Throws: where it has nothing like it.
    func translator(of wire: ChatWire) throws(GatewayError) -> any UpstreamTranslator {
        guard wire == .anthropicTokenCount else { return adapter }
        guard let counter = adapter.tokenCounter else { throw .tokensNotCounted(by: facts.displayName) }
        return counter
    }

    var unframer: (any StreamUnframer)? { passingAdapter?.unframer }
    var toleratesMissingEnd: Bool { passingAdapter?.toleratesMissingEnd ?? false }
}

extension ChatWire {
    /// In ``allCases``.
    fileprivate var index: Int {
        switch self {
        case .openAIChat: 0
        case .openAIResponses: 1
        case .anthropicMessages: 2
        case .openAIEmbeddings: 3
        case .anthropicTokenCount: 4
        }
    }
}
