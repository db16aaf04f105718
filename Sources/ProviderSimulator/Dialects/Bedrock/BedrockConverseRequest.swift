import Wire

/// Reads the body of `Converse`.
struct BedrockConverseReader {
    let body: Fields
    private var request = NormalizedRequest(model: "")

    init(_ body: Fields) { self.body = body }

    mutating func read() throws(Refusal) -> NormalizedRequest {
        try body.allowOnly([
            "messages", "system", "inferenceConfig", "toolConfig", "outputConfig", "guardrailConfig",
            "additionalModelRequestFields", "additionalModelResponseFieldPaths", "requestMetadata", "performanceConfig",
            "serviceTier", "promptVariables",
        ])
        try readSystem()
        try readLimits()
        try readTools()
        try readFormat()
        guard let messages = try body.objects("messages") else { throw body.invalid("messages", "is required.") }
        for message in messages { try read(message) }
        try checkRules(messages)
        return request
    }

    private mutating func readSystem() throws(Refusal) {
        for block in try body.objects("system") ?? [] {
            guard let text = try block.string("text") else { continue }
            try block.demand(!trimmed(text).isEmpty, "text", "must not be blank.")
            request.addSystem(text)
        }
    }

    private mutating func readLimits() throws(Refusal) {
        guard let limits = try body.object("inferenceConfig") else { return }
        try limits.allowOnly(["maxTokens", "temperature", "topP", "stopSequences"])
        request.maximumTokens = try limits.int("maxTokens")
        try limits.demand(request.maximumTokens.map { $0 >= 1 } ?? true, "maxTokens", "must be at least 1.")
        _ = try limits.number("temperature", in: 0...1)
        _ = try limits.number("topP", in: 0...1)
        request.stop = try limits.strings("stopSequences") ?? []
    }

    private mutating func readTools() throws(Refusal) {
        guard let config = try body.object("toolConfig") else { return }
        try config.allowOnly(["tools", "toolChoice"])
        let tools = try config.objects("tools") ?? []
        try config.demand(!tools.isEmpty, "tools", "must not be empty.")
        for tool in tools {
            guard let specification = try tool.object("toolSpec") else { continue }
            try specification.allowOnly(["name", "description", "inputSchema", "strict"])
            let name = try specification.requiredString("name")
            try specification.demand(isIdentifier(name), "name", "is not a valid name.")
            let description = try specification.string("description")
            try specification.demand(description != "", "description", "must not be empty.")
            let schema = try specification.requiredObject("inputSchema").requiredObject("json")
            request.tools.append(.init(name: name, description: description ?? "", parameters: .object(schema.members)))
        }
        try readChoice(config)
    }

    private mutating func readChoice(_ config: Fields) throws(Refusal) {
        guard let choice = try config.object("toolChoice") else { return }
        try choice.allowOnly(["auto", "any", "tool"])
        try config.demand(choice.members.members.count == 1, "toolChoice", "must have exactly one member.")
        if let tool = try choice.object("tool") {
            request.choice = .named(try tool.requiredString("name"))
        } else if choice["any"] != nil {
            request.choice = .required
        }
    }

    private mutating func readFormat() throws(Refusal) {
        let additional = try body.object("additionalModelRequestFields")
        if additional?["tool_choice"]?["disable_parallel_tool_use"]?.bool == true {
            request.allowsParallelCalls = false
        }
        guard let format = try body.object("outputConfig")?.object("textFormat") else { return }
        let definition = try format.requiredObject("structure").requiredObject("jsonSchema")
        let text = try definition.requiredString("schema")
        guard let schema = try? JSON(parsing: text) else { throw definition.invalid("schema", "is not JSON text.") }
        request.format = .schema(schema)
    }
}

// MARK: Messages

extension BedrockConverseReader {
    private mutating func read(_ fields: Fields) throws(Refusal) {
        try fields.allowOnly(["role", "content"])
        let role = try fields.requiredString("role")
        guard let blocks = try fields.objects("content") else { throw fields.invalid("content", "is required.") }
        try fields.demand(!blocks.isEmpty, "content", "must not be empty.")
        var message = NormalizedRequest.Message(role: role == "assistant" ? .assistant : .user)
        var texts: [String] = []
        for block in blocks { try read(block, &message, &texts) }
        message.text = texts.joined(separator: "\n")
        switch role {
        case "user", "assistant": request.messages.append(message)
        case "system": request.addSystem(message.text)
        default: throw fields.invalid("role", "is not a known role.")
        }
    }

