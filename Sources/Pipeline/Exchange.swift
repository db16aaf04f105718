public import Domain
import Privacy
public import Providers
public import Routing
public import Wire

/// The life of one request after its key was found: what to do next, decided from what has happened.
///
/// It does nothing itself. `Gateway` tells it what came from the caller and the upstream and does what it answers, so a
/// whole life can be run through without a socket. `Documentation/Life of a request.md` tells the same story in prose.
///
/// There is one of each, never a copy: copying all that it holds whenever something is asked of it showed in the profile.
public struct Exchange: ~Copyable {
    public let id: RequestID
    public let key: APIKey
    public internal(set) var record: CustodyRecord
    let snapshot: ServingSnapshot
    let created: Timestamp
    let codec: any ChatCodec
    let language: Language

    var ask: ChatScan?
    private(set) var demandedTier: Tier?
    private(set) var allowsFallbacks = true
    private(set) var plan: AttemptPlan?
    private var binding: RouteBinding?
    /// The endpoint that a request is meant for, or under way to.
    private var hold: EndpointHold?
    private var hasNewlyOpenCircuit = false
    /// What one of the plan's routes made of the body, kept for the next one.
    private var chat: ChatRequest?
    /// What translates for the route at hand; nil where it was passed the body, since it speaks the caller's wire.
    private var translator: (any UpstreamTranslator)?
    /// What the caller wants of what is in trial, for an upstream of its own wire.
    private var betas: String?
    /// The endpoint whose kept connection was dead.
    private var reconnects: Int?

    var reply: ReplyProgress = .none
    var watch: ReplyWatch
    /// What the last attempt failed of.
    var lastFailure: GatewayError?
    /// Whether the caller has been sent a byte; from then on there is no other route.
    public private(set) var hasBegun = false
    /// What a command comes to; nil where a model is asked.
    public internal(set) var commandAnswer: CommandAnswer?
    private let contentKey: ContentDigestKey?
    private let engine: SubstitutionEngine?
    let media: MediaURLPolicy
    /// What is to be fetched before anything leaves; nil once it is under way.
    var pendingFetching: MediaFetching?
    /// Whether the request has its provider fetch something.
    var passesMediaURLs = false
    /// What is to be done about personal information before anything leaves; nil once it is done.
    private var pendingSubstitution: SubstitutionWork?
    /// What was done about it; nil where nothing was to be.
    private(set) var substituted: SubstitutedRequest?
    /// For the audit log; nil once it is on its way there.
    private var pendingAudit: [UInt8]?
    /// What it holds of its key's limits; nil where there are none, and once it is settled.
    var reservation: Reservation?
    /// What it holds of its organization's credits.
    var heldCredits = Money.zero
    /// Its organization's; nil once it is settled.
    var credits: Credits?
    /// How the key stood when it was admitted, or refused for its limits.
    var standing: LimitStanding?
    /// Of the reply, as far as it has come; nil before that, and where it isn't digested.
    private var replyDigester: ContentDigester?

    public init(
        id: RequestID, key: APIKey, policy: String, surface: String, codec: any ChatCodec, language: Language,
        snapshot: ServingSnapshot, requestBytes: Int, digests: ContentDigests? = nil,
        contentKey: ContentDigestKey? = nil, engine: SubstitutionEngine? = nil, media: MediaURLPolicy = .pass,
        at now: Timestamp
    ) {
        self.id = id
        self.key = key
        self.codec = codec
        self.language = language
        self.snapshot = snapshot
        created = now
        credits = key.credits
        watch = ReplyWatch(snapshot.timeouts)
        record = CustodyRecord(
            id: id, organization: key.organization, key: key.id, policy: policy, surface: surface,
            openedAt: now, requestBytes: requestBytes)
        record.digests = digests
        self.contentKey = contentKey
        self.engine = engine
        self.media = media
    }

    /// What the caller wants bound into the record, whatever becomes of the request; nothing that may not be.
    public mutating func bind(_ demands: CallerDemands) { record.nonce = try? demands.checkedNonce() }

    // MARK: Before anything leaves

