public import Domain
public import Wire

/// Claude on Google Vertex AI: Anthropic's wire behind Google's paths and credentials.
///
/// Needs the setting `project`, as ``VertexAdapter`` does; `anthropic_beta` is as ``AnthropicAdapter`` has it.
public struct VertexAnthropicAdapter: PassingAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "vertex_anthropic"), displayName: "Vertex", litellmPrefix: "vertex_ai",
        telemetryName: "gcp.vertex_ai", defaultBaseURL: VertexAdapter.facts.defaultBaseURL,
        residency: VertexResidency.finding, witness: ReplyWitness(models: .vertexAnthropic))

    private let encoder: AnthropicEncoder
    private let model: String
    private let wholeHead: UpstreamHead
    private let streamHead: UpstreamHead
    private let counter: AnthropicTokenCounter
    private let dialect = AnthropicDialect(
        provider: facts.displayName,
        foreignFault: { bytes in
            // Anthropic's errors have a type in place of these.
            guard let error = GoogleError(stray: bytes), error.code != nil || error.status != nil else { return nil }
            return UpstreamFault(inBody: error)
        })

    /// The version whose requests still take the sampling parameters.
    private static let version = "vertex-2023-10-16"

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        let models = try VertexAdapter.models(of: "anthropic", for: route, settings)
        model = route.upstreamModel
        let model = AnthropicModel(route, door: .hosted)
        encoder = AnthropicEncoder(model, AnthropicEnvelope(model: nil, version: Self.version))
        let name = percentEncoded(route.upstreamModel)
        wholeHead = Self.head("\(models)/\(name):rawPredict", of: route, settings)
        streamHead = Self.head("\(models)/\(name):streamRawPredict", of: route, settings)
        counter = AnthropicTokenCounter(
            model, AnthropicEnvelope(model: route.upstreamModel, version: Self.version),
            head: Self.head("\(models)/count-tokens:rawPredict", of: route, settings),
            provider: Self.facts.displayName)
    }

    public func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        let body = try encoder.body(of: chat, for: Self.facts.displayName)
        let head = chat.isStreamed ? streamHead : wholeHead
        return UpstreamRequest(head: head.bytes(with: credential), body: .bytes(body))
    }

    public var tokenCounter: (any UpstreamTranslator)? { counter }

    public func reader(for chat: ChatRequest) -> any ReplyReader {
        chat.isStreamed ? AnthropicStreamReader(dialect) : AnthropicReader(dialect)
    }

    /// `stream` stays in the body, where it agrees with the method in the path. What is counted names its model there
    /// too, since the path says `count-tokens` in its place.
    public func edits(passing wire: ChatWire) -> PassageEdits? {
        guard wire.isAnthropic else { return nil }
        var edits = PassageEdits(model: wire == .anthropicTokenCount ? .replaced(by: model) : .removed)
        edits.inserted = Array("\"anthropic_version\":\"\(Self.version)\",".utf8)
        return edits
    }

    public func request(
        passing body: Splice, of wire: ChatWire, isStreamed: Bool, credential: Credential, at now: Timestamp
    ) -> PassedRequest {
        guard wire != .anthropicTokenCount else {
            return .ready(counter.request(passing: body, credential: credential))
        }
        let head = isStreamed ? streamHead : wholeHead
        return .ready(UpstreamRequest(head: head.bytes(with: credential), body: .spliced(body)))
    }

    /// Errors of the model are Anthropic's, errors before it Google's.
    public func fault(of reply: FailedReply) -> UpstreamFault {
        guard AnthropicError(reply.body) == nil else { return dialect.fault(of: reply) }
        return VertexAdapter.fault(of: reply)
    }

    private static func head(_ target: String, of route: Route, _ settings: ProviderSettings) -> UpstreamHead {
        var head = VertexAdapter.head(target: target, of: route)
        if let betas = settings["anthropic_beta"], !betas.isEmpty { head.add("anthropic-beta", betas) }
        return head
    }
}
