import Wire

/// Reads the body of a chat.
struct CohereReader {
    let body: Fields
    private var request = NormalizedRequest(model: "")

    init(_ body: Fields) { self.body = body }

    mutating func read() throws(Refusal) -> NormalizedRequest {
        try body.allowOnly([
            "model", "messages", "stream", "max_tokens", "temperature", "p", "k", "seed", "stop_sequences",
            "frequency_penalty", "presence_penalty", "logprobs", "tools", "strict_tools", "tool_choice", "documents",
            "citation_options", "response_format", "safety_mode", "thinking", "priority", "raw_prompting",
        ])
        request.maximumTokens = try body.int("max_tokens")
        _ = try body.number("temperature", in: 0...2)
        _ = try body.number("p", in: 0...0.99)
        request.stop = try body.strings("stop_sequences") ?? []
        try body.demand(request.stop.count <= 5, "stop_sequences", "must not have more than five sequences.")
        request.rendering.isStreamed = try body.bool("stream") ?? false
        try readTools()
        if let format = try body.object("response_format"), try format.string("type") == "json_object" {
            request.format = (format["json_schema"] ?? format["schema"]).map { .schema($0) } ?? .jsonObject
        }
        guard let messages = try body.objects("messages") else { throw body.invalid("messages", "is required.") }
        for message in messages { try read(message) }
        return request
    }

    private mutating func readTools() throws(Refusal) {
        for tool in try body.objects("tools") ?? [] {
            request.tools.append(try OpenAIChatReader.tool(try tool.requiredObject("function")))
        }
        switch try body.string("tool_choice") {
        case nil: break
        case "REQUIRED": request.choice = .required
        case "NONE": request.choice = .none
        default: throw body.invalid("tool_choice", "must be REQUIRED or NONE.")
        }
    }

    private mutating func read(_ message: Fields) throws(Refusal) {
        let role = try message.requiredString("role")
        let content = try content(of: message)
        switch role {
        case "system": request.addSystem(content.text)
        case "user": request.messages.append(.init(role: .user, text: content.text, attachments: content.attachments))
        case "assistant":
            let calls = try OpenAIContent.calls(of: message)
            request.messages.append(.init(role: .assistant, text: content.text, calls: calls))
        case "tool":
            let id = try message.requiredString("tool_call_id")
            request.messages.append(.init(role: .tool, results: [.init(callID: id, text: content.text)]))
        default: throw message.invalid("role", "is not a known role.")
        }
    }

    private func content(of message: Fields) throws(Refusal) -> (text: String, attachments: [Attachment]) {
        if let text = message["content"]?.string { return (text, []) }
        var texts: [String] = []
        var attachments: [Attachment] = []
        for part in try message.objects("content") ?? [] {
            switch try part.requiredString("type") {
            case "text": texts.append(try part.requiredString("text"))
            case "thinking": break
            case "document":
                let data = try part.requiredObject("document")["data"] ?? ""
                texts.append(data.string ?? data["output"]?.string ?? data.text())
            case "image_url":
                let image = try part.requiredObject("image_url")
                attachments.append(try Attachment(url: try image.requiredString("url"), at: image.path(of: "url")))
            default: throw part.invalid("type", "is not a known kind of part.")
            }
        }
        return (texts.joined(separator: "\n"), attachments)
    }
}
