extension OpenAIConversation {
    /// About how many bytes its JSON has.
    var textCount: Int {
        messages.reduce(0) { sum, message in
            let calls = message.calls.reduce(0) { $0 + $1.arguments.utf8.count + 128 }
            return message.parts.reduce(sum + calls + 64) { $0 + $1.textCount }
        }
    }

    func write(to body: inout JSONTextWriter) {
        body.array("messages") { body in
            for message in messages where !isLeftOut(message) {
                body.object { write(message, to: &$0) }
            }
        }
    }

    /// A message that holds nothing but thinking goes with it.
    private func isLeftOut(_ message: Message) -> Bool {
        dialect.thinking == .leftOut && !message.thinking.isEmpty && message.parts.isEmpty && message.calls.isEmpty
            && message.refusal == nil
    }

    private func write(_ message: Message, to body: inout JSONTextWriter) {
        body.string("role", message.role.rawValue)
        if let id = message.callID { body.string("tool_call_id", Self.id(id)) }
        if let name = message.name { body.string("name", name) }
        writeContent(of: message, to: &body)
        if let refusal = message.refusal { body.string("refusal", refusal) }
        if message.role == .assistant { write(message.thinking, to: &body) }
        guard !message.calls.isEmpty else { return }
        body.array("tool_calls") { body in
            for call in message.calls { body.object { $0.functionCall(call, id: Self.id(call.id)) } }
        }
    }

    /// A text alone stands as a string, which every server takes. An assistant's texts are one answer.
    private func writeContent(of message: Message, to body: inout JSONTextWriter) {
        let texts = message.parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        let isText = texts.count == message.parts.count
        if texts.isEmpty && isText {
            if message.calls.isEmpty && message.refusal == nil {
                body.string("content", "")
            } else {
                body.value("content", nil)
            }
        } else if isText, texts.count == 1 || message.role == .assistant {
            body.string("content", texts.joined())
        } else {
            body.array("content") { body in
                for part in message.parts { body.object { write(part, to: &$0) } }
            }
        }
    }

    private func write(_ part: Part, to body: inout JSONTextWriter) {
        switch part {
        case .text(let text):
            body.string("type", "text")
            body.string("text", text)
        case .image(let media, let detail): body.imagePart(media, detail: detail)
        case .audio(let base64, let format):
            body.string("type", "input_audio")
            body.object("input_audio") { body in
                body.string("data", base64)
                body.string("format", format)
            }
        case .file(let type, let base64, let name):
            body.string("type", "file")
            body.object("file") { body in
                body.string("filename", name ?? "document")
                body.string("file_data", "data:\(type);base64,", base64: base64)
            }
        }
    }

    private func write(_ thinking: [ChatReasoningContent], to body: inout JSONTextWriter) {
        guard !thinking.isEmpty else { return }
        switch dialect.thinking {
        case .leftOut: break
        case .blocks:
            body.array("thinking_blocks") { body in
                for block in thinking { body.object { write(block, to: &$0) } }
            }
        case .text(let member):
            let texts = thinking.compactMap { if case .text(let text, _) = $0 { text } else { nil } }
            if !texts.isEmpty { body.member(member, .string(texts.joined())) }
        }
    }

    private func write(_ block: ChatReasoningContent, to body: inout JSONTextWriter) {
        switch block {
        case .text(let text, let signature):
            body.string("type", "thinking")
            body.string("thinking", text)
            if let signature { body.string("signature", signature) }
        case .redacted(let data):
            body.string("type", "redacted_thinking")
            body.string("data", data)
        }
    }
}

extension OpenAIConversation.Part {
    fileprivate var textCount: Int {
        switch self {
        case .text(let text): text.utf8.count + 32
        case .image(.inline(_, let base64), _), .audio(let base64, _), .file(_, let base64, _):
            base64.utf8.count + 128
        case .image(.url(let url), _), .image(.uploaded(let url), _): url.utf8.count + 96
        }
    }
}
