import Domain
import Wire

/// The parameters of a request beside its messages and tools.
struct ConverseOptions {
    private var maximumTokens: Int?
    private let temperature: Double?
    private let topP: Double?
    private let stop: [String]
    private let textFormat: TextFormat?
    private var effort: String?
    private var thinkingBudget: Int?
    private var serviceTier: String?

    private struct TextFormat {
        let name: String
        let description: String?
        /// Converse wants the schema as a string of JSON.
        let schema: String
    }

    init(_ chat: ChatRequest, for model: ConverseModel) throws(TranslationError) {
        // Without a limit some models stop after a few hundred tokens.
        let limit = chat.maximumOutputTokens ?? model.capabilities.maximumOutputTokens
        maximumTokens = limit > 0 ? limit : nil
        let takesSampling = model.capabilities.supportsSamplingParameters
        temperature = try Self.sampling(chat.temperature, "temperature", isTaken: takesSampling)
        topP = try Self.sampling(chat.topP, "top_p", isTaken: takesSampling)
        stop = chat.stop
        textFormat = try Self.textFormat(chat.responseFormat)
        try read(chat.extensions)
        setReasoning(chat.reasoning?.effort, for: model)
    }

    /// Converse takes 0 to 1, our wire's temperature goes to 2. Where a model takes none, 1 says what it does anyway.
    private static func sampling(
        _ value: Double?, _ name: String, isTaken: Bool
    ) throws(TranslationError) -> Double? {
        guard let value else { return nil }
        guard !isTaken else { return min(value, 1) }
        if value != 1 { throw .unsupportedByBedrock(name) }
        return nil
    }

    private static func textFormat(_ format: ChatResponseFormat?) throws(TranslationError) -> TextFormat? {
        switch format {
        case nil, .text: return nil
        case .jsonObject: throw .unsupportedByBedrock("response_format")
        // Bedrock always holds the model to the schema, so there is no need to ask for strictness.
        case .jsonSchema(let name, let description, let schema, isStrict: _):
            guard let schema, schema.object != nil else {
                throw TranslationError(
                    .invalid, parameter: "response_format.json_schema.schema", "This route needs a schema here.")
            }
            return TextFormat(name: name, description: description, schema: schema.text())
        }
    }

    /// `none` is what Converse does unless asked. 1024 tokens are the least budget that Claude takes.
    private mutating func setReasoning(_ effort: ReasoningEffort?, for model: ConverseModel) {
        guard let effort, effort != .none else { return }
        guard model.thinksByBudget else {
            self.effort = effort == .minimal ? "low" : effort.rawValue
            return
        }
        let budget =
            switch effort {
            case .none, .minimal, .low: 1_024
            case .medium: 4_096
            case .high, .xhigh, .max: 16_384
            }
        thinkingBudget = budget
        // The budget is a part of the limit, and must be smaller.
        if let limit = maximumTokens, limit <= budget { maximumTokens = limit + budget }
    }
}

// MARK: Members that the inner form doesn't model

extension ConverseOptions {
    private mutating func read(_ extensions: JSONObject) throws(TranslationError) {
        for member in extensions.members where !isSafeToDrop(member.key, member.value) {
            guard member.key == "service_tier" else { throw .unsupportedByBedrock(member.key) }
            serviceTier = try tier(member.value)
        }
    }

    /// Members that don't change what the answer means, and values that ask for nothing.
    private func isSafeToDrop(_ name: String, _ value: JSON) -> Bool {
        switch name {
        case "user", "seed", "presence_penalty", "frequency_penalty", "store": true
        case "n": value.int == 1
        case "logprobs": value.bool == false
        case "modalities": value == ["text"]
        case "service_tier": value == "auto"
        default: value.asksForNothing
        }
    }

    private func tier(_ value: JSON) throws(TranslationError) -> String {
        guard let name = value.string, ["default", "flex", "priority"].contains(name) else {
            throw .unsupportedByBedrock("service_tier")
        }
        return name
    }
}

// MARK: Writing

extension ConverseOptions {
    func write(to body: inout ConverseBody) {
        writeInference(to: &body)
        if textFormat != nil || effort != nil {
            body.object("outputConfig") { body in
                if let textFormat { write(textFormat, to: &body) }
                if let effort { body.string("effort", effort) }
            }
        }
        if let serviceTier { body.object("serviceTier") { $0.string("type", serviceTier) } }
    }

    private func writeInference(to body: inout ConverseBody) {
        body.object("inferenceConfig") { body in
            if let maximumTokens { body.value("maxTokens", JSON(maximumTokens)) }
            if let temperature { body.value("temperature", JSON(temperature)) }
            if let topP { body.value("topP", JSON(topP)) }
            guard !stop.isEmpty else { return }
            body.array("stopSequences") { body in
                for text in stop { body.string(nil, text) }
            }
        }
    }

    private func write(_ format: TextFormat, to body: inout ConverseBody) {
        body.object("textFormat") { body in
            body.string("type", "json_schema")
            body.object("structure") { body in
                body.object("jsonSchema") { body in
                    body.string("schema", format.schema)
                    body.string("name", format.name)
                    if let description = format.description { body.string("description", description) }
                }
            }
        }
    }

    var hasAdditionalFields: Bool { thinkingBudget != nil }

    func writeAdditionalFields(to body: inout ConverseBody) {
        guard let thinkingBudget else { return }
        body.value("thinking", ["type": "enabled", "budget_tokens": JSON(thinkingBudget)])
    }
}
