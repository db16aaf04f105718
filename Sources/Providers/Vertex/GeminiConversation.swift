import Wire

/// The messages of a chat as Gemini takes them: a system instruction, and turns of user and model that alternate.
struct GeminiConversation {
    struct Turn {
        enum Role: String { case user, model }
        let role: Role
        var parts: [Part]
    }

    enum Part {
        case text(String)
        case inlineData(mediaType: String, base64: String)
        /// `arguments` is JSON text of an object.
        case functionCall(VertexToolCallID, name: String, arguments: String)
        case functionResponse(VertexToolCallID, name: String, text: String)
    }

    private(set) var system: [String] = []
    private(set) var turns: [Turn] = []
    /// The calls of the last assistant message, until all of them are answered.
    private var openCalls: [OpenCall] = []

    private struct OpenCall {
        let id: String
        let name: String
        var answer: String?
    }

    init(_ messages: [ChatMessage]) throws(TranslationError) {
        for (index, message) in messages.enumerated() {
            try refuseExtensions(of: message, index)
            if !message.answersCalls { try closeCalls() }
            switch message.role {
            case .system, .developer: system += try systemTexts(of: message, index)
            case .user, .tool: try addUser(message, index)
            case .assistant: append(.model, try parts(of: message.content, index))
            }
        }
        try closeCalls()
        guard !turns.isEmpty else {
            throw TranslationError(
                .unsupported, parameter: "messages", "Vertex needs at least one user message that isn't empty.")
        }
    }

    /// Gemini refuses neighboring turns of one role.
    private mutating func append(_ role: Turn.Role, _ parts: [Part]) {
        guard !parts.isEmpty else { return }
        if turns.last?.role == role {
            turns[turns.count - 1].parts += parts
        } else {
            turns.append(Turn(role: role, parts: parts))
        }
    }

    private mutating func systemTexts(of message: ChatMessage, _ index: Int) throws(TranslationError) -> [String] {
        var texts: [String] = []
        for part in try parts(of: message.content, index) {
            guard case .text(let text) = part else {
                throw .unsupportedByVertex("messages[\(index)].content")
            }
            texts.append(text)
        }
        return texts
    }

    // MARK: Calls and their answers

    private mutating func part(of call: ChatToolCall, at place: String) throws(TranslationError) -> Part {
        let arguments = call.arguments.isEmpty ? "{}" : call.arguments
        guard Self.isJSONObject(arguments) else {
            throw TranslationError(
                .invalid, parameter: "\(place).function.arguments", "'arguments' must be the JSON text of an object.")
        }
        openCalls.append(OpenCall(id: call.id, name: call.name))
        return .functionCall(VertexToolCallID(call.id), name: call.name, arguments: arguments)
    }

    /// Results answer calls; what else the message holds follows them.
    private mutating func addUser(_ message: ChatMessage, _ index: Int) throws(TranslationError) {
        var rest: [ChatPart] = []
        for part in message.content {
            guard case .toolResult(let result) = part.content else {
                rest.append(part)
                continue
            }
            try refuseExtensions(of: part, index)
            try addAnswer(result, index)
        }
        guard !rest.isEmpty else { return }
        try closeCalls()
        append(.user, try parts(of: rest, index))
    }

    private mutating func addAnswer(_ result: ChatToolResult, _ index: Int) throws(TranslationError) {
        let call = openCalls.firstIndex { $0.id == result.callID && $0.answer == nil }
        guard let call else {
            throw TranslationError(
                .invalid, parameter: "messages[\(index)].tool_call_id",
                "It answers no open call of the assistant message before it.")
        }
        guard result.content.allSatisfy({ if case .text = $0.content { true } else { false } }) else {
            throw .unsupportedByVertex("messages[\(index)].content")
        }
        openCalls[call].answer = result.content.text
    }

    /// Gemini wants the answers in one turn, as many as there were calls; it finds them by name and order.
    private mutating func closeCalls() throws(TranslationError) {
        guard !openCalls.isEmpty else { return }
        var parts: [Part] = []
        for call in openCalls {
            guard let answer = call.answer else {
                throw TranslationError(
                    .invalid, parameter: "messages", "A tool call has no tool message that answers it.")
            }
            parts.append(.functionResponse(VertexToolCallID(call.id), name: call.name, text: answer))
        }
        openCalls = []
        append(.user, parts)
    }
}

// MARK: Content

extension GeminiConversation {
    /// Empty texts are left out: Gemini refuses them.
    private mutating func parts(of content: [ChatPart], _ index: Int) throws(TranslationError) -> [Part] {
        var parts: [Part] = []
        var callCount = 0
        for part in content {
            try refuseExtensions(of: part, index)
            switch part.content {
            case .text(let text), .refusal(let text):
                if !text.isEmpty { parts.append(.text(text)) }
            // `detail` trades quality for cost and has no counterpart on all models; leaving it out changes no meaning.
            case .image(let media, detail: _):
                parts.append(try inlineData(media, index))
            case .audio(let base64, let format):
                parts.append(.inlineData(mediaType: "audio/\(format)", base64: base64))
            case .file(let media, name: _):
                parts.append(try inlineData(media, index))
            case .toolCall(let call):
                parts.append(try self.part(of: call, at: "messages[\(index)].tool_calls[\(callCount)]"))
                callCount += 1
            // Gemini takes no thoughts back; what it wants of them is in the ids of calls.
            case .reasoning: break
            case .toolResult: throw .unsupportedByVertex("messages[\(index)].content")
            case .native(let value):
                throw .unsupportedByVertex("messages[\(index)].\(value["type"]?.string ?? "content")")
            }
        }
        return parts
    }

    private func refuseExtensions(of part: ChatPart, _ index: Int) throws(TranslationError) {
        for member in part.extensions.members where !member.value.asksForNothing {
            throw .unsupportedByVertex("messages[\(index)].\(member.key)")
        }
    }

    private func inlineData(_ media: ChatMedia, _ index: Int) throws(TranslationError) -> Part {
        switch media {
        case .inline(let mediaType, let base64):
            guard !mediaType.isEmpty else {
                throw TranslationError(
                    .invalid, parameter: "messages[\(index)].content",
                    "A data URL must name its media type, such as 'data:image/png;base64,…'.")
            }
            return .inlineData(mediaType: mediaType, base64: base64)
        case .url:
            // A `fileUri` would make Google fetch it, from wherever Google likes.
            throw TranslationError(
                .invalid, parameter: "messages[\(index)].content",
                "This route takes images and files only inline. Send a data URL, such as 'data:image/png;base64,…'.")
        case .uploaded:
            throw .unsupportedByVertex("messages[\(index)].content")
        }
    }

    private func refuseExtensions(of message: ChatMessage, _ index: Int) throws(TranslationError) {
        for member in message.extensions.members where !member.value.asksForNothing {
            throw .unsupportedByVertex("messages[\(index)].\(member.key)")
        }
        // On a tool message it repeats the function's name.
        if message.name != nil, message.role != .tool { throw .unsupportedByVertex("messages[\(index)].name") }
    }
}

extension ChatMessage {
    /// Whether it brings results of tools.
    fileprivate var answersCalls: Bool {
        content.contains { if case .toolResult = $0.content { true } else { false } }
    }
}
