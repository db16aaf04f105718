import Domain
import Wire

/// The parameters of a request beside its messages and tools.
struct ConverseOptions {
    private var maximumTokens: Int?
    private let temperature: Double?
    private let topP: Double?
    private let topK: Int?
    private let stop: [String]
    private let textFormat: TextFormat?
    private let reasoning: ConverseReasoning
    private let model: ConverseModel
    private var serviceTier: String?
    private var own = ConverseOwnMembers()

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
        topK = try Self.topK(chat, for: model)
        stop = chat.stop
        textFormat = try Self.textFormat(chat.responseFormat)
        reasoning = try ConverseReasoning(chat.reasoning, for: model)
        self.model = model
        // The budget is a part of the limit, and must be smaller.
        if let limit = maximumTokens, limit <= reasoning.extraTokens { maximumTokens = limit + reasoning.extraTokens }
        for member in chat.extensions.members { try read(member.key, member.value, isStreamed: chat.isStreamed) }
    }

    /// Converse has no member of its own for it; two families have one.
    private static func topK(_ chat: ChatRequest, for model: ConverseModel) throws(TranslationError) -> Int? {
        guard let value = chat.topK.map({ JSON($0) }) ?? chat.extensions["top_k"], !value.isNull else { return nil }
        guard let count = value.int, count >= 0 else {
            throw TranslationError(.invalid, parameter: "top_k", "'top_k' must be a whole number.")
        }
        let isTaken = model.takesClaudeFields || model.family == .nova
        guard isTaken, model.capabilities.supportsSamplingParameters else { throw .unsupportedByBedrock("top_k") }
        return count
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
}

// MARK: Members that the inner form doesn't model

extension ConverseOptions {
    private mutating func read(_ name: String, _ value: JSON, isStreamed: Bool) throws(TranslationError) {
        if isSafeToDrop(name, value) { return }
        if name == "service_tier" {
            serviceTier = try tier(value)
        } else if try !own.read(name, value, isStreamed: isStreamed) {
            throw .unsupportedByBedrock(name)
        }
    }

    /// Members that don't change what the answer means, values that ask for nothing, and what is read elsewhere.
    private func isSafeToDrop(_ name: String, _ value: JSON) -> Bool {
        switch name {
        case "top_k", "cache_control": true
        case "seed", "presence_penalty", "frequency_penalty": true
        // About the caller's own books: AWS has logs for such things, and they are not the place for them.
        case "user", "safety_identifier", "metadata", "store": true
        // Where the prompt may be kept is marked in the messages; these say it to caches that look for themselves.
        case "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options": true
        case "n": value.int == 1
        case "logprobs": value.bool == false
        case "modalities": value == ["text"]
        case "service_tier": value == "auto"
        case "speed": value == "standard"
        case "verbosity": value == "medium"
        default: value.asksForNothing
        }
    }

    private func tier(_ value: JSON) throws(TranslationError) -> String {
        switch value.string {
        case "standard_only": return "default"
        case .some(let name) where ["default", "flex", "priority", "reserved"].contains(name): return name
        default: throw .unsupportedByBedrock("service_tier")
        }
    }
}

// MARK: Writing

extension ConverseOptions {
    func write(to body: inout ConverseBody) {
        writeInference(to: &body)
        if textFormat != nil || reasoning.effort != nil {
            body.object("outputConfig") { body in
                if let textFormat { write(textFormat, to: &body) }
                if let effort = reasoning.effort { body.string("effort", effort) }
            }
        }
        if let serviceTier { body.object("serviceTier") { $0.string("type", serviceTier) } }
        for member in own.members.members { body.value(key: member.key, member.value) }
        // Which of several sequences it was, Converse doesn't say unless Claude's own answer is asked.
        if model.takesClaudeFields, !stop.isEmpty {
            body.value("additionalModelResponseFieldPaths", ["/stop_sequence"])
        }
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
                    if !format.name.isEmpty { body.string("name", format.name) }
                    if let description = format.description { body.string("description", description) }
                }
            }
        }
    }

    /// - Throws: where the caller asks the model itself for what another member asks for already.
    func addFields(to fields: inout JSONObject) throws(TranslationError) {
        fields["thinking"] = reasoning.thinking.map { .object($0) }
        if let topK {
            if model.family == .nova {
                fields["inferenceConfig"] = ["topK": JSON(topK)]
            } else {
                fields["top_k"] = JSON(topK)
            }
        }
        for member in own.modelFields.members {
            guard fields[member.key] == nil else {
                let name = "additionalModelRequestFields.\(member.key)"
                throw TranslationError(
                    .invalid, parameter: name, "'\(name)' contradicts another member of the request. Send one of them.")
            }
            fields[member.key] = member.value
        }
    }
}
