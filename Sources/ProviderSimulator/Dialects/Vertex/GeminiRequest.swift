import Wire

/// Reads the body of `generateContent`.
struct GeminiReader {
    let body: Fields
    /// The third generation wants its thought signatures back.
    let needsSignatures: Bool
    /// What is taken in the place of a signature for calls that another model made.
    private static let unchecked = "skip_thought_signature_validator"
    private var request = NormalizedRequest(model: "")
    private var callCount = 0

    init(_ body: Fields, model: String) {
        self.body = body
        needsSignatures = model.hasPrefix("gemini-3")
    }

    mutating func read() throws(Refusal) -> NormalizedRequest {
        try body.allowOnly([
            "contents", "systemInstruction", "tools", "toolConfig", "safetySettings", "generationConfig", "labels",
            "cachedContent", "modelArmorConfig", "serviceTier", "model",
        ])
        if let text = body["systemInstruction"]?.string {
            request.addSystem(text)
        } else {
            for part in try body.object("systemInstruction")?.objects("parts") ?? [] {
                request.addSystem(try part.string("text") ?? "")
            }
        }
        try readTools()
        try readChoice()
        try readGeneration()
        guard let contents = try body.objects("contents") else { throw body.invalid("contents", "is required.") }
        for content in contents { try read(content) }
        if needsSignatures, body.isStrict { try checkSignatures(contents) }
        return request
    }

    private mutating func readGeneration() throws(Refusal) {
        guard let settings = try body.object("generationConfig") else { return }
        try settings.allowOnly([
            "temperature", "topP", "topK", "candidateCount", "maxOutputTokens", "stopSequences", "presencePenalty",
            "frequencyPenalty", "seed", "responseMimeType", "responseSchema", "responseJsonSchema", "responseLogprobs",
            "logprobs", "responseModalities", "thinkingConfig", "mediaResolution", "audioTimestamp", "speechConfig",
            "routingConfig", "modelSelectionConfig", "enableAffectiveDialog", "imageConfig", "responseFormat",
        ])
        request.maximumTokens = try settings.int("maxOutputTokens")
        _ = try settings.number("temperature", in: 0...2)
        _ = try settings.number("topP", in: 0...1)
        request.stop = try settings.strings("stopSequences") ?? []
        try settings.demand(request.stop.count <= 5, "stopSequences", "must not have more than five sequences.")
        request.rendering.includesLogProbabilities = try settings.bool("responseLogprobs") ?? false
        guard try settings.string("responseMimeType") == "application/json" else { return }
        if let schema = settings["responseJsonSchema"] ?? settings["responseSchema"].map(lowercasingTypes) {
            request.format = .schema(schema)
        } else {
            request.format = .jsonObject
        }
    }

    // MARK: Tools

    private mutating func readTools() throws(Refusal) {
        for tool in try body.objects("tools") ?? [] {
            for function in try tool.objects("functionDeclarations") ?? [] {
                try function.allowOnly([
                    "name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema",
                    "behavior",
                ])
                let name = try function.requiredString("name")
                let startsWell = name.first.map { $0.isLetter || $0 == "_" } ?? false
                let isValid = startsWell && isIdentifier(name, upTo: 128, besides: "_-.:")
                try function.demand(isValid, "name", "is not a valid name.")
                var tool = NormalizedRequest.Tool(name: name, description: try function.string("description") ?? "")
                if let schema = function["parametersJsonSchema"] ?? function["parameters"].map(lowercasingTypes) {
                    tool.parameters = schema
                }
                request.tools.append(tool)
            }
        }
    }

    private mutating func readChoice() throws(Refusal) {
        guard let config = try body.object("toolConfig")?.object("functionCallingConfig") else { return }
        try config.allowOnly(["mode", "allowedFunctionNames", "streamFunctionCallArguments"])
        let names = try config.strings("allowedFunctionNames") ?? []
        let mode = try config.string("mode") ?? "AUTO"
        try config.demand(
            names.isEmpty || mode == "ANY" || mode == "VALIDATED", "allowedFunctionNames", "goes with the mode ANY.")
        if !names.isEmpty { request.tools.removeAll { !names.contains($0.name) } }
        switch mode {
        case "AUTO", "VALIDATED", "MODE_UNSPECIFIED": request.choice = .auto
        case "NONE": request.choice = .none
        case "ANY": request.choice = names.count == 1 ? .named(names[0]) : .required
        default: throw config.invalid("mode", "is not a known mode.")
        }
    }
}

