/// The input: a text, or items.
extension ResponsesDecoder {
    func messages(_ input: JSON, instructions: JSON?) throws(OpenAIRequestError) -> [ChatMessage] {
        var conversation = ResponsesConversation()
        if let instructions {
            let text = try instructions.string(named: "instructions")
            if !text.isEmpty { conversation.append(.system, [ChatPart(.text(text))]) }
        }
        if let text = input.string {
            conversation.append(.user, [ChatPart(.text(text))])
            return conversation.messages
        }
        guard let items = input.array else { throw .type("input", expected: .stringOrItems) }
        guard !items.isEmpty else { throw .value("input", message: "'input' must hold at least one item.") }
        for (index, item) in items.enumerated() { try read(item, at: "input[\(index)]", into: &conversation) }
        guard !conversation.messages.isEmpty else {
            throw .value("input", message: "'input' must hold more than thinking.")
        }
        return conversation.messages
    }

    func read(
        _ item: JSON, at place: String, into conversation: inout ResponsesConversation
    ) throws(OpenAIRequestError) {
        guard item.object != nil else { throw .type(place, expected: .object) }
        switch try (item["type"] ?? "message").string(named: "\(place).type") {
        case "message": try readMessage(item, at: place, into: &conversation)
        case "function_call":
            conversation.append(.assistant, [try call(item, at: place)])
        case "function_call_output":
            conversation.append(.tool, [try result(item, at: place)])
        case "reasoning":
            let parts = try reasoning(item, at: place)
            if !parts.isEmpty { conversation.append(.assistant, parts) }
        // Items of the provider's own tools, and of tools that take text.
        case let type:
            conversation.append(type.hasSuffix("_output") ? .tool : .assistant, [ChatPart(.native(item))])
        }
    }

    private func readMessage(
        _ item: JSON, at place: String, into conversation: inout ResponsesConversation
    ) throws(OpenAIRequestError) {
        let word = try (item["role"] ?? .null).string(named: "\(place).role")
        guard let role = ChatMessage.Role(rawValue: word), role != .tool else {
            throw .value("\(place).role", message: "'\(place).role' must be system, developer, user or assistant.")
        }
        let content = try content(item["content"] ?? .null, at: "\(place).content")
        // The item's own id and state are of no use to a model.
        let rest = item.rest(beside: ["type", "role", "content", "id", "status", "phase"])
        conversation.append(role, content, extensions: rest)
    }

    private func content(_ value: JSON, at place: String) throws(OpenAIRequestError) -> [ChatPart] {
        if let text = value.string { return [ChatPart(.text(text))] }
        guard let elements = value.array else {
            if value.isNull { throw .missing(place) }
            throw .type(place, expected: .stringOrParts)
        }
        var parts: [ChatPart] = []
        for (index, element) in elements.enumerated() { parts.append(try part(element, at: "\(place)[\(index)]")) }
        return parts
    }

