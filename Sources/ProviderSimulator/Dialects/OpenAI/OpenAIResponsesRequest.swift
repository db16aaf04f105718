import Wire

/// Reads the body of a response.
struct OpenAIResponsesReader {
    let body: Fields
    private var request = NormalizedRequest(model: "")

    init(_ body: Fields) { self.body = body }

    mutating func read() throws(Refusal) -> NormalizedRequest {
        try body.allowOnly(Self.members)
        for member in ["previous_response_id", "conversation"] where body[member] != nil {
            throw body.invalid(member, "nothing is stored here.")
        }
        request.maximumTokens = try body.int("max_output_tokens")
        _ = try body.number("temperature", in: 0...2)
        _ = try body.number("top_p", in: 0...1)
        request.rendering.isStreamed = try body.bool("stream") ?? false
        let include = try body.strings("include") ?? []
        request.rendering.includesEncryptedReasoning = include.contains("reasoning.encrypted_content")
        request.addSystem(try body.string("instructions") ?? "")
        try readTools()
        try readFormat()
        try readInput()
        return request
    }

    private static let members: Set<String> = [
        "model", "input", "instructions", "max_output_tokens", "max_tool_calls", "temperature", "top_p", "top_logprobs",
        "tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "include", "store", "previous_response_id",
        "conversation", "metadata", "stream", "stream_options", "truncation", "background", "user", "service_tier",
        "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt",
    ]

    private mutating func readTools() throws(Refusal) {
        for tool in try body.objects("tools") ?? [] where try tool.requiredString("type") == "function" {
            request.tools.append(try OpenAIChatReader.tool(tool))
        }
        request.allowsParallelCalls = try body.bool("parallel_tool_calls") ?? true
        guard let choice = body["tool_choice"] else { return }
        switch choice.string {
        case "auto": request.choice = .auto
        case "none": request.choice = .none
        case "required": request.choice = .required
        case .some: throw body.invalid("tool_choice", "is not a known choice.")
        case nil:
            if let names = choice["tools"]?.array?.compactMap({ $0["name"]?.string }) {
                request.tools.removeAll { !names.contains($0.name) }
                request.choice = choice["mode"]?.string == "required" ? .required : .auto
            } else if let name = choice["name"]?.string {
                request.choice = .named(name)
            } else {
                throw body.invalid("tool_choice", "names no function.")
            }
        }
    }

    private mutating func readFormat() throws(Refusal) {
        guard let format = try body.object("text")?.object("format") else { return }
        switch try format.requiredString("type") {
        case "text": break
        case "json_object": request.format = .jsonObject
        case "json_schema": request.format = .schema(format["schema"] ?? ["type": "object"])
        default: throw format.invalid("type", "is not a known format.")
        }
    }

    private mutating func readInput() throws(Refusal) {
        if let text = body["input"]?.string {
            request.messages = [.init(role: .user, text: text)]
            return
        }
        guard let items = try body.objects("input") else { throw body.invalid("input", "is required.") }
        for item in items { try read(item) }
    }

    private mutating func read(_ item: Fields) throws(Refusal) {
        switch try item.string("type") ?? "message" {
        case "message": try read(message: item)
        case "function_call":
            let call = ToolCall(
                id: try item.requiredString("call_id"), name: try item.requiredString("name"),
                arguments: try item.requiredString("arguments"))
            // Calls of one turn are items of their own: they belong to one message of the assistant.
            if request.messages.last?.role == .assistant {
                request.messages[request.messages.count - 1].calls.append(call)
            } else {
                request.messages.append(.init(role: .assistant, calls: [call]))
            }
        case "function_call_output":
            let id = try item.requiredString("call_id")
            let output = item["output"]
            let text = output?.string ?? (output?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
            request.messages.append(.init(role: .tool, results: [.init(callID: id, text: text)]))
        case "reasoning": try check(reasoning: item)
        case "item_reference": break
        default: throw item.invalid("type", "is not a known kind of item.")
        }
    }

    private func check(reasoning item: Fields) throws(Refusal) {
        guard let encrypted = try item.string("encrypted_content") else { return }
        let isOwn = ThoughtSignature.isOwn(encrypted)
        try item.demand(isOwn, "encrypted_content", "could not be decrypted.")
    }

    private mutating func read(message: Fields) throws(Refusal) {
        var texts: [String] = []
        var attachments: [Attachment] = []
        if let text = message["content"]?.string {
            texts = [text]
        } else {
            for part in try message.objects("content") ?? [] {
                switch try part.requiredString("type") {
                case "input_text", "output_text", "text": texts.append(try part.requiredString("text"))
                case "refusal": texts.append(try part.requiredString("refusal"))
                case "input_image":
                    guard let url = try part.string("image_url") else { continue }
                    attachments.append(try Attachment(url: url, at: part.path(of: "image_url")))
                case "input_file":
                    guard let data = try part.string("file_data") else { continue }
                    attachments.append(try Attachment(url: data, at: part.path(of: "file_data")))
                default: throw part.invalid("type", "is not a known kind of part.")
                }
            }
        }
        let text = texts.joined(separator: "\n")
        switch try message.requiredString("role") {
        case "system", "developer": request.addSystem(text)
        case "user": request.messages.append(.init(role: .user, text: text, attachments: attachments))
        case "assistant": request.messages.append(.init(role: .assistant, text: text))
        default: throw message.invalid("role", "is not a known role.")
        }
    }
}
