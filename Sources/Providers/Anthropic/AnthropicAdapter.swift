public import Domain
public import Wire

/// Claude on Anthropic's own API, and on hosts that have all of it, such as Microsoft Foundry: there the base URL is
/// `https://RESOURCE.services.ai.azure.com/anthropic`.
///
/// The setting `anthropic_beta` names features in trial, with commas between them.
public struct AnthropicAdapter: PassingAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "anthropic"), displayName: "Anthropic", litellmPrefix: "anthropic",
        telemetryName: "anthropic", defaultBaseURL: { _ in "https://api.anthropic.com" },
        witness: ReplyWitness(models: .anthropic, places: AnthropicGeography.places))

    private let model: String
    private let encoder: AnthropicEncoder
    private let head: UpstreamHead
    private let counter: AnthropicTokenCounter
    private let dialect = AnthropicDialect(provider: facts.displayName)

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        model = route.upstreamModel
        let model = AnthropicModel(route, door: .own)
        let envelope = AnthropicEnvelope(model: route.upstreamModel)
        encoder = AnthropicEncoder(model, envelope)
        head = Self.head("/v1/messages", of: route, settings)
        counter = AnthropicTokenCounter(
            model, envelope, head: Self.head("/v1/messages/count_tokens", of: route, settings),
            provider: Self.facts.displayName)
    }

    public func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        let body = try encoder.body(of: chat, for: Self.facts.displayName)
        return UpstreamRequest(head: head.bytes(with: credential), body: .bytes(body))
    }

    public var tokenCounter: (any UpstreamTranslator)? { counter }

    public func reader(for chat: ChatRequest) -> any ReplyReader {
        chat.isStreamed ? AnthropicStreamReader(dialect) : AnthropicReader(dialect)
    }

    public func edits(passing wire: ChatWire) -> PassageEdits? {
        wire.isAnthropic ? PassageEdits(model: .replaced(by: model)) : nil
    }

    public func request(
        passing body: Splice, of wire: ChatWire, isStreamed: Bool, credential: Credential, at now: Timestamp
    ) -> PassedRequest {
        guard wire != .anthropicTokenCount else {
            return .ready(counter.request(passing: body, credential: credential))
        }
        return .ready(UpstreamRequest(head: head.bytes(with: credential), body: .spliced(body)))
    }

    public func fault(of reply: FailedReply) -> UpstreamFault { dialect.fault(of: reply) }

    private static func head(_ path: String, of route: Route, _ settings: ProviderSettings) -> UpstreamHead {
        // A base URL that other wires share may end in the version.
        let prefix = route.endpoint.pathPrefix
        let base = prefix.hasSuffix("/v1") ? String(prefix.dropLast(3)) : prefix
        var head = UpstreamHead(method: "POST", target: base + path, host: route.endpoint.authority)
        head.add("content-type", "application/json")
        head.add("user-agent", "northern")
        // Later versions refuse the sampling parameters.
        head.add("anthropic-version", "2023-06-01")
        if let betas = settings["anthropic_beta"], !betas.isEmpty { head.add("anthropic-beta", betas) }
        return head
    }
}
