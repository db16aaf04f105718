import Domain
import Wire

/// Asks Vertex how many tokens a request has. `countTokens` takes of a request only what has tokens.
struct GeminiTokenCounter: UpstreamTranslator {
    let adapter: VertexAdapter

    /// What concerns only the answer is checked as for an answer, and left out.
    func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        let conversation = try GeminiConversation(chat.messages, for: adapter.model)
        let tools = try GeminiTools(chat)
        let config = try GeminiGenerationConfig(
            chat, model: adapter.model, capabilities: adapter.route.capabilities)
        _ = try GeminiOwnMembers(chat.extensions)
        var body = GenerateContentBody(capacity: conversation.textCount + 2_048)
        body.object { body in
            conversation.write(to: &body)
            tools.writeTools(to: &body)
            config.write(to: &body)
        }
        return UpstreamRequest(head: adapter.countHead.bytes(with: credential), body: .bytes(body.bytes))
    }

    func reader(for chat: ChatRequest) -> any ReplyReader {
        TokenCountReader(provider: VertexAdapter.facts.displayName, member: "totalTokens")
    }
}

extension VertexAdapter {
    public var tokenCounter: (any UpstreamTranslator)? { GeminiTokenCounter(adapter: self) }
}
