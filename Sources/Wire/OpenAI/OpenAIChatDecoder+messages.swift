/// Messages and their parts.
extension OpenAIChatDecoder {
    func messages(_ value: JSON) throws(OpenAIRequestError) -> [ChatMessage] {
        guard let elements = value.array else { throw .type("messages", expected: .array) }
        guard !elements.isEmpty else {
            throw .value("messages", message: "'messages' must hold at least one message.")
        }
        var messages: [ChatMessage] = []
        messages.reserveCapacity(elements.count)
        var functionCalls = OpenAIFunctionCalls()
        for (index, element) in elements.enumerated() {
            messages.append(try message(element, &functionCalls, at: "messages[\(index)]"))
        }
        return messages
    }

    private func message(
        _ value: JSON, _ functionCalls: inout OpenAIFunctionCalls, at place: String
    ) throws(OpenAIRequestError) -> ChatMessage {
        guard let members = value.object else { throw .type(place, expected: .object) }
        let word = try (members["role"] ?? .null).string(named: "\(place).role")
        if word == "function" { return try functionCalls.answer(value, at: place) }
        guard let role = ChatMessage.Role(rawValue: word) else {
            throw .value(
                "\(place).role",
                message: "'\(place).role' must be system, developer, user, assistant, tool or function.")
        }
        var draft = Draft(ChatMessage(role: role, content: []))
        if role == .assistant, let call = value.present("function_call") {
            draft.calls = [ChatPart(.toolCall(try functionCalls.call(call, at: "\(place).function_call")))]
        }
        for member in members.members where !member.value.isNull {
            try read(member.key, member.value, at: place, into: &draft)
        }
        return try draft.finished(at: place)
    }

    /// What is known of a message while its members are read, which come in any order.
    private struct Draft {
        var message: ChatMessage
        var thinking: [ChatPart] = []
        var content: [ChatPart] = []
        var refusal: String?
        var calls: [ChatPart] = []
        var callID: String?

        init(_ message: ChatMessage) { self.message = message }

        /// Thinking comes before what was thought about, and calls after what was said.
        func finished(at place: String) throws(OpenAIRequestError) -> ChatMessage {
            var message = message
            message.content = thinking + content + (refusal.map { [ChatPart(.refusal($0))] } ?? []) + calls
            switch message.role {
            case .tool:
                guard let callID else { throw .missing("\(place).tool_call_id") }
                message.content = [ChatPart(.toolResult(ChatToolResult(callID: callID, content: message.content)))]
            case .system, .developer, .user, .assistant:
                if message.content.isEmpty { throw .missing("\(place).content") }
                if let callID { message.extensions["tool_call_id"] = .string(callID) }
            }
            return message
        }
    }

    private func read(
        _ name: String, _ value: JSON, at place: String, into draft: inout Draft
    ) throws(OpenAIRequestError) {
        switch name {
        case "role": break
        case "content": draft.content = try content(value, at: "\(place).content")
        case "refusal": draft.refusal = try value.string(named: "\(place).refusal")
        case "name": draft.message.name = try value.string(named: "\(place).name")
        case "tool_calls": draft.calls += try toolCalls(value, at: "\(place).tool_calls")
        case "function_call" where draft.message.role == .assistant: break
        case "tool_call_id": draft.callID = try value.string(named: "\(place).tool_call_id")
        case "thinking_blocks" where draft.message.role == .assistant:
            draft.thinking = try thinking(value, at: "\(place).thinking_blocks")
        // Answers come back with these when a caller returns them as they were; an empty list says nothing.
        case "annotations" where value.array?.isEmpty == true: break
        // Thinking that we showed comes back the same way. What upstreams can check of it is in `thinking_blocks`.
        case "reasoning_content" where draft.message.role == .assistant: break
        default: draft.message.extensions[name] = value
        }
    }

    /// The form in which replies of ours show thinking together with its signature.
    private func thinking(_ value: JSON, at place: String) throws(OpenAIRequestError) -> [ChatPart] {
        guard let blocks = value.array else { throw .type(place, expected: .array) }
        var parts: [ChatPart] = []
        for (index, block) in blocks.enumerated() {
            let place = "\(place)[\(index)]"
            switch block["type"]?.string {
            case "thinking":
                try block.allowOnly(["type", "thinking", "signature"], at: place)
                let text = try (block["thinking"] ?? .null).string(named: "\(place).thinking")
                let signature = try block.present("signature")?.string(named: "\(place).signature")
                parts.append(ChatPart(.reasoning(.text(text, signature: signature))))
            case "redacted_thinking":
                try block.allowOnly(["type", "data"], at: place)
                let data = try (block["data"] ?? .null).string(named: "\(place).data")
                parts.append(ChatPart(.reasoning(.redacted(data: data))))
            default:
                throw .value("\(place).type", message: "'\(place).type' must be thinking or redacted_thinking.")
            }
        }
        return parts
    }

    private func content(_ value: JSON, at place: String) throws(OpenAIRequestError) -> [ChatPart] {
        if let text = value.string { return [ChatPart(.text(text))] }
        guard let parts = value.array else { throw .type(place, expected: .stringOrParts) }
        var content: [ChatPart] = []
        for (index, part) in parts.enumerated() {
            let place = "\(place)[\(index)]"
            let read = try self.part(part, at: place)
            content.append(ChatPart(read, extensions: notes(of: part)))
        }
        return content
    }

