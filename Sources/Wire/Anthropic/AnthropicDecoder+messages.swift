/// Messages and their blocks.
extension AnthropicDecoder {
    func system(_ value: JSON) throws(ChatRequestError) -> ChatMessage {
        let parts = try content(value, at: "system")
        for (index, part) in parts.enumerated() {
            guard case .text = part.content else {
                throw .value("system[\(index)].type", message: "'system' takes only blocks of text.")
            }
        }
        return ChatMessage(role: .system, content: parts)
    }

    func messages(_ value: JSON) throws(ChatRequestError) -> [ChatMessage] {
        guard let elements = value.array else { throw .type("messages", expected: .array) }
        guard !elements.isEmpty else {
            throw .value("messages", message: "'messages' must hold at least one message.")
        }
        var messages: [ChatMessage] = []
        messages.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            messages.append(try message(element, at: "messages[\(index)]"))
        }
        return messages
    }

    private func message(_ value: JSON, at place: String) throws(ChatRequestError) -> ChatMessage {
        guard value.object != nil else { throw .type(place, expected: .object) }
        let role: ChatMessage.Role
        switch try (value["role"] ?? .null).string(named: "\(place).role") {
        case "user": role = .user
        case "assistant": role = .assistant
        case "system": role = .system
        default: throw .value("\(place).role", message: "'\(place).role' must be user, assistant or system.")
        }
        guard let content = value.present("content") else { throw .missing("\(place).content") }
        var message = ChatMessage(role: role, content: try self.content(content, at: "\(place).content"))
        message.extensions = value.rest(beside: ["role", "content"])
        return message
    }

    private func content(_ value: JSON, at place: String) throws(ChatRequestError) -> [ChatPart] {
        if let text = value.string { return [ChatPart(.text(text))] }
        guard let blocks = value.array else { throw .type(place, expected: .stringOrBlocks) }
        var parts: [ChatPart] = []
        parts.reserveCapacity(blocks.count)
        for (index, block) in blocks.enumerated() { parts.append(try part(block, at: "\(place)[\(index)]")) }
        return parts
    }

    private func part(_ block: JSON, at place: String) throws(ChatRequestError) -> ChatPart {
        guard block.object != nil else { throw .type(place, expected: .object) }
        func text(_ member: String) throws(ChatRequestError) -> String {
            try (block[member] ?? .null).string(named: "\(place).\(member)")
        }
        func part(_ content: ChatContent, _ members: Set<String>) -> ChatPart {
            ChatPart(content, extensions: block.rest(beside: members.union(["type"])))
        }
        switch try text("type") {
        case "text": return part(.text(try text("text")), ["text"])
        case "image": return part(try image(block, at: "\(place).source"), ["source"])
        case "document":
            guard let file = try document(block, at: place) else { return ChatPart(.native(block)) }
            return part(file, ["source", "title"])
        case "tool_use": return part(.toolCall(try call(block, at: place)), ["id", "name", "input"])
        case "tool_result":
            return part(.toolResult(try result(block, at: place)), ["tool_use_id", "content", "is_error"])
        case "thinking":
            let signature = try block.present("signature")?.string(named: "\(place).signature")
            return part(.reasoning(.text(try text("thinking"), signature: signature)), ["thinking", "signature"])
        case "redacted_thinking": return part(.reasoning(.redacted(data: try text("data"))), ["data"])
        // Server tools, search results, and what Anthropic may add.
        default: return ChatPart(.native(block))
        }
    }

    private func call(_ block: JSON, at place: String) throws(ChatRequestError) -> ChatToolCall {
        let input = block["input"] ?? .null
        if input.isNull { throw .missing("\(place).input") }
        guard input.object != nil else { throw .type("\(place).input", expected: .object) }
        return ChatToolCall(
            id: try (block["id"] ?? .null).string(named: "\(place).id"),
            name: try (block["name"] ?? .null).string(named: "\(place).name"), arguments: input.text())
    }

    private func result(_ block: JSON, at place: String) throws(ChatRequestError) -> ChatToolResult {
        ChatToolResult(
            callID: try (block["tool_use_id"] ?? .null).string(named: "\(place).tool_use_id"),
            content: try block.present("content").map { value throws(ChatRequestError) in
                try content(value, at: "\(place).content")
            } ?? [],
            isError: try block.present("is_error")?.bool(named: "\(place).is_error") ?? false)
    }
}

// MARK: Media

extension AnthropicDecoder {
    private func image(_ block: JSON, at place: String) throws(ChatRequestError) -> ChatContent {
        guard let source = block.present("source") else { throw .missing(place) }
        guard let media = try media(source, at: place) else {
            throw .value("\(place).type", message: "'\(place).type' must be base64, url or file.")
        }
        return .image(media, detail: nil)
    }

    /// Nil for a document made of blocks, which only this wire has.
    private func document(_ block: JSON, at place: String) throws(ChatRequestError) -> ChatContent? {
        guard let source = block.present("source") else { throw .missing("\(place).source") }
        let title = try block.present("title")?.string(named: "\(place).title")
        if let media = try media(source, at: "\(place).source") { return .file(media, name: title) }
        switch source["type"]?.string {
        case "content": return nil
        case "text":
            let data = try (source["data"] ?? .null).string(named: "\(place).source.data")
            let type = source["media_type"]?.string ?? "text/plain"
            return .file(.inline(mediaType: type, base64: Base64.encoded(Array(data.utf8))), name: title)
        default:
            throw .value(
                "\(place).source.type", message: "'\(place).source.type' must be base64, text, content, url or file.")
        }
    }

    private static let sourceMembers: [String: Set<String>] = [
        "url": ["type", "url"], "file": ["type", "file_id"], "base64": ["type", "media_type", "data"],
        "text": ["type", "media_type", "data"], "content": ["type", "content"],
    ]

    /// Nil for a source of another type.
    private func media(_ source: JSON, at place: String) throws(ChatRequestError) -> ChatMedia? {
        func text(_ member: String) throws(ChatRequestError) -> String {
            try (source[member] ?? .null).string(named: "\(place).\(member)")
        }
        let type = try text("type")
        if let members = Self.sourceMembers[type] { try source.allowOnly(members, at: place) }
        switch type {
        case "url": return .url(try text("url"))
        case "file": return .uploaded(id: try text("file_id"))
        case "base64":
            let data = try text("data")
            guard Base64.isValid(data) else {
                throw .value("\(place).data", message: "'\(place).data' holds data that is not Base64.")
            }
            return .inline(mediaType: try text("media_type"), base64: data)
        default: return nil
        }
    }
}
