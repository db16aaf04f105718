/// Writes a chat request as a body of `POST /v1/messages`.
///
/// What the wire can't say is refused by its name. A few members are left out because leaving them out changes no meaning;
/// each place that does so says why.
public struct AnthropicEncoder: Sendable {
    private let model: AnthropicModel
    private let envelope: AnthropicEnvelope

    public init(_ model: AnthropicModel, _ envelope: AnthropicEnvelope) {
        self.model = model
        self.envelope = envelope
    }

    public func body(of chat: ChatRequest) throws(AnthropicEncodingError) -> [UInt8] {
        let conversation = try AnthropicConversation(chat.messages, for: model)
        let tools = try AnthropicTools(chat)
        let options = try AnthropicOptions(chat, for: model, forcesTool: tools.forcesCall)
        var body = JSONTextWriter(capacity: conversation.textCount + 4_096)
        body.object { body in
            if let version = envelope.version { body.string("anthropic_version", version) }
            if let name = envelope.model { body.string("model", name) }
            conversation.write(to: &body)
            tools.write(to: &body)
            options.write(to: &body, countsTokens: envelope.countsTokens)
            if chat.isStreamed, envelope.tellsStream, !envelope.countsTokens { body.value("stream", true) }
        }
        return body.bytes
    }
}
