/// Writes a request as the body of a chat completion, for a caller that spoke another wire.
///
/// A caller of this wire needs none of it: what it sent passes as it is. So what only this wire can say and what a reply
/// of the inner form has no place for (several choices, log probabilities, audio) is refused by name.
public struct OpenAIChatEncoder: Sendable {
    let dialect: OpenAIDialect

    public init(_ dialect: OpenAIDialect) { self.dialect = dialect }

    /// - Throws: ``ChatEncodingError`` for what this wire has no counterpart of.
    public func body(_ chat: ChatRequest) throws(ChatEncodingError) -> [UInt8] {
        let conversation = try OpenAIConversation(chat.messages, dialect: dialect)
        let tools = try OpenAITools(chat, dialect: dialect)
        var body = JSONTextWriter(capacity: conversation.textCount + 2_048)
        try body.object { body throws(ChatEncodingError) in
            if let model = dialect.model { body.string("model", model) }
            conversation.write(to: &body)
            tools.write(to: &body)
            try writeOptions(chat, to: &body)
            try writeExtensions(chat.extensions, to: &body)
            guard chat.isStreamed else { return }
            body.value("stream", true)
            // The gateway's books need the counts, whoever else does.
            body.value("stream_options", ["include_usage": true])
        }
        return body.bytes
    }

    private func writeOptions(_ chat: ChatRequest, to body: inout JSONTextWriter) throws(ChatEncodingError) {
        if let limit = chat.maximumOutputTokens { body.member(dialect.tokenLimit.rawValue, JSON(limit)) }
        if let value = try sampling(chat.temperature, "temperature") { body.value("temperature", JSON(value)) }
        if let value = try sampling(chat.topP, "top_p") { body.value("top_p", JSON(value)) }
        if let topK = chat.topK {
            guard dialect.takesTopK else { throw .unsupported("top_k") }
            body.value("top_k", JSON(topK))
        }
        try writeStop(chat.stop, to: &body)
        writeFormat(chat.responseFormat, to: &body)
        // OpenAI's own models never show their thinking; other servers do, and can't be told not to.
        if !dialect.isOpenAI, chat.reasoning?.visibility == .omitted, chat.reasoning?.thinking != .off {
            throw .unsupported("thinking.display")
        }
        if let effort = effort(chat.reasoning) { body.string("reasoning_effort", effort.rawValue) }
    }

    /// Where a model takes none, 1 says what it does anyway.
    private func sampling(_ value: Double?, _ name: String) throws(ChatEncodingError) -> Double? {
        guard let value, !dialect.takesSampling else { return value }
        guard value == 1 else { throw .unsupported(name) }
        return nil
    }

    private func writeStop(_ stop: [String], to body: inout JSONTextWriter) throws(ChatEncodingError) {
        guard !stop.isEmpty else { return }
        guard stop.count <= 4 || !dialect.isOpenAI else {
            throw .invalid("stop", message: "This route takes up to four stop sequences.")
        }
        body.value("stop", .array(stop.map { .string($0) }))
    }

    private func writeFormat(_ format: ChatResponseFormat?, to body: inout JSONTextWriter) {
        switch format {
        case nil, .text: break
        case .jsonObject: body.value("response_format", ["type": "json_object"])
        case .jsonSchema(let name, let description, let schema, let isStrict):
            var inside: JSONObject = ["name": .string(name)]
            inside["description"] = description.map { .string($0) }
            inside["schema"] = schema
            inside["strict"] = isStrict.map { .bool($0) }
            body.value("response_format", ["type": "json_schema", "json_schema": .object(inside)])
        }
    }

    /// This wire says by an effort what others say by a number of tokens. It never shows the thinking of OpenAI's models,
    /// so there is nothing to say about what is shown.
    private func effort(_ reasoning: ChatReasoning?) -> ReasoningEffort? {
        guard let reasoning else { return nil }
        if let effort = reasoning.effort { return effort }
        switch reasoning.thinking {
        case .off: return dialect.leastEffort
        case .budget(let tokens): return tokens < 4_096 ? .low : tokens < 16_384 ? .medium : .high
        // Both are what a model of this wire does by itself.
        case nil, .adaptive, .betweenTools: return nil
        }
    }
}

// MARK: Members that the inner form doesn't model

extension OpenAIChatEncoder {
    private func writeExtensions(_ extensions: JSONObject, to body: inout JSONTextWriter) throws(ChatEncodingError) {
        for member in extensions.members where !member.value.saysNothing {
            if Self.passed.contains(member.key) {
                body.member(member.key, member.value)
            } else if !isSafeToLeaveOut(member.key, member.value) {
                throw .unsupported(member.key)
            }
        }
    }

    /// Members of this wire that a reply in the inner form can follow.
    private static let passed: Set<String> = [
        "frequency_penalty", "logit_bias", "metadata", "prediction", "presence_penalty", "prompt_cache_key",
        "prompt_cache_options", "prompt_cache_retention", "safety_identifier", "seed", "service_tier", "store", "user",
        "verbosity",
    ]

    /// Values that say what happens anyway, and marks that only make a repeated prompt cheaper.
    private func isSafeToLeaveOut(_ name: String, _ value: JSON) -> Bool {
        switch name {
        case "n": value.int == 1
        case "logprobs": value == false
        case "top_logprobs": value.int == 0
        case "modalities": value == ["text"]
        case "speed": value == "standard"
        case "cache_control": true
        default: false
        }
    }
}

extension JSON {
    /// Whether a member with this value is as good as absent.
    var saysNothing: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        case .bool, .number, .string: false
        }
    }
}
