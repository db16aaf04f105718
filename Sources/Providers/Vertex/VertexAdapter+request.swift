public import Domain
public import Wire

extension VertexAdapter {
    public func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        let conversation = try GeminiConversation(chat.messages, for: model)
        let tools = try GeminiTools(chat)
        let config = try GeminiGenerationConfig(chat, model: model, capabilities: route.capabilities)
        let own = try GeminiOwnMembers(chat.extensions)
        var body = GenerateContentBody(capacity: conversation.textCount + 2_048)
        body.object { body in
            conversation.write(to: &body)
            tools.write(to: &body)
            config.write(to: &body)
            own.write(to: &body)
        }
        return UpstreamRequest(
            head: head(streamed: chat.isStreamed, credential: credential), body: .bytes(body.bytes))
    }
}

extension TranslationError {
    /// For something that Gemini has no counterpart of.
    static func unsupportedByVertex(_ parameter: String) -> TranslationError {
        .unsupported(parameter, by: VertexAdapter.facts.displayName)
    }
}
