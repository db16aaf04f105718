/// What the gateway did with one request. Never content: see the field list in the documentation.
///
/// Opened before the first byte leaves, closed before the last byte goes to the caller.
public struct CustodyRecord: Sendable {
    public let id: RequestID
    public let organization: OrganizationID
    public let key: APIKey.ID
    /// Digest of the policy in force; it is also `x-ni-policy`.
    public let policy: String
    /// Which surface was called, such as `chat.completions`.
    public let surface: String
    public var isStreamed = false
    /// The `model` that was asked for.
    public var askedRoute: Route.ID?
    /// The command that the request was, such as `ni-status`; nil where a model was asked.
    public var command: String?
    /// The mapping that led to a route, or that a command was to change.
    public var mapping: Mapping?
    /// The route that answered, or was tried last.
    public var route: Route?
    /// What the caller sent to be bound into the record.
    public var nonce: String?
    /// What was done about personal information; nil where nothing was asked for.
    public var substitution: SubstitutionSummary?
    /// What the gateway has set out to fetch for the request; nil where that was nothing.
    public var fetched: Fetched?
    /// Of what was asked and answered; nil where it isn't digested, or was refused before it had come.
    public var digests: ContentDigests?
    /// The caller's trace; nil where it has none, or one that isn't valid.
    public var trace: TraceContext?
    public let openedAt: Timestamp
    public var closedAt: Timestamp?
    public var outcome: Outcome = .open
    /// The status the caller got; nil where no reply was begun.
    public var status: Int?
    /// The code of the error the caller got.
    public var error: GatewayError.Code?
    public var attempts: [Attempt] = []
    public var usage: TokenUsage?
    public var charge: Charge?
    /// Bytes of the caller's body.
    public let requestBytes: Int
    /// Bytes of the reply's body.
    public var responseBytes = 0

    public init(
        id: RequestID, organization: OrganizationID, key: APIKey.ID, policy: String, surface: String,
        openedAt: Timestamp, requestBytes: Int
    ) {
        self.id = id
        self.organization = organization
        self.key = key
        self.policy = policy
        self.surface = surface
        self.openedAt = openedAt
        self.requestBytes = requestBytes
    }

    public struct Mapping: Hashable, Sendable {
        /// The `model` that was asked for.
        public let name: String
        /// Nil for one that was to be removed.
        public let route: Route.ID?

        public init(name: String, route: Route.ID?) {
            self.name = name
            self.route = route
        }
    }

    /// Parts of a request that only said where their content is.
    public struct Fetched: Hashable, Sendable {
        public let parts: Int
        /// What was found, if all was; else 0.
        public var bytes = 0

        public init(parts: Int) { self.parts = parts }
    }

    public enum Outcome: String, CaseIterable, Sendable {
        /// In progress.
        case open
        case completed
        /// Nothing went to a provider: the request was not allowed or not sound.
        case refused
        /// It left, and no complete reply came back.
        case failed
        /// The caller went away.
        case cancelled
        /// The gateway ended in the middle of it; set when it starts again.
        case interrupted

        /// Counted for each request; as its text it would be hashed for longer.
        public func hash(into hasher: inout Hasher) { hasher.combine(number) }

        /// In the journal's files: never to be changed.
        package var number: Int {
            switch self {
            case .open: 0
            case .completed: 1
            case .refused: 2
            case .failed: 3
            case .cancelled: 4
            case .interrupted: 5
            }
        }
    }
}

/// One upstream that has seen, or may have seen, the request.
public struct Attempt: Sendable {
    public let route: Route
    /// Which of the route's endpoints it was, by its number.
    public let endpointIndex: Int
    public let startedAt: Timestamp
    public var endedAt: Timestamp?
    /// The address that was connected to, such as `10.0.0.1:443`; nil when no connection was made.
    public var address: String?
    /// What the address says about where the endpoint is; nil where it wasn't looked at.
    public var finding: AddressFinding?
    /// The status the upstream gave.
    public var status: Int?
    /// The upstream's own id of the request.
    public var upstreamRequestID: String?
    /// The model that the upstream says has answered.
    public var answeredModel: String?
    /// Bytes of the request's body; 0 once it is known that nothing was sent.
    public var sentBytes = 0
    /// Bytes of the reply's body.
    public var receivedBytes = 0
    /// Why it failed, in one word; nil when it didn't.
    public var failure: String?
    /// The credential that it was sent with.
    public var credential: CredentialLabel?
    private var rarities = Rarities.none

