public import Domain
public import Logging
public import NIOCore
public import NIOPosix
public import Pipeline
public import Providers
import Routing
public import Upstream

/// What one event loop owns: its snapshot, its connections out, its journal, its counters. Used on that loop only, so
/// nothing here is locked.
public final class LoopState {
    let eventLoop: any EventLoop
    var snapshot: ServingSnapshot
    let upstream: UpstreamClient
    let journal: any CustodyJournal
    var settings: GatewaySettings
    let archive: any CustodyArchive & UsageReader
    let log: any PublishedLog
    private let mappings: any RouteMappingBook
    /// All event loops of the gateway, this one included.
    var peers: [ServingLoop] = []
    let threads: NIOThreadPool
    let logger: Logger
    let clock: @Sendable () -> Timestamp
    let allocator = ByteBufferAllocator()
    var counters = LoopCounters()
    var warnings = WarningPace()
    var pages = KeptPages()
    var traces = TraceBuffer()
    /// The catalogue with all facts, made when it is first asked for.
    private var madeBillingListing: [UInt8]?
    /// What one read turns into, before it is written. Empty between two reads.
    var scratch: [UInt8] = []
    private var identities: RequestIDSource
    private var keyBindings: [APIKey.ID: KeyBinding] = [:]
    private var contentKeys: [OrganizationID: ContentDigestKey] = [:]
    private var substitutionEngines: [OrganizationID: SubstitutionEngine] = [:]
    /// Whose entry waits for the journal, in order.
    private var afterCommit: [ChatCall] = []
    private var clients: [ObjectIdentifier: any LookedAfter] = [:]
    /// Whether the gateway is about to stop, so that nothing new is begun.
    private(set) var isDraining = false
    /// Whether replies are the last of their connections.
    private(set) var isLeaving = false
    private var isSweeping = false
    var credentials: [String: CredentialSlot]
    let shelves: CredentialShelves

    /// - Parameters:
    ///   - credentials: the slots of the snapshot's routes, by the credentials' names.
    ///   - shelves: the same routes', for what is stored.
    public init(
        eventLoop: any EventLoop, snapshot: ServingSnapshot, credentials: [String: CredentialSlot],
        upstream: UpstreamClient, journal: any CustodyJournal,
        archive: any CustodyArchive & UsageReader, log: any PublishedLog, mappings: any RouteMappingBook,
        settings: GatewaySettings,
        threads: NIOThreadPool, shelves: CredentialShelves = CredentialShelves(),
        logger: Logger, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.eventLoop = eventLoop
        self.snapshot = snapshot
        self.credentials = credentials
        self.shelves = shelves
        self.upstream = upstream
        self.journal = journal
        self.archive = archive
        self.log = log
        self.mappings = mappings
        self.settings = settings
        self.threads = threads
        self.logger = logger
        self.clock = clock
        identities = RequestIDSource()
    }

    /// Keys were made or revoked: requests from now on see the new ones.
    public func replace(keys: any KeyDirectory) { snapshot = snapshot.with(keys: keys) }

    /// Stores what a key maps, on another thread, and brings it to every event loop: what begins after that sees it.
    func store(_ change: RouteMappingChange) -> EventLoopFuture<Void> {
        let (mappings, peers, eventLoop) = (mappings, peers, eventLoop)
        return threads.runIfActive(eventLoop: eventLoop) { try mappings.change(change) }.flatMap { mappings in
            EventLoopFuture.andAllSucceed(peers.map { $0.takes(mappings.copy()) }, on: eventLoop)
        }
    }

    func replace(mappings: RouteMappings) { snapshot = snapshot.with(mappings: mappings) }

    /// Keys have mapped names on another node. What was mapped here since stays.
    public func replace(allMappings: [RouteMappings], asOf revision: Int) {
        snapshot = snapshot.with(allMappings: allMappings, asOf: revision)
    }

    /// A list of addresses was published anew.
    public func replace(catalogs: AddressCatalogs) { upstream.replace(catalogs: catalogs) }

    /// A credential was renewed.
    ///
    /// - Parameter name: of a configured one, or the version of a stored one.
    public func replace(credential: IssuedCredential, named name: String) {
        if let slot = credentials[name] { return slot.put(credential) }
        shelves.put(credential, version: name)
    }

