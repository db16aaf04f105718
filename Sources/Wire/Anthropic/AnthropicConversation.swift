/// The messages of a chat as the Messages wire takes them: a system prompt, and turns of which no two neighbors have the
/// same role.
struct AnthropicConversation {
    enum Role: String {
        case user, assistant, system
    }

    struct Turn {
        let role: Role
        var blocks: [AnthropicBlock]
    }

    private(set) var system: [AnthropicBlock] = []
    private(set) var turns: [Turn] = []
    let model: AnthropicModel

    init(_ messages: [ChatMessage], for model: AnthropicModel) throws(AnthropicEncodingError) {
        self.model = model
        let opening = messages.prefix { $0.role == .system || $0.role == .developer }
        for (index, message) in messages.enumerated() {
            let place = "messages[\(index)]"
            try refuseExtensions(of: message, at: place)
            switch message.role {
            case .system, .developer: try addInstruction(message, isOpening: index < opening.count, at: place)
            case .user: try addUser(message, at: place)
            case .assistant: append(.assistant, try blocks(of: message.content, role: .assistant, at: place))
            case .tool: append(.user, try blocks(of: message.content, role: .user, at: place))
            }
        }
        guard !turns.isEmpty else {
            throw .invalid("messages", "There must be at least one message beside the system's that isn't empty.")
        }
        putResultsInPlace()
        try AnthropicCallIDs.assign(in: &turns)
    }

    private func refuseExtensions(of message: ChatMessage, at place: String) throws(AnthropicEncodingError) {
        for member in message.extensions.members where !member.value.asksForNothing {
            throw .unsupported("\(place).\(member.key)")
        }
        // On a tool message it repeats the function's name, which the call has.
        if message.name != nil, message.role != .tool { throw .unsupported("\(place).name") }
    }

    /// Neighbors of one role are one turn, as the service has it too.
    private mutating func append(_ role: Role, _ blocks: [AnthropicBlock]) {
        guard !blocks.isEmpty else { return }
        if turns.last?.role == role {
            turns[turns.count - 1].blocks += blocks
        } else {
            turns.append(Turn(role: role, blocks: blocks))
        }
    }

    /// An instruction in the middle keeps its place, as words of the user where the model takes no other.
    private mutating func addInstruction(
        _ message: ChatMessage, isOpening: Bool, at place: String
    ) throws(AnthropicEncodingError) {
        let blocks = try blocks(of: message.content, role: .system, at: place)
        if isOpening {
            system += blocks
        } else {
            append(model.takesSystemMessages ? .system : .user, blocks)
        }
    }

    private mutating func addUser(_ message: ChatMessage, at place: String) throws(AnthropicEncodingError) {
        let blocks = try blocks(of: message.content, role: .user, at: place)
        guard !blocks.isEmpty else { throw .invalid("\(place).content", "This route takes no blank user message.") }
        append(.user, blocks)
    }

    /// The results of a turn's calls come first in the turn behind it. An instruction between them steps behind.
    private mutating func putResultsInPlace() {
        for index in turns.indices where turns[index].role == .assistant && turns[index].hasCalls {
            guard index + 2 < turns.count, turns[index + 1].role == .system, turns[index + 2].role == .user,
                turns[index + 2].blocks.contains(where: \.isResult)
            else { continue }
            turns.swapAt(index + 1, index + 2)
        }
        for index in turns.indices where turns[index].role == .user {
            let blocks = turns[index].blocks
            turns[index].blocks = blocks.filter(\.isResult) + blocks.filter { !$0.isResult }
        }
    }
}

extension AnthropicConversation.Turn {
    var hasCalls: Bool {
        blocks.contains { if case .toolUse = $0.content { true } else { false } }
    }
}

/// A content block, and what was noted about it.
struct AnthropicBlock {
    enum Content {
        case text(String)
        case image(Source)
        case document(Source, title: String?)
        /// `arguments` was checked to be the JSON text of an object. `place` is the call's in the caller's request.
        case toolUse(id: String, name: String, arguments: String, place: String)
        case toolResult(id: String, content: [AnthropicBlock], isError: Bool, place: String)
        case thinking(String, signature: String)
        case redactedThinking(String)
        case native(JSON)
    }

    enum Source {
        case base64(mediaType: String, String)
        case text(String)
        case url(String)
        case file(id: String)
    }

    var content: Content
    var extensions = JSONObject()

    var isResult: Bool { if case .toolResult = content { true } else { false } }
}
