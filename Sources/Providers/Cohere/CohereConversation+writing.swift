import Wire

extension CohereConversation {
    /// About how many bytes its JSON has.
    var textCount: Int {
        messages.reduce(0) { sum, message in
            let calls = message.calls.reduce(0) { $0 + $1.arguments.utf8.count + 128 }
            return message.parts.reduce(sum + calls + 64) { $0 + $1.textCount }
        }
    }

    func write(to body: inout JSONTextWriter) {
        body.array("messages") { body in
            for message in messages {
                body.object { write(message, to: &$0) }
            }
        }
    }

    private func write(_ message: Message, to body: inout JSONTextWriter) {
        body.string("role", message.role.rawValue)
        if let id = message.callID { body.string("tool_call_id", id) }
        guard !message.calls.isEmpty else { return write(message.parts, of: message.role, to: &body) }
        let plan = message.parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
        if !plan.isEmpty { body.string("tool_plan", plan) }
        let thinking = message.parts.filter { if case .thinking = $0 { true } else { false } }
        if !thinking.isEmpty { write(thinking, of: message.role, to: &body) }
        body.array("tool_calls") { body in
            for call in message.calls { body.object { $0.functionCall(call, id: call.id) } }
        }
    }

    /// A text alone stands as a string; an assistant's texts are one answer.
    private func write(_ parts: [Part], of role: Message.Role, to body: inout JSONTextWriter) {
        let texts = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        if texts.count == parts.count, texts.count < 2 || role == .assistant {
            body.string("content", texts.joined())
        } else {
            body.array("content") { body in
                for part in parts { body.object { write(part, to: &$0) } }
            }
        }
    }

    private func write(_ part: Part, to body: inout JSONTextWriter) {
        switch part {
        case .text(let text):
            body.string("type", "text")
            body.string("text", text)
        case .thinking(let text):
            body.string("type", "thinking")
            body.string("thinking", text)
        case .image(let media, let detail): body.imagePart(media, detail: detail)
        }
    }
}

extension CohereConversation.Part {
    fileprivate var textCount: Int {
        switch self {
        case .text(let text), .thinking(let text): text.utf8.count + 32
        case .image(.inline(_, let base64), _): base64.utf8.count + 128
        case .image(.url(let url), _), .image(.uploaded(let url), _): url.utf8.count + 96
        }
    }
}
