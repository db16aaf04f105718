import Domain
import Wire

/// `generationConfig`: how the model is to answer.
struct GeminiGenerationConfig {
    private var members: [(key: StaticString, value: JSON)] = []

    init(_ chat: ChatRequest, model: GeminiModel, capabilities: Capabilities) throws(TranslationError) {
        try addSampling(chat, capabilities)
        add("maxOutputTokens", chat.maximumOutputTokens.map { JSON($0) })
        try addStop(chat.stop)
        addResponseFormat(chat.responseFormat)
        if let reasoning = chat.reasoning { try addThinking(reasoning, model) }
        for member in chat.extensions.members { try addExtension(member.key, member.value) }
    }

    func write(to body: inout GenerateContentBody) {
        guard !members.isEmpty else { return }
        body.object("generationConfig") { body in
            for member in members { body.value(member.key, member.value) }
        }
    }

    private mutating func add(_ key: StaticString, _ value: JSON?) {
        if let value { members.append((key, value)) }
    }

    private mutating func addSampling(_ chat: ChatRequest, _ capabilities: Capabilities) throws(TranslationError) {
        let isTaken = capabilities.supportsSamplingParameters
        add("temperature", try Self.sampling(chat.temperature, "temperature", isTaken: isTaken))
        add("topP", try Self.sampling(chat.topP, "top_p", isTaken: isTaken))
        let topK = chat.topK.map { JSON($0) } ?? chat.extensions["top_k"]
        if let topK, !topK.isNull {
            guard isTaken else { throw .unsupportedByVertex("top_k") }
            add("topK", try whole(topK, "top_k"))
        }
    }

    /// Where a model takes none, 1 says what it does anyway.
    private static func sampling(_ value: Double?, _ name: String, isTaken: Bool) throws(TranslationError) -> JSON? {
        guard let value else { return nil }
        guard !isTaken else { return JSON(value) }
        if value != 1 { throw .unsupportedByVertex(name) }
        return nil
    }

    private mutating func addStop(_ stop: [String]) throws(TranslationError) {
        guard stop.count <= 5 else {
            throw TranslationError(.invalid, parameter: "stop", "Vertex takes at most 5 stop sequences.")
        }
        if !stop.isEmpty { add("stopSequences", .array(stop.map { JSON($0) })) }
    }

    private mutating func addResponseFormat(_ format: ChatResponseFormat?) {
        switch format {
        case nil, .text: break
        case .jsonObject: add("responseMimeType", "application/json")
        case .jsonSchema:
            add("responseMimeType", "application/json")
            add("responseJsonSchema", format?.describedSchema)
        }
    }

    private mutating func addThinking(_ reasoning: ChatReasoning, _ model: GeminiModel) throws(TranslationError) {
        var config = JSONObject()
        switch try model.thinking(for: reasoning) {
        case .budget(let tokens): config["thinkingBudget"] = JSON(tokens)
        case .level(let level): config["thinkingLevel"] = JSON(level)
        case nil: break
        }
        // A model that doesn't think refuses the member, and has nothing to show.
        if reasoning.asksForThoughts, model.thinks { config["includeThoughts"] = true }
        if !config.isEmpty { add("thinkingConfig", .object(config)) }
    }

    // MARK: Members that the common form doesn't model

    private mutating func addExtension(_ key: String, _ value: JSON) throws(TranslationError) {
        switch key {
        case "seed": add("seed", try whole(value, key))
        case "presence_penalty": add("presencePenalty", try number(value, key))
        case "frequency_penalty": add("frequencyPenalty", try number(value, key))
        case "n": add("candidateCount", try candidateCount(value))
        case "media_resolution", "mediaResolution": add("mediaResolution", try word(value, key))
        case "audio_timestamp", "audioTimestamp":
            guard value.bool != nil else { throw invalid(key, "It must be true or false.") }
            add("audioTimestamp", value)
        default:
            guard Self.isReadElsewhere(key) || value.asksForNothing || Self.defaults[key] == value else {
                throw .unsupportedByVertex(key)
            }
        }
    }

    private static func isReadElsewhere(_ key: String) -> Bool {
        switch key {
        case "top_k": true
        // About the caller's own books, or a mere wish: the answer means the same without them.
        case "user", "safety_identifier", "metadata", "store", "verbosity": true
        // Gemini caches prompts without being asked.
        case "cache_control", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options": true
        default: GeminiOwnMembers.names.contains(key)
        }
    }

    /// Values that say what happens anyway.
    private static let defaults: [String: JSON] = [
        "logprobs": false, "top_logprobs": 0, "modalities": ["text"], "speed": "standard",
    ]

    private func candidateCount(_ value: JSON) throws(TranslationError) -> JSON {
        guard let count = value.int, count >= 1 else { throw invalid("n", "It must be a whole number, 1 or more.") }
        guard count == 1 else { throw .unsupportedByVertex("n") }
        return 1
    }

    private func whole(_ value: JSON, _ key: String) throws(TranslationError) -> JSON {
        guard let number = value.int else { throw invalid(key, "It must be a whole number.") }
        return JSON(number)
    }

    private func word(_ value: JSON, _ key: String) throws(TranslationError) -> JSON {
        guard value.string != nil else { throw invalid(key, "It must be a string.") }
        return value
    }

    private func number(_ value: JSON, _ key: String) throws(TranslationError) -> JSON {
        guard case .number = value else { throw invalid(key, "It must be a number.") }
        return value
    }

    private func invalid(_ key: String, _ message: String) -> TranslationError {
        TranslationError(.invalid, parameter: key, message)
    }
}
