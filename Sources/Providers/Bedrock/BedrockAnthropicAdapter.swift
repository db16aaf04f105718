public import Domain
public import Wire

/// Claude on Amazon Bedrock through InvokeModel, for what Claude has and Converse lacks.
///
/// The body is Anthropic's; signing, frames and most errors are AWS's. The setting `anthropic_beta` is as
/// ``AnthropicAdapter`` has it.
public struct BedrockAnthropicAdapter: PassingAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "bedrock_anthropic"), displayName: "Bedrock", litellmPrefix: "bedrock",
        telemetryName: "aws.bedrock", defaultBaseURL: BedrockAdapter.facts.defaultBaseURL,
        residency: BedrockResidency.finding, witness: ReplyWitness(models: .bedrockAnthropic))

    private let encoder: AnthropicEncoder
    private let edits: PassageEdits
    private let invoke: BedrockOperation
    private let invokeStream: BedrockOperation
    private let counter: BedrockTokenCounter
    private let dialect = AnthropicDialect(provider: facts.displayName)

    /// Models with a date in their name, and ARNs, take no later version.
    private static let version = "bedrock-2023-05-31"

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        guard !route.residency.region.isEmpty else {
            throw AdapterSettingError(
                setting: "region", "Bedrock signs requests for a region. Give the route one, such as 'ca-central-1'.")
        }
        guard 1...2_048 ~= route.upstreamModel.utf8.count else {
            throw AdapterSettingError(
                setting: "model", "Bedrock needs a model id, or an inference profile's id or ARN, of up to 2048 bytes.")
        }
        let edits = Self.edits.adding(betas: settings["anthropic_beta"])
        self.edits = edits
        var envelope = AnthropicEnvelope(model: nil, version: Self.version)
        envelope.tellsStream = false
        envelope.betas = edits.betas ?? []
        let encoder = AnthropicEncoder(AnthropicModel(route, door: .hosted), envelope)
        self.encoder = encoder
        let keys = SigV4KeyCache()
        invoke = BedrockOperation("invoke", accept: "application/json", of: route, keys: keys)
        invokeStream = BedrockOperation(
            "invoke-with-response-stream", accept: "application/vnd.amazon.eventstream", of: route, keys: keys)
        counter = BedrockTokenCounter(of: route, keys: keys) { chat throws(TranslationError) in
            BedrockTokenCounter.wrap(invoking: try encoder.body(of: chat, for: Self.facts.displayName))
        }
    }

    public var tokenCounter: (any UpstreamTranslator)? { counter }

    public func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        let body = try encoder.body(of: chat, for: Self.facts.displayName)
        return (chat.isStreamed ? invokeStream : invoke).request(body, credential: credential, at: now)
    }

    public func reader(for chat: ChatRequest) -> any ReplyReader {
        chat.isStreamed ? InvokeStreamReader(dialect) : AnthropicReader(dialect)
    }

    /// The path says which model is asked, and whether a stream is.
    private static var edits: PassageEdits {
        var edits = PassageEdits(model: .removed)
        edits.inserted = Array("\"anthropic_version\":\"\(version)\",".utf8)
        edits.removesStream = true
        edits.betas = []
        return edits
    }

    /// What is counted is another operation's, in an envelope of its own.
    public func edits(passing wire: ChatWire) -> PassageEdits? { wire == .anthropicMessages ? edits : nil }

    public func request(
        passing body: Splice, of wire: ChatWire, isStreamed: Bool, credential: Credential, at now: Timestamp
    ) -> PassedRequest {
        (isStreamed ? invokeStream : invoke).request(passing: body, credential: credential, at: now)
    }

    public var unframer: (any StreamUnframer)? { InvokeStreamUnframer(dialect) }

    public func fault(of reply: FailedReply) -> UpstreamFault { BedrockError.fault(of: reply) }
}
