import Wire

/// Calls of functions, and their answers.
extension GeminiConversation {
    struct OpenCall {
        let id: String
        let name: String
        var answer: Answer?

        struct Answer {
            let text: String
            let isError: Bool
            /// Images and files: an answer itself holds only JSON.
            let media: [Part]
        }
    }

    mutating func part(of call: ChatToolCall, at place: String) throws(TranslationError) -> Part {
        let arguments = call.arguments.isEmpty ? "{}" : call.arguments
        guard Self.isJSONObject(arguments) else {
            throw TranslationError(
                .invalid, parameter: "\(place).function.arguments", "'arguments' must be the JSON text of an object.")
        }
        openCalls.append(OpenCall(id: call.id, name: call.name))
        let id = VertexToolCallID(call.id)
        return Part(.functionCall(id, name: call.name, arguments: arguments), signature: id.signature)
    }

    /// Results answer calls; what else the message holds follows them.
    mutating func addUser(_ message: ChatMessage, at place: String) throws(TranslationError) {
        var rest: [(index: Int, part: ChatPart)] = []
        for (index, part) in message.content.enumerated() {
            guard case .toolResult(let result) = part.content else {
                rest.append((index, part))
                continue
            }
            // One tool's result is the whole of its message.
            let place = message.role == .tool ? place : "\(place).content[\(index)]"
            _ = try GeminiNotes(part, at: place)
            try addAnswer(result, at: place)
        }
        guard !rest.isEmpty else { return }
        try closeCalls()
        for (index, part) in rest { append(.user, try parts(of: part, at: "\(place).content[\(index)]")) }
    }

    private mutating func addAnswer(_ result: ChatToolResult, at place: String) throws(TranslationError) {
        let call = openCalls.firstIndex { $0.answer == nil && $0.id.hasSameBytes(as: result.callID) }
        guard let call else {
            throw TranslationError(
                .invalid, parameter: "\(place).tool_call_id",
                "It answers no open call of the assistant message before it.")
        }
        var text = ""
        var media: [Part] = []
        for part in try parts(of: result.content, at: place) {
            switch part.content {
            case .text(let piece): text += piece
            case .inlineData: media.append(part)
            case .thought, .functionCall, .functionResponse: throw .unsupportedByVertex("\(place).content")
            }
        }
        openCalls[call].answer = OpenCall.Answer(text: text, isError: result.isError, media: media)
    }

    /// Gemini wants the answers in one turn, as many as there were calls; it finds them by name and order. Images that
    /// tools gave follow them, under the tools' names.
    mutating func closeCalls() throws(TranslationError) {
        guard !openCalls.isEmpty else { return }
        var parts: [Part] = []
        var media: [Part] = []
        for call in openCalls {
            guard let answer = call.answer else {
                throw TranslationError(
                    .invalid, parameter: "messages", "A tool call has no tool message that answers it.")
            }
            let id = VertexToolCallID(call.id)
            parts.append(
                Part(.functionResponse(id, name: call.name, text: answer.text, isError: answer.isError)))
            if !answer.media.isEmpty { media += [Part(.text("Given by \(call.name):"))] + answer.media }
        }
        openCalls = []
        append(.user, parts + media)
    }
}