    /// Credentials were stored, exchanged or revoked.
    public func replace(stored entries: [StoredCredentialEntry]) { shelves.replace(entries) }

    func takeCredentialUses() -> [ProviderCredential.ID: Timestamp] { shelves.takeLastUses() }

    /// Gets a credential through this loop's door.
    public func exchangeCredential(
        _ request: UpstreamRequest, at endpoint: Endpoint
    ) -> EventLoopFuture<CredentialReply> {
        upstream.exchangeCredential(request, at: endpoint)
    }

    var endpointHealth: [EndpointHealth] { snapshot.endpointHealth(at: clock()) }

    func makeRequestID(at now: Timestamp) -> RequestID { identities.next(at: now) }

    /// A request whose head isn't known.
    func makeUnreadRequest() -> InboundRequest {
        let now = clock()
        return InboundRequest(id: makeRequestID(at: now), head: nil, receivedAt: now)
    }

    /// What serves a key's requests.
    func binding(for key: APIKey) -> KeyBinding {
        // A key that has changed is another object.
        if let known = keyBindings[key.id], known.key === key { return known }
        let binding = KeyBinding(
            key: key, policyDigest: settings.policyDigest(key.policy), contentKey: contentKey(of: key),
            engine: substitutionEngine(of: key))
        keyBindings[key.id] = binding
        return binding
    }

    private func contentKey(of key: APIKey) -> ContentDigestKey? {
        guard let make = settings.contentKey else { return nil }
        if let known = contentKeys[key.organization] { return known }
        let made = make(key.organization)
        contentKeys[key.organization] = made
        return made
    }

    private func substitutionEngine(of key: APIKey) -> SubstitutionEngine? {
        guard let make = settings.substitutionEngine else { return nil }
        if let known = substitutionEngines[key.organization] { return known }
        let made = make(key.organization)
        substitutionEngines[key.organization] = made
        return made
    }

    var billingListing: [UInt8] {
        if let madeBillingListing { return madeBillingListing }
        let made = CatalogListing.billing(snapshot.catalog.routes.map { ($0, snapshot.binding(for: $0)?.facts) })
        madeBillingListing = made
        return made
    }

    /// Another configuration is in force: what was worked out from the one before is made anew when it is asked for.
    func forgetWhatWasWorkedOut() {
        madeBillingListing = nil
        keyBindings = [:]
        contentKeys = [:]
        substitutionEngines = [:]
        pages = KeptPages()
    }

    /// Asks the operator's own recognizer about a request; at once where there is none.
    func recognize(
        _ work: SubstitutionWork, in body: RequestBody,
        _ done: @escaping (Result<RemoteFindings, GatewayError>) -> Void
    ) {
        guard let recognizer = settings.recognizer else { return done(.success(.none)) }
        let done = NIOLoopBound(done, eventLoop: eventLoop)
        Task {
            let found: Result<RemoteFindings, GatewayError>
            do throws(GatewayError) {
                found = .success(try await RemoteFindings(of: work.texts(of: body), by: recognizer))
            } catch {
                found = .failure(error)
            }
            done.eventLoop.execute { done.value(found) }
        }
    }

    /// Fetches what a request names. Whoever wants it no longer cancels the task.
    func fetch(
        _ work: MediaFetching, for body: RequestBody,
        _ done: @escaping (Result<FetchedRequest, GatewayError>) -> Void
    ) -> Task<Void, Never> {
        let done = NIOLoopBound(done, eventLoop: eventLoop)
        let limit = settings.bodyLimit
        return Task {
            let fetched: Result<FetchedRequest, GatewayError>
            do throws(GatewayError) {
                fetched = .success(try await work.run(on: body, most: limit))
            } catch {
                fetched = .failure(error)
            }
            done.eventLoop.execute { done.value(fetched) }
        }
    }

    // MARK: The journal first

    /// The call goes on once the journal has the entry, or couldn't take it.
    func commit(_ entry: LedgerEntry, for call: ChatCall) {
        afterCommit.append(call)
        commit(entry)
    }

