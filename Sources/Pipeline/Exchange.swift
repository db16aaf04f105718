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
    private var plan: FallbackPlan?
    private var planIndex = 0
    private var binding: RouteBinding?
    /// What one of the plan's routes made of the body, kept for the next one.
    private var chat: ChatRequest?
    /// What translates for the route at hand; nil where it was passed the body, since it speaks the caller's wire.
    private var translator: (any UpstreamTranslator)?
    /// What the caller wants of what is in trial, for an upstream of its own wire.
    private var betas: String?
    private var wantsFreshConnection = false
    private var hasRetriedStaleConnection = false

    var reply: ReplyProgress = .none
    /// What the last attempt failed of.
    var lastFailure: GatewayError?
    /// Whether the caller has been sent a byte; from then on there is no other route.
    public private(set) var hasBegun = false
    /// What a command comes to; nil where a model is asked.
    public internal(set) var commandAnswer: CommandAnswer?

    public init(
        id: RequestID, key: APIKey, policy: String, surface: String, codec: any ChatCodec, language: Language,
        snapshot: ServingSnapshot, requestBytes: Int, at now: Timestamp
    ) {
        self.id = id
        self.key = key
        self.codec = codec
        self.language = language
        self.snapshot = snapshot
        created = now
        record = CustodyRecord(
            id: id, organization: key.organization, key: key.id, policy: policy, surface: surface,
            openedAt: now,
            requestBytes: requestBytes)
    }

    // MARK: Before anything leaves

    /// Stages 2 to 5: all that can refuse a request. What is a command goes no further: ``commandAnswer`` answers it.
    public mutating func prepare(
        _ body: UnsafeRawBufferPointer, demands: CallerDemands, on today: CalendarDate
    ) throws(GatewayError) {
        let ask = try read(body)
        record.isStreamed = ask.isStreamed
        record.nonce = try demands.checkedNonce()
        betas = demands.betas
        let catalog = snapshot.catalog
        record.askedRoute = catalog[ask.model]?.id
        if let command = Command(of: ask, in: body, for: key) { return take(command, for: ask.model, on: today) }

        let tier = try demands.tier(ask)
        let clearance = try clearance(for: ask.model, demanding: tier, on: today)
        let allowsFallbacks = try demands.allowsFallbacks(ask, key.policy)
        plan = FallbackPlan(clearance, allowsFallbacks: allowsFallbacks, demanding: tier, in: catalog, on: today)
        try SubstitutionStage.check(demands.substitution(ask))
    }

    private mutating func clearance(
        for model: String, demanding tier: Tier?, on today: CalendarDate
    ) throws(GatewayError) -> Clearance {
        let catalog = snapshot.catalog
        if let mapped = snapshot.mappings(of: key)[exactly: model] {
            record.mapping = CustodyRecord.Mapping(name: model, route: mapped)
            return try catalog.clearance(mapped: model, to: mapped, for: key, demanding: tier, on: today)
        }
        let route = try catalog.route(for: model, key: key, on: today)
        return try key.clearance(for: route, demanding: tier, in: catalog, on: today)
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
    /// - Throws: `upstream_unavailable` when no route that is left has a credential that is good now.
    public mutating func send(
        _ body: UnsafeRawBufferPointer, gaps: TextGaps = TextGaps(), at now: Timestamp
    ) throws(GatewayError) -> Sending {
        guard let ask, let plan, let (clearance, credential) = nextWithCredential(of: plan, at: now) else {
            throw missingCredential
        }
        guard let binding = snapshot.binding(for: clearance) else { throw .internalError }
        if let edits = binding.edits(passing: codec.wire), let adapter = binding.passingAdapter {
            translator = nil
            var splice = Splice(across: gaps)
            ask.splice(edits.adding(betas: betas), of: body, into: &splice)
            let request = adapter.request(
                passing: splice, of: codec.wire, isStreamed: ask.isStreamed, credential: credential, at: now)
            switch request {
            case .ready(var request):
                if codec.wire.isAnthropic, edits.betas == nil, let betas { request.add("anthropic-beta", betas) }
                return .ready(dispatch(request, to: binding, under: clearance, at: now))
            case .unsigned(let request): return .work(.signing(Signing(request: request, clearance: clearance)))
            }
        }
        let translator = try binding.translator(of: codec.wire)
        self.translator = translator
        return .work(
            .translation(
                Translation(
                    translator: translator, codec: codec, credential: credential, chat: chat, clearance: clearance,
                    now: now)))
    }

    /// The next route of the plan that can be called at the moment.
    private mutating func nextWithCredential(of plan: FallbackPlan, at now: Timestamp) -> (Clearance, Credential)? {
        while planIndex < plan.clearances.count {
            let clearance = plan.clearances[planIndex]
            if let credential = snapshot.binding(for: clearance)?.credential.credential(at: now) {
                return (clearance, credential)
            }
            planIndex += 1
        }
        return nil
    }

    private var missingCredential: GatewayError {
        let name = plan?.clearances.first.flatMap { snapshot.binding(for: $0)?.facts.displayName }
        return .upstream(
            .upstreamUnavailable, status: 503, provider: name ?? "The upstream",
            message: "The gateway has no valid credential for it at the moment.")
    }

    /// Takes what the work on the body has made.
    public mutating func send(_ result: BodyWork.Result, at now: Timestamp) -> Dispatch {
        chat = result.chat ?? chat
        let binding = snapshot.binding(for: result.clearance)
        return dispatch(result.request, to: binding, under: result.clearance, at: now)
    }

    /// From here on the route counts as one that has seen the request; one that it was only meant for doesn't.
    private mutating func dispatch(
        _ request: UpstreamRequest, to binding: RouteBinding?, under clearance: Clearance, at now: Timestamp
    ) -> Dispatch {
        self.binding = binding
        record.route = clearance.route
        var attempt = Attempt(route: clearance.route, startedAt: now)
        attempt.sentBytes = request.body.count
        record.attempts.append(attempt)
        reply = .none
        return Dispatch(request: request, clearance: clearance, wantsFreshConnection: wantsFreshConnection)
    }

    /// Nothing has left after all: the route before it, if any, is the last that has seen the request.
    mutating func withdrawAttempt() {
        _ = record.attempts.popLast()
        record.route = record.attempts.last?.route
        binding = record.route.flatMap { snapshot.binding(for: $0) }
    }

    // MARK: After a failure

    /// The next route's turn, the same route's on a new connection, or nobody's.
    mutating func next(after fault: UpstreamFault, stale: Bool) -> Bool {
        guard !hasBegun else { return false }
        if stale && !hasRetriedStaleConnection {
            hasRetriedStaleConnection = true
            wantsFreshConnection = true
            return true
        }
        guard fault.mayFallBack, let plan, planIndex + 1 < plan.clearances.count else { return false }
        planIndex += 1
        wantsFreshConnection = false
        return true
    }

    mutating func begin() { hasBegun = true }

    /// What makes the caller's reply of the upstream's.
    func relay(for ask: ChatScan, _ binding: RouteBinding) -> Relay {
        Relay(
            for: ask, reading: translatedReply, binding: binding, codec: codec,
            identity: ChatReplyIdentity(id: id.hex, created: created.seconds, model: binding.route.id))
    }

    /// What was asked, where it was translated, and what reads the answer.
    private var translatedReply: (chat: ChatRequest, reader: any ReplyReader)? {
        guard let translator, let chat else { return nil }
        return (chat, translator.reader(for: chat))
    }

    var currentBinding: RouteBinding? { binding }
}

/// A request on its way out, and the proof that it may go there.
public struct Dispatch {
    public let request: UpstreamRequest
    public let clearance: Clearance
    /// A kept connection turned out to be dead: this try must not meet another such.
    public let wantsFreshConnection: Bool
}

extension UpstreamRequest.Body {
    public var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .spliced(let splice): splice.count
        }
    }
}