// MARK: Contents

extension GeminiReader {
    private mutating func read(_ content: Fields) throws(Refusal) {
        try content.allowOnly(["role", "parts"])
        let role = try content.string("role") ?? "user"
        guard role == "user" || role == "model" || role == "function" else {
            throw content.invalid("role", "must be user or model.")
        }
        guard let parts = try content.objects("parts") else { throw content.invalid("parts", "is required.") }
        var message = NormalizedRequest.Message(role: role == "model" ? .assistant : .user)
        var texts: [String] = []
        for part in parts { try read(part, &message, &texts) }
        message.text = texts.joined(separator: "\n")
        try match(&message, at: content.path)
        request.messages.append(message)
    }

    private mutating func read(
        _ part: Fields, _ message: inout NormalizedRequest.Message, _ texts: inout [String]
    ) throws(Refusal) {
        try part.allowOnly([
            "text", "thought", "thoughtSignature", "inlineData", "fileData", "functionCall", "functionResponse",
            "executableCode", "codeExecutionResult", "videoMetadata", "mediaResolution",
        ])
        if let signature = try part.string("thoughtSignature") {
            let isOwn = ThoughtSignature.isOwn(signature) || signature == Self.unchecked
            try part.demand(isOwn, "thoughtSignature", "is not a signature that was sent from here.")
        }
        if let text = try part.string("text") {
            if try part.bool("thought") != true { texts.append(text) }
        } else if let data = try part.object("inlineData") {
            try data.allowOnly(["mimeType", "data", "displayName"])
            let bytes = try data.requiredString("data")
            message.attachments.append(try Attachment(base64: bytes, at: data.path(of: "data")))
        } else if let file = try part.object("fileData") {
            message.attachments.append(.url(try file.requiredString("fileUri")))
        } else if let call = try part.object("functionCall") {
            callCount += 1
            let arguments = JSON.object(try call.object("args")?.members ?? [:])
            let name = try call.requiredString("name")
            message.calls.append(ToolCall(id: "\(callCount)", name: name, arguments: arguments.text()))
        } else if let response = try part.object("functionResponse") {
            let value = try response.requiredObject("response").members
            message.results.append(.init(callID: try response.requiredString("name"), text: Self.text(of: value)))
        } else if part["executableCode"] == nil, part["codeExecutionResult"] == nil {
            throw .invalid("A part must have one kind of data.", at: part.path)
        }
    }

    /// By convention a function's text is under `output`, or `error`, or `result`.
    private static func text(of response: JSONObject) -> String {
        let members = response.members
        let usual = ["output", "error", "result"].contains(members.first?.key ?? "")
        guard members.count == 1, usual, let text = members.first?.value.string else {
            return JSON.object(response).text()
        }
        return text
    }

    /// Calls have no identifiers here: responses belong to the calls before them, by name, and in their number.
    private func match(_ message: inout NormalizedRequest.Message, at path: String) throws(Refusal) {
        guard !message.results.isEmpty else { return }
        var open = request.messages.last?.calls ?? []
        guard open.count == message.results.count || !body.isStrict else {
            throw .invalid("There must be as many function responses as there were function calls.", at: path)
        }
        for index in message.results.indices {
            guard let found = open.firstIndex(where: { $0.name == message.results[index].callID }) else { continue }
            message.results[index].callID = open.remove(at: found).id
        }
    }

    /// The first function call of each step of the current turn carries the signature it was sent with.
    private func checkSignatures(_ contents: [Fields]) throws(Refusal) {
        for content in contents.reversed() {
            let parts = try content.objects("parts") ?? []
            if content["role"]?.string != "model", parts.contains(where: { $0["text"] != nil }) { return }
            guard let call = parts.first(where: { $0["functionCall"] != nil }) else { continue }
            guard call["thoughtSignature"] != nil else {
                throw call.invalid("thoughtSignature", "is missing from a function call.")
            }
        }
    }

    /// Google's own schemas name their types in capitals.
    private func lowercasingTypes(_ schema: JSON) -> JSON {
        switch schema {
        case .array(let elements): return .array(elements.map(lowercasingTypes))
        case .object(let object):
            var result = JSONObject()
            for member in object.members {
                let isType = member.key == "type" && member.value.string != nil
                result[member.key] =
                    isType ? .string(member.value.string?.lowercased() ?? "") : lowercasingTypes(member.value)
            }
            return .object(result)
        default: return schema
        }
    }
}
