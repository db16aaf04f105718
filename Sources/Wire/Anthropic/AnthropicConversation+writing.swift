extension AnthropicConversation {
    /// About how many bytes its JSON has.
    var textCount: Int {
        turns.reduce(system.textCount) { $0 + $1.blocks.textCount + 48 }
    }

    func write(to body: inout JSONTextWriter) {
        if !system.isEmpty { body.array("system") { Self.write(system, to: &$0) } }
        body.array("messages") { body in
            for turn in turns {
                body.object { body in
                    body.string("role", turn.role.rawValue)
                    body.array("content") { Self.write(turn.blocks, to: &$0) }
                }
            }
        }
    }

    private static func write(_ blocks: [AnthropicBlock], to body: inout JSONTextWriter) {
        for block in blocks {
            if case .native(let value) = block.content {
                body.value(nil, value)
            } else {
                body.object { body in
                    write(block.content, to: &body)
                    body.members(block.extensions)
                }
            }
        }
    }

    private static func write(_ content: AnthropicBlock.Content, to body: inout JSONTextWriter) {
        switch content {
        case .text(let text):
            body.string("type", "text")
            body.string("text", text)
        case .image(let source):
            body.string("type", "image")
            write(source, to: &body)
        case .document(let source, let title):
            body.string("type", "document")
            write(source, to: &body)
            if let title { body.string("title", title) }
        case .toolUse(let id, let name, let arguments, place: _):
            body.string("type", "tool_use")
            body.string("id", id)
            body.string("name", name)
            body.json("input", checked: arguments)
        case .toolResult(let id, let content, let isError, place: _):
            body.string("type", "tool_result")
            body.string("tool_use_id", id)
            if !content.isEmpty { body.array("content") { write(content, to: &$0) } }
            if isError { body.value("is_error", true) }
        case .thinking(let text, let signature):
            body.string("type", "thinking")
            body.string("thinking", text)
            body.string("signature", signature)
        case .redactedThinking(let data):
            body.string("type", "redacted_thinking")
            body.string("data", data)
        case .native: break
        }
    }

    private static func write(_ source: AnthropicBlock.Source, to body: inout JSONTextWriter) {
        body.object("source") { body in
            switch source {
            case .base64(let mediaType, let data):
                body.string("type", "base64")
                body.string("media_type", mediaType)
                body.string("data", data)
            case .text(let text):
                body.string("type", "text")
                body.string("media_type", "text/plain")
                body.string("data", text)
            case .url(let url):
                body.string("type", "url")
                body.string("url", url)
            case .file(let id):
                body.string("type", "file")
                body.string("file_id", id)
            }
        }
    }
}

extension [AnthropicBlock] {
    fileprivate var textCount: Int { reduce(0) { $0 + $1.content.textCount + 64 } }
}

extension AnthropicBlock.Content {
    fileprivate var textCount: Int {
        switch self {
        case .text(let text), .redactedThinking(let text): text.utf8.count
        case .image(let source), .document(let source, title: _): source.textCount
        case .toolUse(let id, let name, let arguments, place: _):
            id.utf8.count + name.utf8.count + arguments.utf8.count
        case .toolResult(let id, let content, isError: _, place: _): id.utf8.count + content.textCount
        case .thinking(let text, let signature): text.utf8.count + signature.utf8.count
        case .native: 512
        }
    }
}

extension AnthropicBlock.Source {
    fileprivate var textCount: Int {
        switch self {
        case .base64(_, let text), .text(let text), .url(let text), .file(let text): text.utf8.count + 64
        }
    }
}