    /// Stages 2 to 4, and what stage 5 is asked for: nearly all that can refuse a request. What is a command goes no
    /// further: ``commandAnswer`` answers it.
    public mutating func prepare(
        _ body: UnsafeRawBufferPointer, demands: CallerDemands, on today: CalendarDate
    ) throws(GatewayError) {
        record.nonce = try demands.checkedNonce()
        let ask = try read(body)
        record.isStreamed = ask.isStreamed
        betas = demands.betas
        let catalog = snapshot.catalog
        let asked = catalog[ask.model]
        record.askedRoute = asked?.id
        if let command = Command(of: ask, in: body, for: key) { return take(command, for: ask.model, on: today) }

        demandedTier = try demands.tier(ask)
        let clearance = try clearance(for: ask.model, asked, demanding: demandedTier, on: today)
        if let member = ask.onwardMember { try checkOnward(member, under: clearance, on: today) }
        try checkMedia(of: ask, in: body, under: clearance)
        allowsFallbacks = try demands.allowsFallbacks(ask, usually: key.policy.allowsFallbacks)
        plan = AttemptPlan(
            FallbackPlan(
                clearance, allowsFallbacks: allowsFallbacks, demanding: demandedTier,
                sendingOnward: sendsOnward, in: catalog, on: today),
            snapshot.retries)
        pendingSubstitution = try substitution(of: ask, demands)
        try checkProtection(by: pendingSubstitution)
        try reserve(body, for: plan?.routes ?? [])
    }

    private func substitution(
        of ask: ChatScan, _ demands: CallerDemands
    ) throws(GatewayError) -> SubstitutionWork? {
        let scope = try demands.substitutionScope(of: id)
        let demand = try demands.substitution(ask) ?? key.policy.substitution ?? engine?.usual ?? .off
        guard demand != .off else { return nil }
        guard let engine else { throw .noSubstitution }
        return SubstitutionWork(engine: engine, scope: scope, demand: demand, wire: codec.wire, key: key.id)
    }

    /// Stage 5, where there is something to do: all of the body must be gone through, elsewhere if it is large.
    public mutating func takeSubstitution() -> SubstitutionWork? { pendingSubstitution.take() }

    /// What was replaced is what leaves, wherever it goes.
    public mutating func substituted(_ request: SubstitutedRequest) {
        pendingAudit = request.audit
        ask = request.ask ?? ask
        substituted = request
        record.substitution = request.summary
    }

    /// - Parameter route: the one that has the model's name.
    private mutating func clearance(
        for model: String, _ route: Route?, demanding tier: Tier?, on today: CalendarDate
    ) throws(GatewayError) -> Clearance {
        let catalog = snapshot.catalog
        if let mapped = snapshot.mappings(of: key)[exactly: model] {
            record.mapping = CustodyRecord.Mapping(name: model, route: mapped)
            return try catalog.clearance(mapped: model, to: mapped, for: key, demanding: tier, on: today)
        }
        let route = try catalog.offered(route, as: model, to: key, on: today)
        return try key.clearance(for: route, demanding: tier, in: catalog, on: today)
    }

    private func checkOnward(
        _ member: String, under clearance: Clearance, on today: CalendarDate
    ) throws(GatewayError) {
        do throws(GatewayError) {
            try clearance.checkOnward(member, demanding: demandedTier, in: snapshot.catalog, on: today)
        } catch {
            throw record.mapping.map { error.whereMapped(from: $0.name) } ?? error
        }
    }

    private mutating func read(_ body: UnsafeRawBufferPointer) throws(GatewayError) -> ChatScan {
        do throws(ChatRequestError) {
            let scan = try ChatScan(body, of: codec.wire)
            ask = scan
            return scan
        } catch {
            throw GatewayError(error)
        }
    }

    /// What was replaced, for the audit log: before anything leaves, and once however often the request is sent.
    public mutating func takeAuditEntry() -> LedgerEntry? {
        guard let json = pendingAudit.take() else { return nil }
        return LedgerEntry(
            id: id, organization: key.organization, phase: .substituted, openedAt: record.openedAt, json: json)
    }

    /// The record as it stands when the request leaves.
    public func openingEntry() -> LedgerEntry { record.entry(.opened, snapshot) }

    // MARK: Sending

    /// What has to be sent, or what has to be worked out first.
    public enum Sending {
        case ready(Dispatch)
        /// All of the body must be gone through: elsewhere, if it is large.
        case work(BodyWork)
    }

