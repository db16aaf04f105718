import Domain
import Wire

/// The parameters of a request beside its messages and tools.
struct CohereOptions {
    private var members: JSONObject = [:]

    init(_ chat: ChatRequest, for model: CohereModel) throws(TranslationError) {
        members["max_tokens"] = chat.maximumOutputTokens.map { JSON($0) }
        let takesSampling = model.capabilities.supportsSamplingParameters
        // Cohere takes 0 to 1, and up to 0.99; our wire's temperature goes to 2.
        members["temperature"] = try Self.sampling(chat.temperature, "temperature", most: 1, isTaken: takesSampling)
        members["p"] = try Self.sampling(chat.topP, "top_p", most: 0.99, isTaken: takesSampling)
        members["k"] = chat.topK.map { JSON(min($0, 500)) }
        if !chat.stop.isEmpty {
            guard chat.stop.count <= 5 else {
                throw TranslationError(.invalid, parameter: "stop", "Cohere takes up to five stop sequences.")
            }
            members["stop_sequences"] = .array(chat.stop.map { .string($0) })
        }
        members["response_format"] = Self.format(chat.responseFormat)
        members["thinking"] = try Self.thinking(chat.reasoning, model)
        for member in chat.extensions.members { try add(member.key, member.value) }
    }

    private static func sampling(
        _ value: Double?, _ name: String, most: Double, isTaken: Bool
    ) throws(TranslationError) -> JSON? {
        guard let value else { return Optional.none }
        guard !isTaken else { return JSON(min(value, most)) }
        if value != 1 { throw .unsupportedByCohere(name) }
        return Optional.none
    }

    /// Cohere always holds the model to the schema, and has no name for it.
    private static func format(_ format: ChatResponseFormat?) -> JSON? {
        switch format {
        case nil, .text: return Optional.none
        case .jsonObject: return ["type": "json_object"]
        case .jsonSchema:
            guard let schema = format?.describedSchema else { return ["type": "json_object"] }
            return ["type": "json_object", "json_schema": schema]
        }
    }

    /// Only models that think can be told how much; a request that others should is refused by Cohere itself.
    private static func thinking(
        _ reasoning: ChatReasoning?, _ model: CohereModel
    ) throws(TranslationError) -> JSON? {
        let off: JSON? = model.thinks ? ["type": "disabled"] : Optional.none
        // Whatever it thinks is shown.
        if reasoning?.visibility == .omitted, reasoning?.thinking != .off {
            throw .unsupportedByCohere("thinking.display")
        }
        switch (reasoning?.effort, reasoning?.thinking) {
        case (.some(.none), _), (nil, .off): return off
        case (_, .budget(let tokens)): return budget(tokens)
        case (.minimal, _), (.low, _): return budget(1_024)
        case (.medium, _): return budget(4_096)
        case (.high, _), (.xhigh, _), (.max, _), (_, .off): return ["type": "enabled"]
        // What a model does by itself.
        case (nil, nil), (nil, .adaptive), (nil, .betweenTools): return Optional.none
        }
    }

    private static func budget(_ tokens: Int) -> JSON { ["type": "enabled", "token_budget": JSON(tokens)] }

    func write(to body: inout JSONTextWriter) {
        for member in members.members { body.member(member.key, member.value) }
    }
}

// MARK: Members that the inner form doesn't model

extension CohereOptions {
    private mutating func add(_ name: String, _ value: JSON) throws(TranslationError) {
        switch name {
        case "seed": members["seed"] = try whole(value, name)
        case "presence_penalty", "frequency_penalty": members[name] = try penalty(value, name)
        // Cohere's own.
        case "safety_mode", "priority", "documents", "citation_options": members[name] = value
        // About the caller's own books, or a mere wish: the answer means the same without them.
        case "user", "safety_identifier", "metadata", "store", "verbosity", "prompt_cache_key",
            "prompt_cache_retention",
            "prompt_cache_options", "cache_control":
            break
        default:
            guard value.asksForNothing || Self.defaults[name]?.contains(value) == true else {
                throw .unsupportedByCohere(name)
            }
        }
    }

    /// Values that say what happens anyway.
    private static let defaults: [String: [JSON]] = [
        "n": [1], "logprobs": [false], "top_logprobs": [0], "modalities": [["text"]],
        "service_tier": ["auto", "default"], "speed": ["standard"],
    ]

    private func whole(_ value: JSON, _ name: String) throws(TranslationError) -> JSON {
        guard let number = value.int else { throw .init(.invalid, parameter: name, "It must be a whole number.") }
        return JSON(number)
    }

    /// Cohere takes 0 to 1. A negative one asks for repetition, for which Cohere has no means.
    private func penalty(_ value: JSON, _ name: String) throws(TranslationError) -> JSON {
        guard let number = value.double else { throw .init(.invalid, parameter: name, "It must be a number.") }
        guard number >= 0 else { throw .unsupportedByCohere(name) }
        return JSON(min(number, 1))
    }
}
