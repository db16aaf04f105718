/// The parameters of a request beside its messages and tools.
struct AnthropicOptions {
    private var maximumTokens: Int
    private var temperature: Double?
    private var topP: Double?
    private let topK: Int?
    private let stop: [String]
    private var thinking: JSONObject?
    private var outputConfig = JSONObject()
    private var userID: String?
    /// Members of the wire's own.
    private var others = JSONObject()

    /// - Parameter forcesTool: whether the model must call a tool.
    init(_ chat: ChatRequest, for model: AnthropicModel, forcesTool: Bool) throws(AnthropicEncodingError) {
        let mostTokens = model.maximumOutputTokens > 0 ? model.maximumOutputTokens : Self.usualLimit
        maximumTokens = chat.maximumOutputTokens ?? mostTokens
        temperature = try Self.sampling(chat.temperature, "temperature", model)
        topP = try Self.sampling(chat.topP, "top_p", model)
        // Of the two, the temperature is what callers mean when they set both.
        if model.sampling == .eitherOne, temperature != nil { topP = nil }
        if chat.topK != nil, model.sampling == .none { throw .unsupported("top_k") }
        topK = chat.topK
        stop = try Self.stop(chat.stop)
        try setFormat(chat.responseFormat, for: model)
        try setReasoning(chat.reasoning ?? ChatReasoning(), for: model, forcesTool: forcesTool)
        try read(chat.extensions, for: model)
    }

    /// Where neither the caller nor the catalog says more.
    private static let usualLimit = 4_096

    /// The wire takes 0 to 1, the inner form's temperature goes to 2. Where a model takes none, 1 says what it does anyway.
    private static func sampling(
        _ value: Double?, _ name: String, _ model: AnthropicModel
    ) throws(AnthropicEncodingError) -> Double? {
        guard let value else { return nil }
        guard model.sampling == .none else { return min(value, 1) }
        if value != 1 { throw .unsupported(name) }
        return nil
    }

    private static func stop(_ texts: [String]) throws(AnthropicEncodingError) -> [String] {
        guard !texts.contains(where: { $0.allSatisfy(\.isWhitespace) }) else {
            throw .invalid("stop", "This route takes no stop sequence of nothing but white space.")
        }
        return texts
    }

    private mutating func setFormat(
        _ format: ChatResponseFormat?, for model: AnthropicModel
    ) throws(AnthropicEncodingError) {
        switch format {
        case nil, .text: return
        case .jsonObject: throw .unsupported("response_format")
        // The model is always held to the schema, so there is no need to ask for strictness; the name is a label.
        case .jsonSchema:
            guard model.takesSchemas else { throw .unsupported("response_format") }
            guard let schema = format?.describedSchema, schema.object != nil else {
                throw .invalid("response_format.json_schema.schema", "This route needs a schema here.")
            }
            outputConfig["format"] = ["type": "json_schema", "schema": schema]
        }
    }
}

// MARK: Thinking

extension AnthropicOptions {
    private mutating func setReasoning(
        _ reasoning: ChatReasoning, for model: AnthropicModel, forcesTool: Bool
    ) throws(AnthropicEncodingError) {
        switch model.thinking {
        case .never: try refuse(reasoning)
        case .byEffort: setEffort(reasoning)
        case .byBudget: try setBudget(reasoning, mostTokens: model.maximumOutputTokens, forcesTool: forcesTool)
        }
        guard thinking != nil || reasoning.effort != ReasoningEffort.none else {
            thinking = model.thinking == .never ? nil : ["type": "disabled"]
            return
        }
        show(reasoning.visibility)
    }

    private func refuse(_ reasoning: ChatReasoning) throws(AnthropicEncodingError) {
        if let effort = reasoning.effort, effort != .none { throw .unsupported("reasoning_effort") }
        if let thinking = reasoning.thinking, thinking != .off { throw .unsupported("thinking") }
    }

    private mutating func setEffort(_ reasoning: ChatReasoning) {
        thinking = reasoning.thinking.map(Self.form)
        if let effort = reasoning.effort, effort != .none {
            outputConfig["effort"] = .string(effort == .minimal ? "low" : effort.rawValue)
        }
        // What is to be shown is said of thinking that must then be asked for.
        if thinking == nil, reasoning.visibility != nil, reasoning.effort != ReasoningEffort.none {
            thinking = Self.form(.adaptive)
        }
    }

    /// For models that know neither efforts nor thinking as much as they find right.
    private mutating func setBudget(
        _ reasoning: ChatReasoning, mostTokens: Int, forcesTool: Bool
    ) throws(AnthropicEncodingError) {
        switch reasoning.thinking {
        case .off, .betweenTools, .budget: thinking = reasoning.thinking.map(Self.form)
        case .adaptive: try setBudget(for: reasoning.effort ?? .medium, mostTokens: mostTokens)
        case nil:
            // An effort is a hint. The model can't think and be made to call a tool, which is more than a hint.
            guard let effort = reasoning.effort, effort != .none, !forcesTool else { return }
            try setBudget(for: effort, mostTokens: mostTokens)
        }
    }