    /// As ``commit(_:for:)``, for a request that is about to leave: it doesn't wait for this turn's other events, unless so
    /// many come at a time that they had better share a write.
    func commitSoon(_ entry: LedgerEntry, for call: ChatCall) {
        let isAlone = entriesOfTurn == 0 && entriesOfLastTurn <= 1
        commit(entry, for: call)
        if isAlone, goingOn.isEmpty { commit() }
    }

    /// For an entry that nothing waits for.
    func commit(_ entry: LedgerEntry) {
        journal.append(entry)
        entriesOfTurn += 1
        guard entriesOfTurn == 1 else { return }
        // One write for all that happens in this turn of the loop: tasks run after all events of the turn.
        eventLoop.assumeIsolated().execute { self.turnEnded() }
    }

    private func turnEnded() {
        entriesOfLastTurn = entriesOfTurn
        entriesOfTurn = 0
        commit()
    }

    /// At once, for what is answered without waiting for anything.
    func record(_ entry: LedgerEntry) {
        journal.append(entry)
        commit()
    }

    /// Tries again to write what the disk has refused: where no request comes any more, nothing else would.
    func retryJournal() { commit() }

    /// How many entries there were since the loop's last turn that had any, and in that one.
    private var entriesOfTurn = 0
    private var entriesOfLastTurn = 0
    /// Those that are told at the moment; kept for its memory.
    private var goingOn: [ChatCall] = []

    private func commit() {
        var isRecorded = true
        do {
            try journal.commit()
        } catch {
            isRecorded = false
            counters.journalFailures += 1
            // Every request meets it as long as it lasts, and the log may be on the same disk.
            if let leftOut = warnings.next(of: "journal", for: "", at: clock()) {
                logger.error(
                    "The custody journal could not be written",
                    metadata: ["error": "\(error)", "left_out": "\(leftOut)"])
            }
        }
        // What goes on may have the next entry already.
        swap(&afterCommit, &goingOn)
        for call in goingOn { call.committed(isRecorded: isRecorded) }
        goingOn.removeAll(keepingCapacity: true)
    }

    // MARK: Connections

    func add(_ client: any LookedAfter) {
        clients[ObjectIdentifier(client)] = client
        startSweeping()
    }

    func remove(_ client: any LookedAfter) { clients[ObjectIdentifier(client)] = nil }

    var hasClients: Bool { !clients.isEmpty }

    /// Connections aren't kept any longer: what serves them next will be another gateway.
    func leave() { isLeaving = true }

    /// No new requests: what is under way is finished, and connections end with their next reply.
    func drain() {
        isDraining = true
        for client in Array(clients.values) { client.closeWhenIdle() }
    }

    /// What is still under way ends now: callers are told, and it goes on record.
    func cutOff() {
        for client in Array(clients.values) { client.cutOff() }
    }

    func closeAll() {
        for client in Array(clients.values) { client.close() }
        upstream.shutDown()
        // They hold each other.
        peers = []
    }

    /// Looks over all connections once a second, as long as there are any.
    private func startSweeping() {
        guard !isSweeping else { return }
        isSweeping = true
        eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.isSweeping = false
            let now = NIODeadline.now()
            for client in Array(self.clients.values) { client.secondPassed(now: now) }
            if !self.clients.isEmpty { self.startSweeping() }
        }
    }
}

/// What serves the requests of one key: worked out once, since it is the same for all of them.
final class KeyBinding {
    let key: APIKey
    /// The short digest of its policy.
    let policyDigest: String
    /// What content is digested with; nil where none is.
    let contentKey: ContentDigestKey?
    /// What personal information is replaced with; nil where none can be.
    let engine: SubstitutionEngine?

    init(key: APIKey, policyDigest: String, contentKey: ContentDigestKey?, engine: SubstitutionEngine?) {
        self.key = key
        self.policyDigest = policyDigest
        self.contentKey = contentKey
        self.engine = engine
    }
}

/// What a loop has counted. Sums over all loops are what an operator sees.
public struct LoopCounters: Sendable {
    public var connections = 0
    public var activeRequests = 0
    /// Callers that were turned away or whose connections were ended, by why.
    public var faults: [CallerFault: Int] = [:]
    /// By HTTP status.
    public var replies: [Int: Int] = [:]
    /// By outcome.
    public var outcomes: [CustodyRecord.Outcome: Int] = [:]
    public var inputTokens = 0
    public var outputTokens = 0
    public var journalFailures = 0
    /// Requests to upstreams, by all of the requests that were answered.
    public var attempts = 0
    /// How often an endpoint was left alone after it had failed too often.
    public var openedCircuits = 0
    /// Upstreams that were found to be other than their routes say, by attempt.
    public var drifts: [Drift.Kind: Int] = [:]
    /// Traced requests that nobody could be told of, since too many waited already.
    public var droppedTraces = 0

