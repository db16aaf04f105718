import Wire

/// A chat request as the body of Converse and ConverseStream, which are the same.
struct ConverseRequest {
    private let conversation: ConverseConversation
    private let tools: ConverseTools
    private let options: ConverseOptions
    private let modelFields: JSONObject

    /// - Throws: ``TranslationError`` for what Converse has no counterpart of.
    init(_ chat: ChatRequest, for model: ConverseModel) throws(TranslationError) {
        options = try ConverseOptions(chat, for: model)
        tools = try ConverseTools(chat, for: model)
        // Converse refuses tool blocks in a request that lists no tools.
        conversation = try ConverseConversation(chat, calls: tools.isEmpty ? .asText : .asBlocks, for: model)
        var fields = JSONObject()
        tools.addFields(to: &fields)
        try options.addFields(to: &fields)
        modelFields = fields
    }

    /// The members that have tokens, as CountTokens takes them.
    var countBytes: [UInt8] {
        var body = ConverseBody(capacity: conversation.textCount + 4_096)
        body.object { body in
            body.object("input") { body in
                body.object("converse") { body in
                    conversation.write(to: &body)
                    tools.write(to: &body)
                    if !modelFields.isEmpty { body.value("additionalModelRequestFields", .object(modelFields)) }
                }
            }
        }
        return body.bytes
    }

    var bytes: [UInt8] {
        var body = ConverseBody(capacity: conversation.textCount + 4_096)
        body.object { body in
            conversation.write(to: &body)
            tools.write(to: &body)
            options.write(to: &body)
            if !modelFields.isEmpty { body.value("additionalModelRequestFields", .object(modelFields)) }
        }
        return body.bytes
    }
}

extension TranslationError {
    /// For something that Converse has no counterpart of.
    static func unsupportedByBedrock(_ parameter: String) -> TranslationError {
        .unsupported(parameter, by: BedrockAdapter.facts.displayName)
    }
}
