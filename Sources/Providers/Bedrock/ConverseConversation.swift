import Wire

/// The messages of a chat as Converse takes them: a system prompt, then turns of user and assistant that alternate, the
/// user's first.
struct ConverseConversation {
    enum Role: String {
        case user, assistant
    }

    struct Turn {
        let role: Role
        var blocks: [Block]
    }

    enum Block {
        case text(String)
        case image(format: String, base64: String)
        case document(ConverseDocument)
        /// `arguments` was checked to be the JSON text of an object.
        case toolUse(id: String, name: String, arguments: String)
        /// Without its signature Bedrock takes none, so it is left out then.
        case reasoning(text: String, signature: String)
        /// Base64.
        case redactedReasoning(String)
        case toolResult(id: String, content: [Block], isError: Bool)
    }

    /// How earlier calls and their results are told.
    enum Calls {
        case asBlocks
        /// For a request without tools, in which Converse refuses such blocks.
        case asText
    }

    private(set) var system: [String] = []
    private(set) var turns: [Turn] = []
    private let calls: Calls
    /// Names that documents of this request have; Converse refuses one that comes twice.
    var documentNames: Set<String> = []

    init(_ messages: [ChatMessage], calls: Calls) throws(TranslationError) {
        self.calls = calls
        let opening = messages.prefix { $0.role == .system || $0.role == .developer }
        for (index, message) in messages.enumerated() {
            let place = "messages[\(index)]"
            try refuseExtensions(of: message, at: place)
            switch message.role {
            case .system, .developer: try addInstruction(message, isOpening: index < opening.count, at: place)
            case .user: try addUser(message, at: place)
            case .assistant: append(.assistant, try blocks(of: message.content, at: place))
            case .tool: append(.user, try blocks(of: message.content, at: place))
            }
        }
        guard turns.first?.role == .user else {
            throw TranslationError(
                .invalid, parameter: "messages", "On this route the first message after the system's must be a user's.")
        }
        addTextBesideDocuments()
    }

    private func refuseExtensions(of message: ChatMessage, at place: String) throws(TranslationError) {
        for member in message.extensions.members where !member.value.asksForNothing {
            throw .unsupportedByBedrock("\(place).\(member.key)")
        }
        // On a tool message it repeats the function's name, which the call has.
        if message.name != nil, message.role != .tool { throw .unsupportedByBedrock("\(place).name") }
    }

    /// Neighbors of one role are one turn.
    private mutating func append(_ role: Role, _ blocks: [Block]) {
        guard !blocks.isEmpty else { return }
        if turns.last?.role == role {
            turns[turns.count - 1].blocks += blocks
        } else {
            turns.append(Turn(role: role, blocks: blocks))
        }
    }

    /// Instructions in the middle keep their place, as words of the user.
    private mutating func addInstruction(
        _ message: ChatMessage, isOpening: Bool, at place: String
    ) throws(TranslationError) {
        var texts: [String] = []
        for block in try blocks(of: message.content, at: place) {
            guard case .text(let text) = block else { throw .unsupportedByBedrock("\(place).content") }
            texts.append(text)
        }
        if isOpening { system += texts } else { append(.user, texts.map { .text($0) }) }
    }

    private mutating func addUser(_ message: ChatMessage, at place: String) throws(TranslationError) {
        let blocks = try blocks(of: message.content, at: place)
        guard !blocks.isEmpty else {
            throw TranslationError(.invalid, parameter: "\(place).content", "Bedrock takes no blank user message.")
        }
        append(.user, blocks)
    }

    func block(of call: ChatToolCall, at place: String) throws(TranslationError) -> Block {
        let arguments = call.arguments.isEmpty ? "{}" : call.arguments
        guard isJSONObject(arguments) else {
            throw TranslationError(
                .invalid, parameter: "\(place).function.arguments", "'arguments' must be the JSON text of an object.")
        }
        switch calls {
        case .asBlocks: return .toolUse(id: ConverseToolID.id(for: call.id), name: call.name, arguments: arguments)
        case .asText: return .text("[Called the tool \(call.name) with \(arguments)]")
        }
    }

    mutating func blocks(of result: ChatToolResult, at place: String) throws(TranslationError) -> [Block] {
        var content = try blocks(of: result.content, at: place)
        // Blank text is refused, and so is a result of nothing.
        if content.isEmpty { content = [.text("(no output)")] }
        switch calls {
        case .asBlocks:
            return [.toolResult(id: ConverseToolID.id(for: result.callID), content: content, isError: result.isError)]
        case .asText: return [.text("[The tool's result follows]")] + content
        }
    }

    /// Converse wants some text beside a document.
    private mutating func addTextBesideDocuments() {
        for index in turns.indices {
            let blocks = turns[index].blocks
            let hasText = blocks.contains { if case .text = $0 { true } else { false } }
            let hasDocument = blocks.contains { if case .document = $0 { true } else { false } }
            if hasDocument && !hasText { turns[index].blocks.append(.text("See the attached document.")) }
        }
    }
}

private func isJSONObject(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { utf8 in
        guard var scanner = try? JSONScanner(UnsafeRawBufferPointer(utf8)), (try? scanner.skipValue())?.kind == .object
        else { return false }
        return (try? scanner.end()) != nil
    }
}
