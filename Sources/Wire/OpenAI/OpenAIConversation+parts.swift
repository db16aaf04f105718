/// What the parts of a message become.
extension OpenAIConversation {
    func parts(of part: ChatPart, at place: String) throws(ChatEncodingError) -> [Part] {
        try refuseNotes(of: part, at: place)
        switch part.content {
        case .text(let text), .refusal(let text): return [.text(text)]
        case .image(let media, let detail):
            if case .uploaded = media { throw .unsupported("\(place).file_id") }
            return [.image(media, detail: detail)]
        case .audio(let base64, let format): return [.audio(base64: base64, format: format)]
        case .file(let media, let name): return [try file(media, name: name, at: "\(place).file")]
        // In a message that isn't the assistant's it is no thought of the model's.
        case .reasoning: throw .unsupported("\(place).thinking")
        case .toolCall: throw .unsupported("\(place).tool_calls")
        case .toolResult: throw .unsupported("\(place).tool_result")
        case .native(let value): throw .unsupported("\(place).\(value["type"]?.string ?? "type")")
        }
    }

    private func refuseNotes(of part: ChatPart, at place: String) throws(ChatEncodingError) {
        for note in part.extensions.members where !note.value.saysNothing {
            guard isSafeToLeaveOut(note.key, note.value) else { throw .unsupported("\(place).\(note.key)") }
        }
    }

    /// Marks of prompt caches, and what earlier answers say about where their words are from.
    private func isSafeToLeaveOut(_ name: String, _ value: JSON) -> Bool {
        switch name {
        case "cache_control", "prompt_cache_breakpoint", "annotations", "logprobs": true
        case "citations": value.array != nil || value == ["enabled": false]
        default: false
        }
    }

    /// The wire takes PDF as a file; a file of text is as well told as text. It fetches nothing by itself.
    private func file(_ media: ChatMedia, name: String?, at place: String) throws(ChatEncodingError) -> Part {
        switch media {
        case .url: throw .unsupported("\(place).url")
        case .uploaded: throw .unsupported("\(place).file_id")
        case .inline(let mediaType, let base64):
            guard mediaType.hasPrefix("text/") else {
                return .file(mediaType: mediaType, base64: base64, name: name)
            }
            let text = String(decoding: Base64.decoded(base64) ?? [], as: UTF8.self)
            return .text(name.map { "\($0):\n\(text)" } ?? text)
        }
    }
}
