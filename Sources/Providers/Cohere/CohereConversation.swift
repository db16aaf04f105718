import Wire

/// The messages of a chat as Cohere takes them: results of tools in messages of their own, and the words before calls as
/// their plan.
struct CohereConversation {
    struct Message {
        enum Role: String {
            case system, user, assistant, tool
        }

        let role: Role
        var parts: [Part] = []
        var calls: [ChatToolCall] = []
        /// The call that a tool's message answers.
        var callID: String?

        init(_ role: Role) { self.role = role }
    }

    enum Part {
        case text(String)
        case image(ChatMedia, detail: String?)
        case thinking(String)
    }

    private(set) var messages: [Message] = []
    /// Pictures from results of tools, until a user's message can take them.
    private var carried: [Part] = []

    init(_ messages: [ChatMessage]) throws(TranslationError) {
        for (index, message) in messages.enumerated() {
            let place = "messages[\(index)]"
            for member in message.extensions.members where !member.value.asksForNothing {
                throw .unsupportedByCohere("\(place).\(member.key)")
            }
            // On a tool message it repeats the function's name, which the call has.
            if message.name != nil, message.role != .tool { throw .unsupportedByCohere("\(place).name") }
            try add(message, at: place)
        }
        deliver()
    }

    private mutating func add(_ message: ChatMessage, at place: String) throws(TranslationError) {
        switch message.role {
        case .system, .developer:
            deliver()
            var new = Message(.system)
            for (index, part) in message.content.enumerated() {
                let place = "\(place).content[\(index)]"
                guard case .text = part.content else { throw .unsupportedByCohere(place) }
                new.parts += try parts(of: part, at: place)
            }
            messages.append(new)
        case .user, .tool: try addUser(message, at: place)
        case .assistant: try addAssistant(message, at: place)
        }
    }

    private mutating func addUser(_ message: ChatMessage, at place: String) throws(TranslationError) {
        var new = Message(.user)
        for (index, part) in message.content.enumerated() {
            let place = "\(place).content[\(index)]"
            if case .toolResult(let result) = part.content {
                try refuseNotes(of: part, at: place)
                try addResult(result, at: place)
            } else {
                new.parts += try parts(of: part, at: place)
            }
        }
        guard !new.parts.isEmpty || message.content.isEmpty else { return }
        new.parts = carried + new.parts
        carried = []
        messages.append(new)
    }

    private mutating func addAssistant(_ message: ChatMessage, at place: String) throws(TranslationError) {
        deliver()
        var new = Message(.assistant)
        for (index, part) in message.content.enumerated() {
            let place = "\(place).content[\(index)]"
            switch part.content {
            case .toolCall(let call):
                try refuseNotes(of: part, at: place)
                new.calls.append(call)
            // Cohere signs nothing: what is signed or can't be read is from another provider's model.
            case .reasoning(let thinking):
                try refuseNotes(of: part, at: place)
                if case .text(let text, signature: nil) = thinking { new.parts.append(.thinking(text)) }
            default: new.parts += try parts(of: part, at: place)
            }
        }
        let isOnlyThinking = new.parts.isEmpty && new.calls.isEmpty && !message.content.isEmpty
        if !isOnlyThinking { messages.append(new) }
    }

    private mutating func addResult(_ result: ChatToolResult, at place: String) throws(TranslationError) {
        var new = Message(.tool)
        new.callID = result.callID
        var beside: [Part] = []
        for (index, part) in result.content.enumerated() {
            for part in try parts(of: part, at: "\(place).content[\(index)]") {
                if case .text = part { new.parts.append(part) } else { beside.append(part) }
            }
        }
        if !beside.isEmpty {
            carried += [.text("[Result of the tool call \(result.callID)]")] + beside
            if new.parts.isEmpty { new.parts = [.text("The result is in the user's message that follows.")] }
        }
        // Cohere has no mark for a tool that failed, so the words have to tell.
        if result.isError { new.parts.insert(.text("The tool failed."), at: 0) }
        messages.append(new)
    }

    /// Hands what was carried over to a user's message of its own.
    private mutating func deliver() {
        guard !carried.isEmpty else { return }
        var message = Message(.user)
        message.parts = carried
        carried = []
        messages.append(message)
    }
}

// MARK: Parts

extension CohereConversation {
    private func parts(of part: ChatPart, at place: String) throws(TranslationError) -> [Part] {
        try refuseNotes(of: part, at: place)
        switch part.content {
        case .text(let text), .refusal(let text): return [.text(text)]
        case .image(let media, let detail):
            if case .uploaded = media { throw .unsupportedByCohere("\(place).file_id") }
            return [.image(media, detail: detail)]
        case .audio: throw .unsupportedByCohere("\(place).input_audio")
        case .file: throw .unsupportedByCohere("\(place).file")
        // In a message that isn't the assistant's it is no thought of the model's.
        case .reasoning: throw .unsupportedByCohere("\(place).thinking")
        case .toolCall: throw .unsupportedByCohere("\(place).tool_calls")
        case .toolResult: throw .unsupportedByCohere("\(place).tool_result")
        case .native(let value): throw .unsupportedByCohere("\(place).\(value["type"]?.string ?? "type")")
        }
    }

    private func refuseNotes(of part: ChatPart, at place: String) throws(TranslationError) {
        for note in part.extensions.members where !note.value.asksForNothing {
            guard isSafeToLeaveOut(note.key, note.value) else {
                throw .unsupportedByCohere("\(place).\(note.key)")
            }
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
}
