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
        case audio(format: String, base64: String)
        case document(ConverseDocument)
        /// `arguments` was checked to be the JSON text of an object.
        case toolUse(id: String, name: String, arguments: String)
        /// Without its signature Bedrock takes none, so it is left out then.
        case reasoning(text: String, signature: String)
        /// Base64.
        case redactedReasoning(String)
        case toolResult(id: String, content: [Block], isError: Bool)
        case cachePoint(ConverseCachePoint)
    }

    /// How earlier calls and their results are told.
    enum Calls {
        case asBlocks
        /// For a request without tools, in which Converse refuses such blocks.
        case asText
    }

    private(set) var system: [Block] = []
    private(set) var turns: [Turn] = []
    let calls: Calls
    let model: ConverseModel
    /// Names that documents of this request have; Converse refuses one that comes twice.
    var documentNames: Set<String> = []

    init(_ chat: ChatRequest, calls: Calls, for model: ConverseModel) throws(TranslationError) {
        self.calls = calls
        self.model = model
        let opening = chat.messages.prefix { $0.role == .system || $0.role == .developer }
        for (index, message) in chat.messages.enumerated() {
            let place = "messages[\(index)]"
            try refuseExtensions(of: message, at: place)
            var blocks = try blocks(of: message.content, at: place, areResults: message.role == .tool)
            if let point = try cachePoint(asked: message.extensions, at: "\(place).") {
                blocks.append(.cachePoint(point))
            }
            switch message.role {
            case .system, .developer: try addInstruction(blocks, isOpening: index < opening.count, at: place)
            case .user: try addUser(blocks, at: place)
            case .assistant: append(.assistant, blocks)
            case .tool: append(.user, blocks)
            }
        }
        guard turns.first?.role == .user else {
            throw TranslationError(
                .invalid, parameter: "messages", "On this route the first message after the system's must be a user's.")
        }
        addTextBesideDocuments()
        // For the whole request it means: up to its end.
        if let point = try cachePoint(asked: chat.extensions, at: ""), let role = turns.last?.role {
            append(role, [.cachePoint(point)])
        }
    }

    private func refuseExtensions(of message: ChatMessage, at place: String) throws(TranslationError) {
        for member in message.extensions.members
        where !member.value.asksForNothing && !ConverseCachePoint.names.contains(member.key) {
            throw .unsupportedByBedrock("\(place).\(member.key)")
        }
        // On a tool message it repeats the function's name, which the call has.
        if message.name != nil, message.role != .tool { throw .unsupportedByBedrock("\(place).name") }
    }

    /// Nil also where the model has no cache: that costs more, and changes nothing else.
    func cachePoint(asked members: JSONObject, at place: String) throws(TranslationError) -> ConverseCachePoint? {
        let point = try ConverseCachePoint.asked(for: members, at: place)
        return model.cachesPrompts ? point : nil
    }

    // MARK: Turns

    /// Neighbors of one role are one turn.
    private mutating func append(_ role: Role, _ blocks: [Block]) {
        if turns.last?.role == role {
            Self.append(blocks, to: &turns[turns.count - 1].blocks)
        } else {
            var turn = Turn(role: role, blocks: [])
            Self.append(blocks, to: &turn.blocks)
            if !turn.blocks.isEmpty { turns.append(turn) }
        }
    }

    /// A mark needs something before it, and one is enough.
    private static func append(_ blocks: [Block], to list: inout [Block]) {
        for block in blocks {
            if block.isCachePoint, list.last?.isCachePoint ?? true { continue }
            list.append(block)
        }
    }

    /// Instructions in the middle keep their place, as words of the user.
    private mutating func addInstruction(
        _ blocks: [Block], isOpening: Bool, at place: String
    ) throws(TranslationError) {
        for block in blocks {
            switch block {
            case .text, .cachePoint: break
            default: throw .unsupportedByBedrock("\(place).content")
            }
        }
        if isOpening { Self.append(blocks, to: &system) } else { append(.user, blocks) }
    }

    private mutating func addUser(_ blocks: [Block], at place: String) throws(TranslationError) {
        guard !blocks.allSatisfy(\.isCachePoint) else {
            throw TranslationError(.invalid, parameter: "\(place).content", "Bedrock takes no blank user message.")
        }
        append(.user, blocks)
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

extension ConverseConversation.Block {
    var isCachePoint: Bool { if case .cachePoint = self { true } else { false } }
}
