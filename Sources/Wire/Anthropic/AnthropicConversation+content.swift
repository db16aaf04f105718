/// The parts of a message.
extension AnthropicConversation {
    func blocks(
        of parts: [ChatPart], role: Role, at place: String
    ) throws(AnthropicEncodingError) -> [AnthropicBlock] {
        var blocks: [AnthropicBlock] = []
        var callCount = 0
        for (index, part) in parts.enumerated() {
            var partPlace = "\(place).content[\(index)]"
            if case .toolCall = part.content {
                partPlace = "\(place).tool_calls[\(callCount)]"
                callCount += 1
            }
            // A message with one result is a tool's, whose place is the message's own.
            if case .toolResult = part.content, parts.count == 1 { partPlace = place }
            try refuse(part, in: role, at: partPlace)
            guard let content = try content(of: part.content, at: partPlace) else { continue }
            blocks.append(AnthropicBlock(content: content, extensions: try kept(part, at: partPlace)))
        }
        return blocks
    }

    private func refuse(_ part: ChatPart, in role: Role, at place: String) throws(AnthropicEncodingError) {
        switch (part.content, role) {
        case (.toolCall, .assistant), (.reasoning, .assistant), (.toolResult, .user), (.text, _), (.refusal, _): break
        case (.toolCall, _), (.reasoning, _), (.toolResult, _): throw .unsupported(place)
        case (_, .system): throw .unsupported(place)
        default: break
        }
    }

    /// Members beside the block's own that the wire has too.
    private func kept(_ part: ChatPart, at place: String) throws(AnthropicEncodingError) -> JSONObject {
        var kept = JSONObject()
        for member in part.extensions.members where !member.value.isNull {
            if case .file = part.content, member.key == "citations" {
                // An answer that is translated has no place for what it cites.
                guard member.value == ["enabled": false] else { throw .unsupported("\(place).citations") }
            } else if part.content.anthropicMembers.contains(member.key) {
                kept[member.key] = member.value
            } else if member.key == "prompt_cache_breakpoint", part.content.anthropicMembers.contains("cache_control") {
                let mark = try cacheControl(member.value, at: place)
                kept["cache_control"] = kept["cache_control"] ?? mark
            } else if !member.value.asksForNothing {
                throw .unsupported("\(place).\(member.key)")
            }
        }
        return kept
    }

    /// OpenAI's mark as Anthropic's, whose longer time is the nearest to each of OpenAI's.
    private func cacheControl(_ mark: JSON, at place: String) throws(AnthropicEncodingError) -> JSON {
        for member in mark.object?.members ?? [] where member.key != "mode" && member.key != "ttl" {
            throw .unsupported("\(place).prompt_cache_breakpoint.\(member.key)")
        }
        return mark["ttl"] == nil ? ["type": "ephemeral"] : ["type": "ephemeral", "ttl": "1h"]
    }

    /// Nil for what is left out: blank text, which the service refuses, and thinking that nobody can check, which only
    /// models of other makers give.
    private func content(
        of content: ChatContent, at place: String
    ) throws(AnthropicEncodingError) -> AnthropicBlock.Content? {
        switch content {
        case .text(let text), .refusal(let text): return text.allSatisfy(\.isWhitespace) ? nil : .text(text)
        // `detail` trades quality for cost; without a counterpart the model sees all there is.
        case .image(let media, detail: _): return .image(try image(media, at: "\(place).image_url"))
        case .file(let media, let name): return .document(try document(media, at: "\(place).file"), title: name)
        case .audio: throw .unsupported("\(place).input_audio")
        case .reasoning(.text(let text, let signature)):
            return signature.flatMap { $0.isEmpty ? nil : .thinking(text, signature: $0) }
        case .reasoning(.redacted(let data)): return .redactedThinking(data)
        case .toolCall(let call): return try toolUse(call, at: place)
        case .toolResult(let result):
            return .toolResult(
                id: result.callID, content: try blocks(of: result.content, role: .user, at: place),
                isError: result.isError, place: place)
        case .native(let value):
            guard Self.isNative(value) else { throw .unsupported("\(place).\(value["type"]?.string ?? "type")") }
            return .native(value)
        }
    }