    private mutating func setBudget(
        for effort: ReasoningEffort, mostTokens: Int
    ) throws(AnthropicEncodingError) {
        var budget =
            switch effort {
            case .none, .minimal, .low: 1_024
            case .medium: 4_096
            case .high, .xhigh, .max: 16_384
            }
        // The budget is a part of the limit, and must be smaller.
        if maximumTokens <= budget {
            maximumTokens += budget
            if mostTokens > 1_024, maximumTokens > mostTokens {
                maximumTokens = mostTokens
                budget = min(budget, mostTokens - 1)
            }
        }
        guard temperature ?? 1 == 1 else {
            throw .invalid("temperature", "While it thinks this model takes no 'temperature' but 1.")
        }
        thinking = Self.form(.budget(budget))
    }

    private static func form(_ thinking: ChatReasoning.Thinking) -> JSONObject {
        switch thinking {
        case .off: ["type": "disabled"]
        case .adaptive: ["type": "adaptive"]
        case .betweenTools: ["type": "between_tools"]
        case .budget(let tokens): ["type": "enabled", "budget_tokens": JSON(tokens)]
        }
    }

    private mutating func show(_ visibility: ChatReasoning.Visibility?) {
        guard let visibility, thinking != nil, thinking?["type"] != "disabled" else { return }
        // Styles of summaries are another wire's.
        thinking?["display"] = visibility == .omitted ? "omitted" : "summarized"
    }
}

// MARK: Members that the inner form doesn't model

extension AnthropicOptions {
    private mutating func read(
        _ extensions: JSONObject, for model: AnthropicModel
    ) throws(AnthropicEncodingError) {
        for member in extensions.members where !Self.isSafeToDrop(member.key, member.value) {
            try read(member.key, member.value, door: model.door)
        }
    }

    private mutating func read(
        _ name: String, _ value: JSON, door: AnthropicModel.Door
    ) throws(AnthropicEncodingError) {
        switch name {
        // The service wants an id here that names nobody; a name is left out, which changes no answer.
        case "user", "safety_identifier":
            if let user = value.string, Self.isOpaque(user), userID == nil || name == "user" { userID = user }
        case "service_tier":
            let tier = try tier(value)
            // On other clouds these two ask for what there is anyway.
            if door == .own { others[name] = tier }
        case "cache_control", "context_management", "mcp_servers": others[name] = value
        case "speed" where door == .hosted && value == "standard": break
        case "inference_geo", "speed", "container", "diagnostics":
            guard door == .own else { throw .unsupported(name) }
            others[name] = value
        default:
            guard try !readInner(name, value) else { return }
            throw .unsupported(name)
        }
    }

    /// A member inside another one, by its path.
    private mutating func readInner(_ name: String, _ value: JSON) throws(AnthropicEncodingError) -> Bool {
        let path = name.split(separator: ".", maxSplits: 1)
        guard path.count == 2 else { return false }
        switch path[0] {
        case "thinking" where thinking != nil: thinking?[String(path[1])] = value
        case "output_config": outputConfig[String(path[1])] = value
        // The tools have read it.
        case "tool_choice": break
        default: return false
        }
        return true
    }

    /// Members that don't change what the answer means, and values that ask for nothing.
    private static func isSafeToDrop(_ name: String, _ value: JSON) -> Bool {
        switch name {
        case "seed", "presence_penalty", "frequency_penalty", "store", "metadata", "verbosity", "prompt_cache_key",
            "prompt_cache_retention", "prompt_cache_options":
            true
        case "n": value.int == 1
        case "logprobs": value.bool == false
        case "top_logprobs": value.int == 0
        case "modalities": value == ["text"]
        default: value.asksForNothing
        }
    }

    /// Whether a text is an id and not a person's name or address, as far as one can tell: names have no digits.
    private static func isOpaque(_ text: String) -> Bool {
        1...256 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "@") }
            && text.utf8.contains { 0x30...0x39 ~= $0 }
    }

    private func tier(_ value: JSON) throws(AnthropicEncodingError) -> JSON {
        switch value.string {
        case "auto": return "auto"
        case "default": return "standard_only"
        default: throw .unsupported("service_tier")
        }
    }
}

// MARK: Writing

extension AnthropicOptions {
    func write(to body: inout JSONTextWriter, countsTokens: Bool) {
        if !countsTokens { writeAnswer(to: &body) }
        if let thinking { body.value("thinking", .object(thinking)) }
        if !outputConfig.isEmpty { body.value("output_config", .object(outputConfig)) }
        for member in others.members where !countsTokens || Self.countedMembers.contains(member.key) {
            body.members([member.key: member.value])
        }
    }

    private static let countedMembers: Set<String> = ["cache_control", "context_management", "mcp_servers"]

    /// What concerns the answer.
    private func writeAnswer(to body: inout JSONTextWriter) {
        body.value("max_tokens", JSON(maximumTokens))
        if let temperature { body.value("temperature", JSON(temperature)) }
        if let topP { body.value("top_p", JSON(topP)) }
        if let topK { body.value("top_k", JSON(topK)) }
        if !stop.isEmpty { body.value("stop_sequences", .array(stop.map { .string($0) })) }
        if let userID { body.value("metadata", ["user_id": .string(userID)]) }
    }
}