    /// Stage 6 for the next route of the plan.
    ///
    /// - Parameter gaps: what the text that was prepared lacks of the caller's.
    /// - Throws: `upstream_unavailable` when no route that is left can be asked now.
    public mutating func send(
        _ body: UnsafeRawBufferPointer, gaps: TextGaps = TextGaps(), at now: Timestamp
    ) throws(GatewayError) -> Sending {
        guard let ask, let (hold, clearance, credential) = takeEndpoint(at: now) else { throw nothingToAsk(at: now) }
        let endpoint = hold.endpoint
        guard let edits = endpoint.edits(passing: codec.wire), let adapter = endpoint.passingAdapter else {
            let translation = try translation(for: endpoint, clearance, credential, at: now)
            translator = translation.translator
            return .work(.translation(translation))
        }
        translator = nil
        var splice = Splice(across: gaps)
        ask.splice(edits.adding(betas: betas), of: body, into: &splice)
        let request = adapter.request(
            passing: splice, of: codec.wire, isStreamed: ask.isStreamed, credential: credential, at: now)
        switch request {
        case .ready(var request):
            if codec.wire.isAnthropic, edits.betas == nil, let betas { request.add("anthropic-beta", betas) }
            return .ready(dispatch(request, under: clearance, at: now))
        case .unsigned(let request): return .work(.signing(Signing(request: request, clearance: clearance)))
        }
    }

    /// - Throws: where the upstream has nothing like what is asked.
    func translation(
        for endpoint: BoundEndpoint, _ clearance: Clearance, _ credential: Credential, at now: Timestamp
    ) throws(GatewayError) -> Translation {
        Translation(
            translator: try endpoint.translator(of: codec.wire), codec: codec, credential: credential, chat: chat,
            clearance: clearance, now: now)
    }

    /// An endpoint of the next route of the plan that can be called at the moment.
    private mutating func takeEndpoint(at now: Timestamp) -> (EndpointHold, Clearance, Credential)? {
        while let clearance = plan?.clearance {
            if let binding = snapshot.binding(for: clearance), let slot = binding.slot(for: key.organization),
                let credential = slot.credential(at: now),
                let index = takeEndpoint(of: binding, at: now)
            {
                let hold = EndpointHold(binding: binding, index: index, credential: slot)
                self.hold = hold
                return (hold, clearance.at(endpoint: index), credential)
            }
            plan?.skip()
            // It was about an endpoint of that route.
            reconnects = nil
        }
        return nil
    }

    private func takeEndpoint(of binding: RouteBinding, at now: Timestamp) -> Int? {
        guard let reconnects else {
            return binding.balancer.begin(at: now, after: plan?.tried ?? [], draw: draw)
        }
        binding.balancer.begin(reconnects, at: now)
        return reconnects
    }

    /// A random number of the request's own, another one for each attempt.
    private var draw: UInt64 { id.low &+ UInt64(record.attempts.count) &* 0x9E37_79B9_7F4A_7C15 }

    /// Lets go of the endpoint at hand.
    mutating func release(_ outcome: EndpointBalancer.Outcome, at now: Timestamp) {
        guard let hold = hold.take() else { return }
        if hold.binding.balancer.ended(hold.index, outcome, at: now) { hasNewlyOpenCircuit = true }
    }

    /// The endpoint that the last failure has made one that is left alone, and until when; nil if there is none. It is
    /// told once.
    public mutating func takeOpenCircuit(
        at now: @autoclosure () -> Timestamp
    ) -> (endpoint: Endpoint, until: Timestamp)? {
        guard hasNewlyOpenCircuit, let attempt = record.attempts.last, let binding else { return nil }
        hasNewlyOpenCircuit = false
        guard let until = binding.balancer.openUntil(attempt.endpointIndex, at: now()) else { return nil }
        return (attempt.endpoint, until)
    }

    /// Why none of the plan's routes can be asked. What is in the way of the one that was asked for is told.
    private func nothingToAsk(at now: Timestamp) -> GatewayError {
        guard let clearance = plan?.routes.first, let binding = snapshot.binding(for: clearance) else {
            return .internalError
        }
        let obstacle = binding.obstacle(for: key.organization, at: now) ?? .noCredential
        return obstacle.error(of: binding, at: now)
    }

    /// Takes what the work on the body has made.
    public mutating func send(_ result: BodyWork.Result, at now: Timestamp) -> Dispatch {
        chat = result.chat ?? chat
        return dispatch(result.request, under: result.clearance, at: now)
    }

