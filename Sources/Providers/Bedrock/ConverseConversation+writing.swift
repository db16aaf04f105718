import Wire

extension ConverseConversation {
    /// About how many bytes its JSON has.
    var textCount: Int {
        let blocks = turns.lazy.flatMap(\.blocks)
        return blocks.reduce(system.reduce(0) { $0 + $1.textCount }) { $0 + $1.textCount }
    }

    func write(to body: inout ConverseBody) {
        if !system.isEmpty { body.array("system") { write(system, to: &$0) } }
        body.array("messages") { body in
            for turn in turns {
                body.object { body in
                    body.string("role", turn.role.rawValue)
                    body.array("content") { write(turn.blocks, to: &$0) }
                }
            }
        }
    }

    private func write(_ blocks: [Block], to body: inout ConverseBody) {
        for block in blocks { body.object { write(block, to: &$0) } }
    }

    private func write(_ block: Block, to body: inout ConverseBody) {
        switch block {
        case .text(let text): body.string("text", text)
        case .image(let format, let base64):
            body.object("image") { body in
                body.string("format", format)
                body.object("source") { $0.base64("bytes", base64) }
            }
        case .audio(let format, let base64):
            body.object("audio") { body in
                body.string("format", format)
                body.object("source") { $0.base64("bytes", base64) }
            }
        case .document(let document): body.object("document") { write(document, to: &$0) }
        case .cachePoint(let point): point.write(to: &body)
        case .toolUse(let id, let name, let arguments):
            body.object("toolUse") { body in
                body.string("toolUseId", id)
                body.string("name", name)
                body.json("input", checked: arguments)
            }
        case .toolResult(let id, let content, let isError):
            body.object("toolResult") { body in
                body.string("toolUseId", id)
                body.array("content") { write(content, to: &$0) }
                if isError { body.string("status", "error") }
            }
        case .reasoning(let text, let signature):
            body.object("reasoningContent") { body in
                body.object("reasoningText") { body in
                    body.string("text", text)
                    body.string("signature", signature)
                }
            }
        case .redactedReasoning(let data):
            body.object("reasoningContent") { $0.string("redactedContent", data) }
        }
    }
}

extension ConverseConversation {
    private func write(_ document: ConverseDocument, to body: inout ConverseBody) {
        body.string("format", document.format)
        body.string("name", document.name)
        body.object("source") { $0.base64("bytes", document.base64) }
        if let context = document.context { body.string("context", context) }
    }
}

extension ConverseConversation.Block {
    fileprivate var textCount: Int {
        switch self {
        case .text(let text): text.utf8.count + 32
        case .image(_, let base64), .audio(_, let base64): base64.utf8.count + 96
        case .cachePoint: 64
        case .document(let document): document.base64.utf8.count + document.name.utf8.count + 96
        case .toolUse(_, _, let arguments): arguments.utf8.count + 256
        case .reasoning(let text, let signature): text.utf8.count + signature.utf8.count + 96
        case .redactedReasoning(let data): data.utf8.count + 64
        case .toolResult(_, let content, _): content.reduce(128) { $0 + $1.textCount }
        }
    }
}
