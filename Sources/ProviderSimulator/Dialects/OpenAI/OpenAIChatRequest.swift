import Wire

/// Reads the body of a chat completion.
struct OpenAIChatReader {
    let body: Fields
    private var request = NormalizedRequest(model: "")

    init(_ body: Fields) { self.body = body }

    mutating func read() throws(Refusal) -> NormalizedRequest {
        try body.allowOnly(Self.members)
        try readLimits()
        try readRendering()
        try readTools()
        try readChoice()
        try readFormat()
        guard let messages = try body.objects("messages") else { throw body.invalid("messages", "is required.") }
        for message in messages { try read(message: message) }
        return request
    }

    private static let members: Set<String> = [
        "model", "messages", "max_completion_tokens", "max_tokens", "temperature", "top_p", "n", "stop", "seed",
        "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "stream", "stream_options",
        "tools", "tool_choice", "parallel_tool_calls", "response_format", "reasoning_effort", "verbosity", "modalities",
        "audio", "prediction", "service_tier", "store", "metadata", "user", "safety_identifier", "prompt_cache_key",
        "prompt_cache_options", "prompt_cache_retention", "moderation", "web_search_options", "functions",
        "function_call",
    ]

    // MARK: Settings

    private mutating func readLimits() throws(Refusal) {
        let newer = try body.int("max_completion_tokens")
        let older = try body.int("max_tokens")
        request.maximumTokens = newer ?? older
        _ = try body.number("temperature", in: 0...2)
        _ = try body.number("top_p", in: 0...1)
        _ = try body.number("presence_penalty", in: -2...2)
        _ = try body.number("frequency_penalty", in: -2...2)
        _ = try body.int("seed")
        if let sequence = body["stop"]?.string {
            request.stop = [sequence]
        } else {
            request.stop = try body.strings("stop") ?? []
        }
        try body.demand(request.stop.count <= 4, "stop", "must not have more than four sequences.")
    }

    private mutating func readRendering() throws(Refusal) {
        request.rendering.isStreamed = try body.bool("stream") ?? false
        let options = try body.object("stream_options")
        try body.demand(options == nil || request.rendering.isStreamed, "stream_options", "is only for streams.")
        try options?.allowOnly(["include_usage", "include_obfuscation"])
        request.rendering.includesUsage = try options?.bool("include_usage") ?? false
        request.rendering.includesLogProbabilities = try body.bool("logprobs") ?? false
        request.rendering.choices = try body.int("n") ?? 1
        guard 1...128 ~= request.rendering.choices else { throw body.invalid("n", "must be between 1 and 128.") }
    }

    private mutating func readFormat() throws(Refusal) {
        guard let format = try body.object("response_format") else { return }
        switch try format.requiredString("type") {
        case "text": break
        case "json_object": request.format = .jsonObject
        case "json_schema":
            let schema = try format.requiredObject("json_schema")
            try schema.allowOnly(["name", "description", "schema", "strict"])
            try schema.demand(isIdentifier(try schema.requiredString("name")), "name", "is not a valid name.")
            request.format = .schema(schema["schema"] ?? ["type": "object"])
        default: throw format.invalid("type", "is not a known format.")
        }
    }

    // MARK: Tools

    private mutating func readTools() throws(Refusal) {
        for tool in try body.objects("tools") ?? [] {
            guard try tool.requiredString("type") == "function" else { continue }
            let function = try tool.requiredObject("function")
            try tool.allowOnly(["type", "function"])
            request.tools.append(try Self.tool(function))
        }
        for function in try body.objects("functions") ?? [] {
            request.rendering.usesLegacyFunctions = true
            request.tools.append(try Self.tool(function))
        }
        request.allowsParallelCalls = try body.bool("parallel_tool_calls") ?? true
        let isIdle = request.tools.isEmpty && body["tools"] == nil
        try body.demand(!isIdle || body["parallel_tool_calls"] == nil, "parallel_tool_calls", "is only for tools.")
    }

    static func tool(_ function: Fields) throws(Refusal) -> NormalizedRequest.Tool {
        try function.allowOnly(["type", "name", "description", "parameters", "strict"])
        let name = try function.requiredString("name")
        try function.demand(isIdentifier(name), "name", "is not a valid name.")
        var tool = NormalizedRequest.Tool(name: name, description: try function.string("description") ?? "")
        if let parameters = try function.object("parameters") { tool.parameters = .object(parameters.members) }
        return tool
    }

