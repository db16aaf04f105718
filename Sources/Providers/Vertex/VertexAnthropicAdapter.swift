public import Domain
public import Wire

/// Claude on Google Vertex AI: Anthropic's wire behind Google's paths and credentials.
///
/// Needs the setting `project`, as ``VertexAdapter`` does; `anthropic_beta` is as ``AnthropicAdapter`` has it.
public struct VertexAnthropicAdapter: PassingAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "vertex_anthropic"), displayName: "Vertex", litellmPrefix: "vertex_ai",
        telemetryName: "gcp.vertex_ai", defaultBaseURL: VertexAdapter.facts.defaultBaseURL)

    private let encoder: AnthropicEncoder
    private let countEncoder: AnthropicEncoder
    private let wholeHead: UpstreamHead
    private let streamHead: UpstreamHead
    private let countHead: UpstreamHead
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
        let model = AnthropicModel(route, door: .hosted)
        encoder = AnthropicEncoder(model, AnthropicEnvelope(model: nil, version: Self.version))
        var counting = AnthropicEnvelope(model: route.upstreamModel, version: Self.version)
        counting.countsTokens = true
        countEncoder = AnthropicEncoder(model, counting)
        let name = percentEncoded(route.upstreamModel)
        wholeHead = Self.head("\(models)/\(name):rawPredict", of: route, settings)
        streamHead = Self.head("\(models)/\(name):streamRawPredict", of: route, settings)
        countHead = Self.head("\(models)/count-tokens:rawPredict", of: route, settings)
    }

    public func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        let body = try encoder.body(of: chat, for: Self.facts.displayName)
        let head = chat.isStreamed ? streamHead : wholeHead
        return UpstreamRequest(head: head.bytes(with: credential), body: .bytes(body))
    }

    /// Asks how many tokens a request has; the reply is an ``AnthropicTokenCount``.
    public func tokenCountRequest(
        for chat: ChatRequest, credential: Credential
    ) throws(TranslationError) -> UpstreamRequest {
        let body = try countEncoder.body(of: chat, for: Self.facts.displayName)
        return UpstreamRequest(head: countHead.bytes(with: credential), body: .bytes(body))
    }

    public func reader(for chat: ChatRequest) -> any ReplyReader {
        chat.isStreamed ? AnthropicStreamReader(dialect) : AnthropicReader(dialect)
    }

    /// `stream` stays in the body, where it agrees with the method in the path.
    public func edits(passing wire: ChatWire) -> PassageEdits? {
        guard wire == .anthropicMessages else { return nil }
        var edits = PassageEdits(model: .removed)
        edits.inserted = Array("\"anthropic_version\":\"\(Self.version)\",".utf8)
        return edits
    }

    public func request(
        passing body: Splice, of wire: ChatWire, isStreamed: Bool, credential: Credential
    ) -> UpstreamRequest {
        UpstreamRequest(head: (isStreamed ? streamHead : wholeHead).bytes(with: credential), body: .spliced(body))
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
