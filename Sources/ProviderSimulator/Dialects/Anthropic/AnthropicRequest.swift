import Wire

/// Reads the body of a message request, in each of the forms that the providers of Claude have for it.
struct AnthropicReader {
    enum Form: Sendable {
        /// Anthropic's own API, of the version its header names.
        case api(version: String?)
        case counting, vertexCounting, bedrock, vertex

        var counts: Bool {
            switch self {
            case .counting, .vertexCounting: true
            case .api, .bedrock, .vertex: false
            }
        }
    }

    let body: Fields
    let form: Form
    private var request = NormalizedRequest(model: "")

    init(_ body: Fields, form: Form) {
        self.body = body
        self.form = form
    }

    mutating func read() throws(Refusal) -> NormalizedRequest {
        try body.allowOnly((form.counts ? Self.countedMembers : Self.members).union(ownMembers))
        try checkVersion()
        try readLimits()
        try readSystem()
        try readTools()
        try readThinking()
        if let format = try body.object("output_config")?.object("format") {
            request.format = .schema(format["schema"] ?? ["type": "object"])
        }
        guard let messages = try body.objects("messages") else { throw body.invalid("messages", "is required.") }
        for message in messages { try read(message) }
        return request
    }

    private static let members: Set<String> = [
        "messages", "max_tokens", "system", "stop_sequences", "temperature", "top_p", "top_k", "tools", "tool_choice",
        "thinking", "output_config", "metadata", "service_tier", "cache_control", "context_management", "mcp_servers",
    ]

    private static let countedMembers: Set<String> = [
        "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control",
        "context_management", "mcp_servers",
    ]

    private var ownMembers: Set<String> {
        switch form {
        case .api: ["model", "stream", "speed", "inference_geo", "container", "diagnostics"]
        case .counting: ["model"]
        case .vertexCounting: ["model", "anthropic_version"]
        case .bedrock: ["anthropic_version", "anthropic_beta"]
        case .vertex: ["anthropic_version", "anthropic_beta", "stream"]
        }
    }

    /// The newer version has no sampling parameters.
    private func checkVersion() throws(Refusal) {
        let version: String
        switch form {
        case .counting, .bedrock: return
        case .api(let header):
            guard body.isStrict else { return }
            version = header ?? "none"
        case .vertex, .vertexCounting: version = try body.requiredString("anthropic_version")
        }
        guard ["2023-06-01", "2026-10-21", "vertex-2023-10-16"].contains(version) else {
            throw .invalid("anthropic-version: '\(shortened(version, to: 32))' is not a valid version.", at: "")
        }
        for member in ["temperature", "top_p", "top_k"] where version == "2026-10-21" && body[member] != nil {
            throw body.invalid(member, "is not supported in this version.")
        }
    }

    private mutating func readLimits() throws(Refusal) {
        request.maximumTokens = try body.int("max_tokens")
        try body.demand(form.counts || request.maximumTokens != nil, "max_tokens", "is required.")
        _ = try body.number("temperature", in: 0...1)
        _ = try body.number("top_p", in: 0...1)
        request.stop = try body.strings("stop_sequences") ?? []
        let isBlank = request.stop.contains { trimmed($0).isEmpty }
        try body.demand(!isBlank, "stop_sequences", "each must hold more than white space.")
        request.rendering.isStreamed = try body.bool("stream") ?? false
        request.geography = try body.string("inference_geo")
        if body.isStrict, let geography = request.geography {
            try body.demand(["global", "us"].contains(geography), "inference_geo", "must be global or us.")
        }
    }

    private mutating func readSystem() throws(Refusal) {
        if let text = body["system"]?.string {
            request.addSystem(text)
        } else {
            for block in try body.objects("system") ?? [] { request.addSystem(try text(of: block)) }
        }
    }

    private func readThinking() throws(Refusal) {
        guard let thinking = try body.object("thinking"), try thinking.string("type") == "enabled" else { return }
        let budget = try thinking.int("budget_tokens") ?? 1024
        let most = request.maximumTokens ?? .max
        try thinking.demand(1024 <= budget && budget < most, "budget_tokens", "must be from 1024 to below max_tokens.")
    }

    private func text(of block: Fields) throws(Refusal) -> String {
        let text = try block.requiredString("text")
        try block.allowOnly(["type", "text", "cache_control", "citations"])
        try block.demand(!trimmed(text).isEmpty, "text", "text content blocks must be non-empty.")
        return text
    }
}

// MARK: Tools

