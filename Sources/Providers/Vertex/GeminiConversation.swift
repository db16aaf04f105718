import Wire

/// The messages of a chat as Gemini takes them: a system instruction, and turns of user and model that alternate.
struct GeminiConversation {
    struct Turn {
        enum Role: String { case user, model }
        let role: Role
        var parts: [Part]
    }

    /// Something that Gemini takes in a message, and the thought signature that stood beside it.
    struct Part {
        enum Content {
            case text(String)
            /// A summary of what the model thought.
            case thought(String)
            case inlineData(mediaType: String, base64: String)
            /// `arguments` is JSON text of an object.
            case functionCall(VertexToolCallID, name: String, arguments: String)
            case functionResponse(VertexToolCallID, name: String, text: String, isError: Bool)
        }

        let content: Content
        var signature: String?

        init(_ content: Content, signature: String? = nil) {
            self.content = content
            self.signature = signature
        }
    }

    private(set) var system: [String] = []
    private(set) var turns: [Turn] = []
    /// The calls of the last assistant message, until all of them are answered.
    var openCalls: [OpenCall] = []

    init(_ messages: [ChatMessage], for model: GeminiModel) throws(TranslationError) {
        for (index, message) in messages.enumerated() {
            let place = "messages[\(index)]"
            try refuseExtensions(of: message, at: place)
            if !message.answersCalls { try closeCalls() }
            switch message.role {
            case .system, .developer: system += try systemTexts(of: message, at: place)
            case .user, .tool: try addUser(message, at: place)
            case .assistant: append(.model, try modelParts(of: message.content, at: place))
            }
        }
        try closeCalls()
        guard !turns.isEmpty else {
            throw TranslationError(
                .unsupported, parameter: "messages", "Vertex needs at least one user message that isn't empty.")
        }
        if model.checksSignatures { signCalls() }
    }

    /// Gemini refuses neighboring turns of one role.
    mutating func append(_ role: Turn.Role, _ parts: [Part]) {
        guard !parts.isEmpty else { return }
        if turns.last?.role == role {
            turns[turns.count - 1].parts += parts
        } else {
            turns.append(Turn(role: role, parts: parts))
        }
    }

    private mutating func systemTexts(of message: ChatMessage, at place: String) throws(TranslationError) -> [String] {
        var texts: [String] = []
        for part in try parts(of: message.content, at: place) {
            guard case .text(let text) = part.content else { throw .unsupportedByVertex("\(place).content") }
            texts.append(text)
        }
        return texts
    }

    private func refuseExtensions(of message: ChatMessage, at place: String) throws(TranslationError) {
        for member in message.extensions.members
        where !member.value.asksForNothing && !GeminiNotes.isCacheMark(member.key) {
            throw .unsupportedByVertex("\(place).\(member.key)")
        }
        // On a tool message it repeats the function's name.
        if message.name != nil, message.role != .tool { throw .unsupportedByVertex("\(place).name") }
    }

    /// Of calls that were made at once only the first has a signature.
    private mutating func signCalls() {
        for turn in turns.indices where turns[turn].role == .model {
            let first = turns[turn].parts.firstIndex { if case .functionCall = $0.content { true } else { false } }
            if let first, turns[turn].parts[first].signature == nil {
                turns[turn].parts[first].signature = GeminiSignature.unchecked
            }
        }
    }
}

extension ChatMessage {
    /// Whether it brings results of tools.
    fileprivate var answersCalls: Bool {
        content.contains { if case .toolResult = $0.content { true } else { false } }
    }
}