    private func read(_ block: Fields, _ message: inout NormalizedRequest.Message, _ texts: inout [String])
        throws(Refusal)
    {
        let members = block.members.members
        guard let kind = members.first?.key, members.count == 1 else {
            throw .invalid("A content block must have exactly one member.", at: block.path)
        }
        switch kind {
        case "text":
            let text = try block.requiredString("text")
            try block.demand(!trimmed(text).isEmpty, "text", "must not be blank.")
            texts.append(text)
        case "image", "document", "video", "audio":
            if let attachment = try attachment(try block.requiredObject(kind)) {
                message.attachments.append(attachment)
            }
        case "toolUse": message.calls.append(try call(try block.requiredObject("toolUse")))
        case "toolResult": message.results.append(try result(try block.requiredObject("toolResult")))
        case "reasoningContent": try check(try block.requiredObject("reasoningContent"))
        case "cachePoint", "guardContent", "citationsContent", "searchResult": break
        default: throw .invalid("'\(shortened(kind, to: 64))' is not a known kind of block.", at: block.path)
        }
    }

    private func check(_ reasoning: Fields) throws(Refusal) {
        guard let text = try reasoning.object("reasoningText") else { return }
        let signature = try text.string("signature") ?? ""
        try ThoughtSignature.check(signature, of: try text.requiredString("text"), in: text)
    }

    private func attachment(_ file: Fields) throws(Refusal) -> Attachment? {
        if let name = try file.string("name") {
            let isClean = isIdentifier(name, upTo: 200, besides: " -()[]") && !name.contains("  ")
            try file.demand(isClean, "name", "has characters that a document's name must not have.")
        }
        let source = try file.requiredObject("source")
        if let bytes = try source.string("bytes") { return try Attachment(base64: bytes, at: source.path(of: "bytes")) }
        return try source.object("s3Location")?.string("uri").map { .url($0) }
    }

    private func call(_ use: Fields) throws(Refusal) -> ToolCall {
        try use.allowOnly(["toolUseId", "name", "input", "type"])
        let id = try use.requiredString("toolUseId")
        try use.demand(isIdentifier(id, besides: "_.:-"), "toolUseId", "is not a valid identifier.")
        let name = try use.requiredString("name")
        try use.demand(isIdentifier(name), "name", "is not a valid name.")
        return ToolCall(id: id, name: name, arguments: JSON.object(try use.requiredObject("input").members).text())
    }

    private func result(_ result: Fields) throws(Refusal) -> NormalizedRequest.ToolResult {
        try result.allowOnly(["toolUseId", "content", "status", "type"])
        var texts: [String] = []
        for block in try result.objects("content") ?? [] {
            if let text = try block.string("text") {
                try block.demand(!trimmed(text).isEmpty, "text", "must not be blank.")
                texts.append(text)
            } else if let json = block["json"] {
                texts.append(json.text())
            }
        }
        return .init(callID: try result.requiredString("toolUseId"), text: texts.joined(separator: "\n"))
    }

    /// What most of the service's models demand of a conversation.
    private func checkRules(_ messages: [Fields]) throws(Refusal) {
        guard body.isStrict else { return }
        let roles = messages.compactMap { $0["role"]?.string }.filter { $0 != "system" }
        guard roles.first == "user" else { throw body.invalid("messages", "must start with a user message.") }
        for (first, second) in zip(roles, roles.dropFirst()) where first == second {
            throw body.invalid("messages", "roles must alternate between user and assistant.")
        }
        let usesTools = request.messages.contains { !$0.calls.isEmpty || !$0.results.isEmpty }
        if usesTools, body["toolConfig"] == nil {
            throw body.invalid("toolConfig", "must be defined when using toolUse and toolResult content blocks.")
        }
        for message in messages {
            let kinds = (message["content"]?.array ?? []).compactMap { $0.object?.members.first?.key }
            guard !kinds.contains("document") || kinds.contains("text") else {
                throw message.invalid("content", "must have a text beside a document.")
            }
        }
    }
}
