public import Domain
public import Wire

/// Cohere's own API, version 2 of chat, and private deployments that have the same wire.
public struct CohereAdapter: TranslatingAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "cohere"), displayName: "Cohere", litellmPrefix: "cohere", telemetryName: "cohere",
        defaultBaseURL: { _ in "https://api.cohere.com" })

    private let model: CohereModel
    private let wholeHead: UpstreamHead
    private let streamHead: UpstreamHead

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        guard !route.upstreamModel.isEmpty else {
            throw AdapterSettingError(setting: "model", "Cohere needs a model's name, such as 'command-a-03-2025'.")
        }
        model = CohereModel(name: route.upstreamModel, capabilities: route.capabilities)
        wholeHead = Self.head(of: route, accept: "application/json")
        streamHead = Self.head(of: route, accept: "text/event-stream")
    }

    private static func head(of route: Route, accept: String) -> UpstreamHead {
        let endpoint = route.endpoint
        var head = UpstreamHead(method: "POST", target: endpoint.pathPrefix + "/v2/chat", host: endpoint.authority)
        head.add("content-type", "application/json")
        head.add("accept", accept)
        head.add("x-client-name", "northern")
        return head
    }

    public func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        let body = try CohereRequest(chat, for: model).bytes
        var head = chat.isStreamed ? streamHead : wholeHead
        switch credential {
        case .bearer(let key): head.add("authorization", "Bearer \(key)")
        case .header(let name, let value): head.add(name, value)
        // A credential of another provider proves nothing here; Cohere answers 401, which says so.
        case .none, .aws: break
        }
        return UpstreamRequest(head: head.bytes, body: .bytes(body))
    }

    /// Cohere can't be told to make one call at a time, so where the caller wants that, only the first one is taken.
    public func reader(for chat: ChatRequest) -> any ReplyReader {
        let takesFirstCallOnly = chat.allowsParallelToolCalls == false
        return chat.isStreamed
            ? CohereStreamReader(takesFirstCallOnly: takesFirstCallOnly)
            : CohereReader(takesFirstCallOnly: takesFirstCallOnly)
    }

    public func fault(of reply: FailedReply) -> UpstreamFault {
        CohereError(reply.body).fault(status: reply.status, retryAfter: reply.header("retry-after"))
    }
}

/// What a route's model takes.
struct CohereModel: Sendable {
    let name: String
    let capabilities: Capabilities

    /// Such as `command-a-reasoning-08-2025`: it thinks unless it is told not to.
    var thinks: Bool { name.contains("reasoning") }
}

extension TranslationError {
    /// For something that Cohere has no counterpart of.
    static func unsupportedByCohere(_ parameter: String) -> TranslationError {
        .unsupported(parameter, by: CohereAdapter.facts.displayName)
    }
}