    private func toolUse(
        _ call: ChatToolCall, at place: String
    ) throws(AnthropicEncodingError) -> AnthropicBlock.Content {
        let arguments = call.arguments.isEmpty ? "{}" : call.arguments
        guard arguments.isJSONObject else {
            throw .invalid("\(place).function.arguments", "'arguments' must be the JSON text of an object.")
        }
        return .toolUse(id: call.id, name: call.name, arguments: arguments, place: place)
    }

    /// Blocks of other wires can be native too, so only those are taken that this one is known to have.
    private static func isNative(_ value: JSON) -> Bool {
        guard let type = value["type"]?.string else { return false }
        return nativeTypes.contains(type) || type.hasSuffix("_tool_result")
    }

    private static let nativeTypes: Set<String> = [
        "search_result", "document", "server_tool_use", "mcp_tool_use", "container_upload", "tool_reference",
    ]
}

// MARK: Media

extension AnthropicConversation {
    private func image(_ media: ChatMedia, at place: String) throws(AnthropicEncodingError) -> AnthropicBlock.Source {
        guard case .inline(let mediaType, let base64) = media else { return try reference(media, at: place) }
        let declared = mediaType.lowercased()
        guard let type = Self.imageType(base64) ?? (Self.imageTypes.contains(declared) ? declared : nil) else {
            throw .invalid(place, "The image is none of PNG, JPEG, GIF and WebP, which this route takes.")
        }
        return .base64(mediaType: type, base64)
    }

    private static let imageTypes: Set<String> = ["image/jpeg", "image/png", "image/gif", "image/webp"]

    /// By the first bytes: the media type is only what the sender believes, and the service refuses a wrong one.
    private static func imageType(_ base64: String) -> String? {
        if base64.hasPrefix("iVBORw0KGg") { return "image/png" }
        if base64.hasPrefix("/9j/") { return "image/jpeg" }
        if base64.hasPrefix("R0lGOD") { return "image/gif" }
        return base64.hasPrefix("UklGR") ? "image/webp" : nil
    }

    /// The wire has two kinds of files, PDF and text; what is text of any kind goes as such.
    private func document(
        _ media: ChatMedia, at place: String
    ) throws(AnthropicEncodingError) -> AnthropicBlock.Source {
        guard case .inline(let mediaType, let base64) = media else { return try reference(media, at: place) }
        let type = mediaType.lowercased()
        if type == "application/pdf" || base64.hasPrefix("JVBERi") {
            return .base64(mediaType: "application/pdf", base64)
        }
        guard type.hasPrefix("text/") || type == "application/json" else {
            throw .invalid(place, "The file is neither PDF nor text, which this route takes.")
        }
        guard let bytes = Base64.decoded(base64), let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid(place, "The file's text isn't UTF-8.")
        }
        return .text(text)
    }

    /// Where a file is, instead of the file.
    private func reference(
        _ media: ChatMedia, at place: String
    ) throws(AnthropicEncodingError) -> AnthropicBlock.Source {
        switch (media, model.door) {
        case (.url(let url), .own): return .url(url)
        case (.uploaded(let id), .own): return .file(id: id)
        case (.url, .hosted):
            throw .invalid(
                place,
                "This route fetches nothing from the web. Send the content itself, such as 'data:image/png;base64,…'.")
        default: throw .unsupported("\(place).file_id")
        }
    }
}

extension ChatContent {
    /// Members that the wire has on such a block and the inner form doesn't model.
    fileprivate var anthropicMembers: Set<String> {
        switch self {
        case .text: ["cache_control", "citations"]
        case .image, .toolResult: ["cache_control"]
        case .file: ["cache_control", "context"]
        case .toolCall: ["cache_control", "caller", "toolset_name"]
        case .refusal, .audio, .reasoning, .native: []
        }
    }
}

extension JSON {
    /// Whether a member with this value asks for nothing, so that it can be left out without changing the meaning.
    var asksForNothing: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        case .bool, .number, .string: false
        }
    }
}

extension String {
    /// Whether the text is the JSON of an object, so that it can stand in a body as it is.
    var isJSONObject: Bool {
        var text = self
        return text.withUTF8 { utf8 in
            guard var scanner = try? JSONScanner(UnsafeRawBufferPointer(utf8)),
                (try? scanner.skipValue())?.kind == .object
            else { return false }
            return (try? scanner.end()) != nil
        }
    }
}