    private func part(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatPart {
        switch try (value["type"] ?? .null).string(named: "\(place).type") {
        // Annotations and probabilities of an earlier answer say nothing to a model.
        case "input_text", "output_text", "text":
            let text = try (value["text"] ?? .null).string(named: "\(place).text")
            return ChatPart(.text(text), extensions: value.rest(beside: ["type", "text", "annotations", "logprobs"]))
        case "refusal":
            let text = try (value["refusal"] ?? .null).string(named: "\(place).refusal")
            return ChatPart(.refusal(text), extensions: value.rest(beside: ["type", "refusal"]))
        case "input_image":
            return ChatPart(
                .image(
                    try image(value, at: place),
                    detail: try value.present("detail")?.string(named: "\(place).detail")),
                extensions: value.rest(beside: ["type", "image_url", "file_id", "detail"]))
        case "input_file":
            return ChatPart(
                .file(
                    try file(value, at: place),
                    name: try value.present("filename")?.string(named: "\(place).filename")),
                extensions: value.rest(beside: ["type", "file_data", "file_id", "file_url", "filename"]))
        case "input_audio":
            return ChatPart(
                try audio(value["input_audio"] ?? .null, at: "\(place).input_audio"),
                extensions: value.rest(beside: ["type", "input_audio"]))
        default: return ChatPart(.native(value))
        }
    }

    private func image(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatMedia {
        if let url = value.present("image_url") {
            let text = try url.string(named: "\(place).image_url")
            return try OpenAIChatDecoder().media(text, at: "\(place).image_url")
        }
        guard let id = value.present("file_id") else { throw .missing("\(place).image_url") }
        return .uploaded(id: try id.string(named: "\(place).file_id"))
    }

    private func file(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatMedia {
        if let data = value.present("file_data") {
            let text = try data.string(named: "\(place).file_data")
            return try OpenAIChatDecoder().media(text, at: "\(place).file_data")
        }
        if let url = value.present("file_url") { return .url(try url.string(named: "\(place).file_url")) }
        guard let id = value.present("file_id") else { throw .missing("\(place).file_data") }
        return .uploaded(id: try id.string(named: "\(place).file_id"))
    }

    private func audio(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatContent {
        try value.allowOnly(["data", "format"], at: place)
        return .audio(
            base64: try (value["data"] ?? .null).string(named: "\(place).data"),
            format: try (value["format"] ?? .null).string(named: "\(place).format"))
    }

    // MARK: Calls and thinking

    private func call(_ item: JSON, at place: String) throws(OpenAIRequestError) -> ChatPart {
        let call = ChatToolCall(
            id: try (item["call_id"] ?? .null).string(named: "\(place).call_id"),
            name: try (item["name"] ?? .null).string(named: "\(place).name"),
            arguments: try (item["arguments"] ?? "").string(named: "\(place).arguments"))
        let rest = item.rest(beside: ["type", "id", "status", "call_id", "name", "arguments"])
        return ChatPart(.toolCall(call), extensions: rest)
    }

    private func result(_ item: JSON, at place: String) throws(OpenAIRequestError) -> ChatPart {
        let result = ChatToolResult(
            callID: try (item["call_id"] ?? .null).string(named: "\(place).call_id"),
            content: try content(item["output"] ?? .null, at: "\(place).output"))
        return ChatPart(
            .toolResult(result), extensions: item.rest(beside: ["type", "id", "status", "call_id", "output"]))
    }

    private func reasoning(_ item: JSON, at place: String) throws(OpenAIRequestError) -> [ChatPart] {
        try item.allowOnly(["type", "id", "status", "summary", "content", "encrypted_content"], at: place)
        guard let summary = (item.present("summary") ?? []).array else {
            throw .type("\(place).summary", expected: .array)
        }
        let parts = summary.isEmpty ? item["content"]?.array ?? [] : summary
        let member = summary.isEmpty ? "content" : "summary"
        for (index, part) in parts.enumerated() {
            try part.allowOnly(["type", "text"], at: "\(place).\(member)[\(index)]")
        }
        let text = parts.compactMap { $0["text"]?.string }.joined()
        return ResponsesThinking(encrypted: item["encrypted_content"]?.string, text: text).parts
    }
}

/// Gathers items into messages: what an assistant thinks, says and calls in one turn is one message here.
struct ResponsesConversation {
    private(set) var messages: [ChatMessage] = []

    mutating func append(_ role: ChatMessage.Role, _ parts: [ChatPart], extensions: JSONObject = JSONObject()) {
        let isJoined = role == .assistant || role == .tool
        if isJoined, extensions.isEmpty, let last = messages.last, last.role == role, last.extensions.isEmpty {
            messages[messages.count - 1].content += parts
            return
        }
        var message = ChatMessage(role: role, content: parts)
        message.extensions = extensions
        messages.append(message)
    }
}

/// Thinking as `encrypted_content`, in which this wire lets it go to the caller and come back.
///
/// Marked as ours: what OpenAI's own models have encrypted would look alike, and no other model can check that.
struct ResponsesThinking {
    private static let signed = "signed:"
    private static let redacted = "redacted:"

    private let encrypted: String?
    private let text: String

    init(encrypted: String?, text: String) {
        self.encrypted = encrypted
        self.text = text
    }

    static func encrypted(signature: String) -> String { signed + signature }
    static func encrypted(redacted data: String) -> String { redacted + data }

    var parts: [ChatPart] {
        if let encrypted, encrypted.hasPrefix(Self.redacted) {
            return [ChatPart(.reasoning(.redacted(data: String(encrypted.dropFirst(Self.redacted.count)))))]
        }
        if let encrypted, encrypted.hasPrefix(Self.signed) {
            let signature = String(encrypted.dropFirst(Self.signed.count))
            return [ChatPart(.reasoning(.text(text, signature: signature)))]
        }
        return text.isEmpty ? [] : [ChatPart(.reasoning(.text(text, signature: nil)))]
    }
}