    private mutating func readChoice() throws(Refusal) {
        if let old = body["function_call"], body["tool_choice"] == nil {
            request.choice = try choice(old, at: "function_call", function: old)
        } else if let choice = body["tool_choice"] {
            request.choice = try self.choice(choice, at: "tool_choice", function: choice["function"])
        }
    }

    private mutating func choice(
        _ choice: JSON, at key: String, function: JSON?
    ) throws(Refusal) -> NormalizedRequest.ToolChoice {
        switch choice.string {
        case "auto": return .auto
        case "none": return .none
        case "required": return .required
        case .some: throw body.invalid(key, "is not a known choice.")
        case nil: break
        }
        if let allowed = choice["allowed_tools"] {
            let names = allowed["tools"]?.array?.compactMap { $0["function"]?["name"]?.string } ?? []
            request.tools.removeAll { !names.contains($0.name) }
            return allowed["mode"]?.string == "required" ? .required : .auto
        }
        guard let name = function?["name"]?.string else { throw body.invalid(key, "names no function.") }
        return .named(name)
    }

    // MARK: Messages

    private mutating func read(message: Fields) throws(Refusal) {
        switch try message.requiredString("role") {
        case "system", "developer":
            try message.allowOnly(["role", "content", "name"])
            request.addSystem(try OpenAIContent(message).text)
        case "user":
            try message.allowOnly(["role", "content", "name"])
            let content = try OpenAIContent(message)
            request.messages.append(.init(role: .user, text: content.text, attachments: content.attachments))
        case "assistant": try read(assistant: message)
        case "tool":
            try message.allowOnly(["role", "content", "tool_call_id", "name"])
            let id = try message.requiredString("tool_call_id")
            request.messages.append(
                .init(role: .tool, results: [.init(callID: id, text: try OpenAIContent(message).text)]))
        case "function":
            let name = try message.requiredString("name")
            request.messages.append(
                .init(role: .tool, results: [.init(callID: name, text: try OpenAIContent(message).text)]))
        default: throw message.invalid("role", "is not a known role.")
        }
    }

    private mutating func read(assistant message: Fields) throws(Refusal) {
        // The members of answers are taken back, too: clients send a message as they got it.
        try message.allowOnly([
            "role", "content", "name", "refusal", "audio", "tool_calls", "function_call", "annotations",
            "reasoning_content",
        ])
        var read = NormalizedRequest.Message(role: .assistant, text: try OpenAIContent(message, isOptional: true).text)
        read.calls = try OpenAIContent.calls(of: message)
        if let function = try message.object("function_call") {
            let name = try function.requiredString("name")
            read.calls.append(ToolCall(id: name, name: name, arguments: try function.requiredString("arguments")))
        }
        request.messages.append(read)
    }
}

/// What a message holds: a text, or parts.
struct OpenAIContent {
    private(set) var texts: [String] = []
    private(set) var attachments: [Attachment] = []

    var text: String { texts.joined(separator: "\n") }

    init(_ message: Fields, isOptional: Bool = false) throws(Refusal) {
        if let text = message["content"]?.string {
            texts = [text]
            return
        }
        guard let parts = try message.objects("content") else {
            let hasCalls = message["tool_calls"] != nil || message["function_call"] != nil || message["refusal"] != nil
            if isOptional, hasCalls || !message.isStrict { return }
            throw message.invalid("content", "is required.")
        }
        for part in parts { try read(part) }
    }

    private mutating func read(_ part: Fields) throws(Refusal) {
        switch try part.requiredString("type") {
        case "text": texts.append(try part.requiredString("text"))
        case "refusal": texts.append(try part.requiredString("refusal"))
        case "image_url":
            let image = try part.requiredObject("image_url")
            attachments.append(try Attachment(url: try image.requiredString("url"), at: image.path(of: "url")))
        case "input_audio":
            let audio = try part.requiredObject("input_audio")
            attachments.append(try Attachment(base64: try audio.requiredString("data"), at: audio.path(of: "data")))
        case "file":
            let file = try part.requiredObject("file")
            guard let data = try file.string("file_data") else { return }
            attachments.append(try Attachment(url: data, at: file.path(of: "file_data")))
        default: throw part.invalid("type", "is not a known kind of part.")
        }
    }

    static func calls(of message: Fields) throws(Refusal) -> [ToolCall] {
        var calls: [ToolCall] = []
        for call in try message.objects("tool_calls") ?? [] {
            let function = try call.requiredObject("function")
            calls.append(
                ToolCall(
                    id: try call.requiredString("id"), name: try function.requiredString("name"),
                    arguments: try function.requiredString("arguments")))
        }
        return calls
    }
}