extension AnthropicReader {
    private mutating func readTools() throws(Refusal) {
        for tool in try body.objects("tools") ?? [] {
            // Anthropic's own tools have a dated type and no schema.
            guard ["custom", nil].contains(try tool.string("type")) else { continue }
            try tool.allowOnly([
                "type", "name", "description", "input_schema", "strict", "cache_control", "defer_loading",
                "eager_input_streaming", "input_examples", "allowed_callers",
            ])
            let name = try tool.requiredString("name")
            try tool.demand(isIdentifier(name), "name", "is not a valid name.")
            let schema = try tool.requiredObject("input_schema")
            try schema.demand(schema["type"]?.string == "object", "type", "must be 'object'.")
            request.tools.append(
                .init(
                    name: name, description: try tool.string("description") ?? "", parameters: .object(schema.members)))
        }
        guard let choice = try body.object("tool_choice") else { return }
        try choice.allowOnly(["type", "name", "disable_parallel_tool_use"])
        request.allowsParallelCalls = try choice.bool("disable_parallel_tool_use") != true
        switch try choice.requiredString("type") {
        case "auto": request.choice = .auto
        case "none": request.choice = .none
        case "any": request.choice = .required
        case "tool": request.choice = .named(try choice.requiredString("name"))
        default: throw choice.invalid("type", "is not a known choice.")
        }
    }
}

// MARK: Messages

extension AnthropicReader {
    private mutating func read(_ fields: Fields) throws(Refusal) {
        try fields.allowOnly(["role", "content"])
        let role = try fields.requiredString("role")
        guard ["user", "assistant", "system"].contains(role) else {
            throw fields.invalid("role", "is not a known role.")
        }
        var message = NormalizedRequest.Message(role: role == "assistant" ? .assistant : .user)
        if let text = fields["content"]?.string {
            try fields.demand(!text.isEmpty, "content", "must be non-empty.")
            message.text = text
        } else {
            guard let blocks = try fields.objects("content") else { throw fields.invalid("content", "is required.") }
            var texts: [String] = []
            for block in blocks { try read(block, &message, &texts) }
            message.text = texts.joined(separator: "\n")
        }
        if role == "system" {
            request.addSystem(message.text)
        } else {
            append(message)
        }
    }

    /// Neighbors of one role are one message, as the service has it.
    private mutating func append(_ message: NormalizedRequest.Message) {
        guard let last = request.messages.indices.last, request.messages[last].role == message.role else {
            request.messages.append(message)
            return
        }
        let texts = [request.messages[last].text, message.text].filter { !$0.isEmpty }
        request.messages[last].text = texts.joined(separator: "\n")
        request.messages[last].attachments += message.attachments
        request.messages[last].calls += message.calls
        request.messages[last].results += message.results
    }

    private func read(_ block: Fields, _ message: inout NormalizedRequest.Message, _ texts: inout [String])
        throws(Refusal)
    {
        switch try block.requiredString("type") {
        case "text": texts.append(try text(of: block))
        case "image", "document":
            if let attachment = try attachment(block) { message.attachments.append(attachment) }
        case "tool_use": message.calls.append(try call(block))
        case "tool_result": message.results.append(try result(block))
        case "thinking":
            let signature = try block.string("signature") ?? ""
            try ThoughtSignature.check(signature, of: try block.requiredString("thinking"), in: block)
        case "redacted_thinking", "search_result", "server_tool_use": break
        case let kind where kind.hasSuffix("_tool_result"): break
        default: throw block.invalid("type", "is not a known kind of block.")
        }
    }

    private func attachment(_ block: Fields) throws(Refusal) -> Attachment? {
        let source = try block.requiredObject("source")
        switch try source.requiredString("type") {
        case "base64": return try Attachment(base64: try source.requiredString("data"), at: source.path(of: "data"))
        case "url": return .url(try source.requiredString("url"))
        case "text", "content", "file": return nil
        default: throw source.invalid("type", "is not a known kind of source.")
        }
    }

    private func call(_ block: Fields) throws(Refusal) -> ToolCall {
        try block.allowOnly(["type", "id", "name", "input", "cache_control", "caller", "toolset_name"])
        let id = try block.requiredString("id")
        try block.demand(isIdentifier(id, upTo: 256), "id", "is not a valid identifier.")
        let input = try block.requiredObject("input").members
        return ToolCall(id: id, name: try block.requiredString("name"), arguments: JSON.object(input).text())
    }

    private func result(_ block: Fields) throws(Refusal) -> NormalizedRequest.ToolResult {
        try block.allowOnly(["type", "tool_use_id", "content", "is_error", "cache_control"])
        let id = try block.requiredString("tool_use_id")
        if let text = block["content"]?.string { return .init(callID: id, text: text) }
        var texts: [String] = []
        for part in try block.objects("content") ?? [] where part["type"]?.string == "text" {
            texts.append(try text(of: part))
        }
        return .init(callID: id, text: texts.joined(separator: "\n"))
    }
}
