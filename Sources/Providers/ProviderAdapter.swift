public import Domain
public import Wire

/// What a provider's folder offers: it builds the bytes of a request, signs them, and reads the bytes of a reply. It never
/// sends anything.
///
/// An adapter is made once for each route, so that whatever the route fixes is rendered once. It is either a
/// ``TranslatingAdapter``, or a ``PassingAdapter``, which is both.
public protocol ProviderAdapter: Sendable {
    static var facts: ProviderFacts { get }

    /// - Throws: ``AdapterSettingError`` when a setting that the provider needs is missing or wrong.
    init(route: Route, settings: ProviderSettings) throws(AdapterSettingError)

    /// What a reply with another status than 200 means.
    func fault(of reply: FailedReply) -> UpstreamFault
}

/// Asks an upstream one kind of thing in its own wire.
public protocol UpstreamTranslator: Sendable {
    /// Translates, and signs.
    ///
    /// - Throws: ``TranslationError`` for what this upstream can't be asked.
    func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest

    /// Reads the body of a reply with status 200 to this request, whole or streamed as it was asked.
    func reader(for chat: ChatRequest) -> any ReplyReader
}

/// An adapter whose upstream has a wire of its own.
public protocol TranslatingAdapter: ProviderAdapter, UpstreamTranslator {
    /// Asks how many tokens a request has, and reads the count as the reply's usage. Nil where the upstream tells no
    /// count but by answering: whatever else the gateway could say would be a guess.
    var tokenCounter: (any UpstreamTranslator)? { get }
}

extension TranslatingAdapter {
    public var tokenCounter: (any UpstreamTranslator)? { nil }
}

/// An adapter whose upstream speaks one of the wires that our callers speak. What a caller of that wire sent passes
/// unread, and so does what comes back; callers of other wires are translated.
public protocol PassingAdapter: TranslatingAdapter {
    /// What has to be edited in a body of a wire; nil for a wire that the upstream doesn't speak.
    func edits(passing wire: ChatWire) -> PassageEdits?

    /// - Parameter body: the caller's body, edited only where it must be.
    func request(
        passing body: Splice, of wire: ChatWire, isStreamed: Bool, credential: Credential, at now: Timestamp
    ) -> PassedRequest

    /// Takes streamed replies out of frames of the upstream's own; nil where they come as the caller's wire has them.
    var unframer: (any StreamUnframer)? { get }

    /// Whether a stream may end without its closing event once a finish reason came, as on some self-hosted servers.
    var toleratesMissingEnd: Bool { get }
}

extension PassingAdapter {
    public var unframer: (any StreamUnframer)? { nil }
    public var toleratesMissingEnd: Bool { false }
}

/// A request that passes.
public enum PassedRequest: Sendable {
    case ready(UpstreamRequest)
    /// Its signature is over all of its body, which nobody has gone through yet.
    case unsigned(UnsignedRequest)
}

/// The fixed facts of a provider.
public struct ProviderFacts: Sendable {
    public let id: ProviderID
    /// As the response headers show it, such as `Bedrock`.
    public let displayName: String
    /// What LiteLLM puts before the model's name, such as `bedrock`.
    public let litellmPrefix: String
    /// OpenTelemetry's `gen_ai.provider.name`, such as `aws.bedrock`.
    public let telemetryName: String
    /// Where routes of this provider connect unless configured otherwise, for a region; nil: it must be configured.
    public let defaultBaseURL: @Sendable (_ region: String) -> String?
    /// What the provider's interface says about where a route's requests go.
    public let residency: @Sendable (RouteSite) -> ResidencyFinding
    /// What its replies say of who has answered, and where.
    public let witness: ReplyWitness

    public init(
        id: ProviderID, displayName: String, litellmPrefix: String, telemetryName: String,
        defaultBaseURL: @escaping @Sendable (_ region: String) -> String?,
        residency: @escaping @Sendable (RouteSite) -> ResidencyFinding = { _ in ResidencyFinding() },
        witness: ReplyWitness = ReplyWitness()
    ) {
        self.id = id
        self.displayName = displayName
        self.litellmPrefix = litellmPrefix
        self.telemetryName = telemetryName
        self.defaultBaseURL = defaultBaseURL
        self.residency = residency
        self.witness = witness
    }
}

/// A provider's settings that are no secrets, by name, such as `project`.
public struct ProviderSettings: Sendable {
    public var values: [String: String]
    public init(_ values: [String: String] = [:]) { self.values = values }
    public subscript(name: String) -> String? { values[name] }
}

/// A setting that an adapter can't work with.
public struct AdapterSettingError: Error, CustomStringConvertible {
    public let setting: String
    public let description: String

    public init(setting: String, _ description: String) {
        self.setting = setting
        self.description = description
    }
}

/// A part of a request that an upstream can't be asked, by the name it has on the OpenAI wire and by its place in the
/// inner form; the codec of the caller's surface knows what the caller calls it.
public struct TranslationError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The upstream knows nothing like it, and leaving it out would change the meaning.
        case unsupported
        /// It is wrong on any wire.
        case invalid
    }

    public let kind: Kind
    public let parameter: String
    /// A sentence for the caller.
    public let message: String

    public init(_ kind: Kind, parameter: String, _ message: String) {
        self.kind = kind
        self.parameter = parameter
        self.message = message
    }

    public static func unsupported(_ parameter: String, by provider: String) -> TranslationError {
        TranslationError(
            .unsupported, parameter: parameter,
            "\(provider) has no counterpart of '\(parameter)'. Leave it out, or use a route that takes it.")
    }
}
