import Wire

/// A chat request as the body of Cohere's chat.
struct CohereRequest {
    private let model: CohereModel
    private let conversation: CohereConversation
    private let tools: CohereTools
    private let options: CohereOptions
    private let isStreamed: Bool

    /// - Throws: ``TranslationError`` for what Cohere has no counterpart of.
    init(_ chat: ChatRequest, for model: CohereModel) throws(TranslationError) {
        self.model = model
        conversation = try CohereConversation(chat.messages)
        tools = try CohereTools(chat)
        options = try CohereOptions(chat, for: model)
        isStreamed = chat.isStreamed
    }

    var bytes: [UInt8] {
        var body = JSONTextWriter(capacity: conversation.textCount + 2_048)
        body.object { body in
            body.string("model", model.name)
            conversation.write(to: &body)
            tools.write(to: &body)
            options.write(to: &body)
            if isStreamed { body.value("stream", true) }
        }
        return body.bytes
    }
}