    /// What only some attempts have stands apart, so that it isn't copied with each of them.
    private enum Rarities: Sendable {
        case none
        indirect case some(RareFacts)
    }

    private struct RareFacts: Sendable {
        var certificate: String?
        var refusedAddress: String?
        var observedRegion: String?
        var observedGeography: String?
        var drifts: [Drift] = []
    }

    private var rareFacts: RareFacts {
        get { if case .some(let facts) = rarities { facts } else { RareFacts() } }
        set { rarities = .some(newValue) }
    }

    /// - Parameter endpointIndex: the number of one of the route's endpoints; of another number, it is the first.
    public init(route: Route, endpointIndex: Int = 0, startedAt: Timestamp) {
        self.route = route
        self.endpointIndex = route.endpoints.indices.contains(endpointIndex) ? endpointIndex : 0
        self.startedAt = startedAt
    }

    public var endpoint: Endpoint { route.endpoints[endpointIndex].endpoint }

    /// Whether it has none of what follows.
    public var hasNothingRare: Bool { if case .none = rarities { true } else { false } }

    /// SHA-256 of the certificate of whoever was connected to, in DER, as hex digits; nil without TLS.
    public var certificate: String? {
        get { rareFacts.certificate }
        set { if newValue != nil || !hasNothingRare { rareFacts.certificate = newValue } }
    }

    /// The address that was not connected to, or left at once, because of what it says.
    public var refusedAddress: String? {
        get { rareFacts.refusedAddress }
        set { rareFacts.refusedAddress = newValue }
    }

    /// The region that the upstream says has answered, as routes name regions.
    public var observedRegion: String? {
        get { rareFacts.observedRegion }
        set { rareFacts.observedRegion = newValue }
    }

    /// Where the upstream says that the model has run, in its own word, such as `us`.
    public var observedGeography: String? {
        get { rareFacts.observedGeography }
        set { rareFacts.observedGeography = newValue }
    }

    /// In what the upstream was found to be another than the route says.
    public var drifts: [Drift] {
        get { rareFacts.drifts }
        set { rareFacts.drifts = newValue }
    }

    /// It is over, without an answer that is whole; one that is over already stays as it is. What was never connected to was
    /// sent nothing.
    public mutating func fail(_ reason: String, at now: Timestamp) {
        guard endedAt == nil else { return }
        endedAt = now
        failure = reason
        if address == nil { sentBytes = 0 }
    }
}

/// A record on its way to the store: rendered, and with what the store finds it by.
public struct LedgerEntry: Sendable, Hashable {
    public enum Phase: UInt8, Sendable {
        case opened = 1
        case closed = 2
        /// No record: what was replaced in the request, for the audit log of personal information.
        case substituted = 3
    }

    public let id: RequestID
    public let organization: OrganizationID
    public let phase: Phase
    public let openedAt: Timestamp
    /// Whether an upstream was found to be another than its route says: the store lists those records.
    public let hasDrift: Bool
    /// The record as JSON text, or what was replaced.
    public let json: [UInt8]
    /// What a closed record adds to the usage of its key.
    public let usage: UsageEntry?

    public init(
        id: RequestID, organization: OrganizationID, phase: Phase, openedAt: Timestamp, hasDrift: Bool = false,
        json: [UInt8], usage: UsageEntry? = nil
    ) {
        self.id = id
        self.organization = organization
        self.phase = phase
        self.openedAt = openedAt
        self.hasDrift = hasDrift
        self.json = json
        self.usage = usage
    }
}

/// Port: where one event loop appends its ledger entries. Used from that loop only.
public protocol CustodyJournal: AnyObject {
    /// False once the journal has reached its limit; requests are refused then, because they could not be recorded.
    var hasRoom: Bool { get }
    /// Takes an entry; it is safe against the death of the process after the next ``commit()``.
    func append(_ entry: LedgerEntry)
    /// Hands what was appended to the operating system, in one write.
    ///
    /// - Throws: when the disk doesn't take it. What was appended stays, for the next try.
    func commit() throws
}