    /// From here on the route counts as one that has seen the request; one that it was only meant for doesn't.
    private mutating func dispatch(
        _ request: UpstreamRequest, under clearance: Clearance, at now: Timestamp
    ) -> Dispatch {
        binding = hold?.binding
        record.route = clearance.route
        record.attempts.append(
            Attempt(route: clearance.route, endpointIndex: clearance.endpointIndex, startedAt: now))
        let slot = hold?.credential
        withAttempt {
            $0.sentBytes = request.body.count
            $0.credential = slot?.label
        }
        slot?.noteUse(at: now)
        reply = .none
        replyDigester = nil
        let isReconnect = reconnects != nil
        reconnects = nil
        return Dispatch(request: request, clearance: clearance, wantsFreshConnection: isReconnect)
    }

    /// Nothing has left after all: the route before it, if any, is the last that has seen the request.
    mutating func withdrawAttempt(at now: Timestamp) {
        release(.unknown, at: now)
        _ = record.attempts.popLast()
        record.route = record.attempts.last?.route
        binding = record.route.flatMap { snapshot.binding(for: $0) }
    }

    // MARK: After a failure

    /// Lets go of the endpoint, and says after what wait there is another try, wherever that goes; nil when there is none.
    mutating func next(after fault: UpstreamFault, stale: Bool, at now: Timestamp) -> Duration? {
        guard let hold else { return nil }
        release(stale ? .unknown : fault.outcome, at: now)
        guard !hasBegun else { return nil }
        plan?.tried(hold.index)
        let hasOther = hold.binding.balancer.hasOther(than: plan?.tried ?? [], at: now)
        let remedy = stale ? .anotherConnection : fault.remedy
        let draw = draw
        switch plan?.move(after: remedy, hasOther: hasOther, draw: draw) {
        case .again(let wait): return wait
        case .reconnect:
            reconnects = hold.index
            return .zero
        case .nextRoute: return .zero
        case nil: return nil
        }
    }

    // MARK: The reply's digest

    /// Bytes of the reply's body, in their order.
    mutating func digest(_ bytes: UnsafeRawBufferPointer) {
        guard let contentKey else { return }
        if replyDigester == nil { replyDigester = contentKey.digester() }
        replyDigester?.add(bytes)
    }

    /// Of what has gone to the caller, or is about to.
    mutating func finishDigest() {
        guard let digester = replyDigester.take() else { return }
        record.digests?.response = digester.digest()
    }

    mutating func begin() {
        hasBegun = true
        if let hold { hold.binding.balancer.answered(hold.index) }
    }

    /// What makes the caller's reply of the upstream's.
    func relay(for ask: ChatScan, _ binding: RouteBinding, _ endpoint: BoundEndpoint) -> Relay {
        Relay(
            for: ask, reading: translatedReply, from: endpoint, codec: codec, restorer: restorer,
            identity: ChatReplyIdentity(id: id.hex, created: created.seconds, model: binding.route.id))
    }

    /// Nil where nothing is to be put back. No text comes back of embeddings and counts.
    private var restorer: ReplyRestorer? {
        guard codec.wire != .openAIEmbeddings, codec.wire != .anthropicTokenCount else { return nil }
        return substituted?.restoration.map { ReplyRestorer($0, of: codec.wire) }
    }

    /// What was asked, where it was translated, and what reads the answer.
    private var translatedReply: (chat: ChatRequest, reader: any ReplyReader)? {
        guard let translator, let chat else { return nil }
        return (chat, translator.reader(for: chat))
    }

    /// What serves the route that has seen the request last.
    var currentBinding: RouteBinding? { binding }

    /// The endpoint that it is under way to.
    var currentEndpoint: BoundEndpoint? { hold?.endpoint }
}

/// A request on its way out, and the proof that it may go there.
///
/// A class: it is handed on, waits for the journal and is handed on again, and is large.
public final class Dispatch {
    public let request: UpstreamRequest
    public let clearance: Clearance
    /// A kept connection turned out to be dead: this try must not meet another such.
    public let wantsFreshConnection: Bool

    init(request: UpstreamRequest, clearance: Clearance, wantsFreshConnection: Bool) {
        self.request = request
        self.clearance = clearance
        self.wantsFreshConnection = wantsFreshConnection
    }
}

extension UpstreamRequest.Body {
    public var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .spliced(let splice): splice.count
        }
    }
}