    public init() {}

    mutating func count(_ status: Int?, _ outcome: CustodyRecord.Outcome, _ usage: TokenUsage?) {
        if let status { replies[status, default: 0] += 1 }
        outcomes[outcome, default: 0] += 1
        guard let usage else { return }
        inputTokens += usage.prompt
        outputTokens += usage.output + usage.reasoning
    }

    public static func + (left: LoopCounters, right: LoopCounters) -> LoopCounters {
        var sum = left
        sum.connections += right.connections
        sum.activeRequests += right.activeRequests
        sum.faults.merge(right.faults, uniquingKeysWith: +)
        sum.replies.merge(right.replies, uniquingKeysWith: +)
        sum.outcomes.merge(right.outcomes, uniquingKeysWith: +)
        sum.inputTokens += right.inputTokens
        sum.outputTokens += right.outputTokens
        sum.journalFailures += right.journalFailures
        sum.attempts += right.attempts
        sum.openedCircuits += right.openedCircuits
        sum.droppedTraces += right.droppedTraces
        sum.drifts.merge(right.drifts, uniquingKeysWith: +)
        return sum
    }
}

/// Makes request ids.
struct RequestIDSource {
    private var random = BlockRandomness()

    mutating func next(at now: Timestamp) -> RequestID {
        let low = random.next()
        return RequestID(at: now, random: (UInt16(truncatingIfNeeded: random.next()), low))
    }
}

/// What the operator decides about the data plane.
public struct GatewaySettings: Sendable {
    /// Bytes a caller's body may have.
    public var bodyLimit: Int
    /// The control plane's socket; nil where there is none.
    public var controlPlaneSocket: String?
    /// How much of it one caller may hold.
    public var limits = ListenLimits()
    /// How long a caller may send nothing between two requests.
    public var idleTimeout: TimeAmount
    /// After how long a silent stream gets a comment, so that nothing between takes it for dead.
    public var pingInterval: TimeAmount
    /// Bodies to be parsed and replies to be rewritten that are larger are worked on by another thread. Bytes.
    public var inlineLimit: Int
    /// The short digest of a policy, for headers and records.
    public var policyDigest: @Sendable (KeyPolicy) -> String
    /// What an organization's content is digested with, for records; nil where it isn't digested.
    public var contentKey: (@Sendable (OrganizationID) -> ContentDigestKey)?
    /// What personal information in an organization's requests is replaced with; nil where none can be.
    public var substitutionEngine: (@Sendable (OrganizationID) -> SubstitutionEngine)?
    /// Asked about personal information too; nil where only the gateway looks for it.
    public var recognizer: (any RemoteRecognizer)?
    /// What is done about images and documents of which a request has the address only.
    public var mediaURLs: MediaURLPolicy = .pass
    /// Whose word on a caller's address is taken.
    public var proxies = TrustedProxies()
    /// Which requests are traced; nil: none.
    public var tracing: TraceRule?

    public init(
        bodyLimit: Int = 64 << 20, controlPlaneSocket: String? = nil, idleTimeout: TimeAmount = .seconds(75),
        pingInterval: TimeAmount = .seconds(15), inlineLimit: Int = 64 << 10,
        policyDigest: @escaping @Sendable (KeyPolicy) -> String,
        contentKey: (@Sendable (OrganizationID) -> ContentDigestKey)? = nil,
        substitutionEngine: (@Sendable (OrganizationID) -> SubstitutionEngine)? = nil
    ) {
        self.bodyLimit = bodyLimit
        self.controlPlaneSocket = controlPlaneSocket
        self.idleTimeout = idleTimeout
        self.pingInterval = pingInterval
        self.inlineLimit = inlineLimit
        self.policyDigest = policyDigest
        self.contentKey = contentKey
        self.substitutionEngine = substitutionEngine
    }
}