    /// What is noted about a part, inside its own member too, where it goes by its path.
    private func notes(of part: JSON) -> JSONObject {
        guard let type = part["type"]?.string else { return JSONObject() }
        var notes = part.rest(beside: Self.partMembers[type] ?? [])
        for member in (part[type] ?? .null).rest(beside: Self.innerMembers[type] ?? []).members {
            notes["\(type).\(member.key)"] = member.value
        }
        return notes
    }

    private static let partMembers: [String: Set<String>] = [
        "text": ["type", "text"], "refusal": ["type", "refusal"], "image_url": ["type", "image_url"],
        "input_audio": ["type", "input_audio"], "file": ["type", "file"],
    ]

    private static let innerMembers: [String: Set<String>] = [
        "image_url": ["url", "detail"], "input_audio": ["data", "format"],
        "file": ["file_data", "file_id", "filename"],
    ]

    private func part(_ part: JSON, at place: String) throws(OpenAIRequestError) -> ChatContent {
        switch try (part["type"] ?? .null).string(named: "\(place).type") {
        case "text": return .text(try (part["text"] ?? .null).string(named: "\(place).text"))
        case "refusal": return .refusal(try (part["refusal"] ?? .null).string(named: "\(place).refusal"))
        case "image_url": return try image(part["image_url"] ?? .null, at: "\(place).image_url")
        case "input_audio":
            let audio = part["input_audio"] ?? .null
            return .audio(
                base64: try (audio["data"] ?? .null).string(named: "\(place).input_audio.data"),
                format: try (audio["format"] ?? .null).string(named: "\(place).input_audio.format"))
        case "file": return try file(part["file"] ?? .null, at: "\(place).file")
        default:
            throw .value(
                "\(place).type",
                message: "'\(place).type' must be text, image_url, input_audio, file or refusal.")
        }
    }

    private func image(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatContent {
        let url = try (value["url"] ?? .null).string(named: "\(place).url")
        return .image(
            try media(url, at: "\(place).url"),
            detail: try value.present("detail")?.string(named: "\(place).detail"))
    }

    private func file(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatContent {
        let name = try value.present("filename")?.string(named: "\(place).filename")
        if let data = value.present("file_data") {
            let text = try data.string(named: "\(place).file_data")
            return .file(try media(text, at: "\(place).file_data"), name: name)
        }
        let id = try (value["file_id"] ?? .null).string(named: "\(place).file_id")
        return .file(.uploaded(id: id), name: name)
    }

    /// A URL, or the inside of a `data:` URL (RFC 2397) that holds Base64.
    func media(_ url: String, at place: String) throws(OpenAIRequestError) -> ChatMedia {
        guard url.utf8.starts(with: "data:".utf8) else { return .url(url) }
        let comma = url.utf8.prefix(256).firstIndex(of: UInt8(ascii: ","))
        guard let comma else {
            throw .value(place, message: "'\(place)' is a data URL without a comma between type and data.")
        }
        let type = url[url.utf8.index(url.startIndex, offsetBy: 5)..<comma].split(separator: ";")
        guard type.last == "base64" else {
            throw .value(place, message: "'\(place)' must be a data URL with Base64: data:image/png;base64,…")
        }
        let data = String(url[url.utf8.index(after: comma)...])
        guard Base64.isValid(data) else {
            throw .value(place, message: "'\(place)' holds data that is not Base64.")
        }
        return .inline(mediaType: type.count > 1 ? String(type[0]) : "", base64: data)
    }

    private func toolCalls(_ value: JSON, at place: String) throws(OpenAIRequestError) -> [ChatPart] {
        guard let elements = value.array else { throw .type(place, expected: .array) }
        var calls: [ChatPart] = []
        for (index, element) in elements.enumerated() {
            // A call of a custom tool has text in place of arguments: only this wire knows such.
            guard element["type"] != "custom" || element["custom"]?.object == nil else {
                calls.append(ChatPart(.native(element)))
                continue
            }
            let call = try toolCall(element, at: "\(place)[\(index)]")
            calls.append(ChatPart(.toolCall(call), extensions: element.rest(beside: Self.callMembers)))
        }
        return calls
    }

    private static let callMembers: Set<String> = ["id", "type", "function", "index"]
    private static let functionMembers: Set<String> = ["name", "arguments"]

    private func toolCall(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatToolCall {
        guard value["type"]?.string ?? "function" == "function", let function = value["function"] else {
            throw .value("\(place).type", message: "'\(place).type' must be function or custom.")
        }
        try function.allowOnly(Self.functionMembers, at: "\(place).function")
        return ChatToolCall(
            id: try (value["id"] ?? .null).string(named: "\(place).id"),
            name: try (function["name"] ?? .null).string(named: "\(place).function.name"),
            arguments: try (function["arguments"] ?? "").string(named: "\(place).function.arguments"))
    }
}

extension JSON {
    /// The members of an object that have other names and aren't null.
    func rest(beside names: Set<String>) -> JSONObject {
        var rest = JSONObject()
        for member in object?.members ?? [] where !names.contains(member.key) && !member.value.isNull {
            rest[member.key] = member.value
        }
        return rest
    }
}
