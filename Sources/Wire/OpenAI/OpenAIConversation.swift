/// The messages of a request as the chat wire wants them: results of tools in messages of their own, right behind the
/// calls, and what such a message can't hold in the user's message that follows.
struct OpenAIConversation {
    struct Message {
        enum Role: String {
            case system, developer, user, assistant, tool
        }

        let role: Role
        var name: String?
        var parts: [Part] = []
        var refusal: String?
        var calls: [ChatToolCall] = []
        var thinking: [ChatReasoningContent] = []
        /// The call that a tool's message answers.
        var callID: String?

        init(_ role: Role) { self.role = role }
    }

    enum Part {
        case text(String)
        case image(ChatMedia, detail: String?)
        case audio(base64: String, format: String)
        case file(mediaType: String, base64: String, name: String?)
    }

    private(set) var messages: [Message] = []
    let dialect: OpenAIDialect
    /// Pictures and files from results of tools, until a user's message can take them.
    private var carried: [Part] = []

    init(_ messages: [ChatMessage], dialect: OpenAIDialect) throws(ChatEncodingError) {
        self.dialect = dialect
        let opening = messages.prefix { $0.role == .system || $0.role == .developer }
        for (index, message) in messages.enumerated() {
            let place = "messages[\(index)]"
            try Self.refuse(message.extensions, at: place)
            switch message.role {
            case .system, .developer: try addInstruction(message, isOpening: index < opening.count, at: place)
            case .user, .tool: try addUser(message, at: place)
            case .assistant: try addAssistant(message, at: place)
            }
        }
        deliver()
    }

    static func refuse(_ extensions: JSONObject, at place: String) throws(ChatEncodingError) {
        for member in extensions.members where !member.value.saysNothing && member.key != "cache_control" {
            throw .unsupported("\(place).\(member.key)")
        }
    }

    // MARK: Roles

    private mutating func addInstruction(
        _ message: ChatMessage, isOpening: Bool, at place: String
    ) throws(ChatEncodingError) {
        deliver()
        let takesRole = isOpening || dialect.systemMessages == .anywhere
        let role: Message.Role =
            !takesRole ? .user : message.role == .developer && dialect.isOpenAI ? .developer : .system
        var new = Message(role)
        new.name = message.name
        for (index, part) in message.content.enumerated() {
            let place = "\(place).content[\(index)]"
            guard case .text = part.content else { throw .unsupported(place) }
            new.parts += try parts(of: part, at: place)
        }
        append(new)
    }

    private mutating func addUser(_ message: ChatMessage, at place: String) throws(ChatEncodingError) {
        var new = Message(.user)
        new.name = message.role == .tool ? nil : message.name
        for (index, part) in message.content.enumerated() {
            let place = "\(place).content[\(index)]"
            if case .toolResult(let result) = part.content {
                try Self.refuse(part.extensions, at: place)
                try addResult(result, at: place)
            } else {
                new.parts += try parts(of: part, at: place)
            }
        }
        // A message of results only has nothing more to say; one that is empty from the start says so upstream.
        guard !new.parts.isEmpty || message.content.isEmpty else { return }
        new.parts = carried + new.parts
        carried = []
        append(new)
    }

    private mutating func addAssistant(_ message: ChatMessage, at place: String) throws(ChatEncodingError) {
        deliver()
        var new = Message(.assistant)
        new.name = message.name
        for (index, part) in message.content.enumerated() {
            let place = "\(place).content[\(index)]"
            switch part.content {
            case .toolCall(let call):
                try Self.refuse(part.extensions, at: place)
                new.calls.append(call)
            case .reasoning(let thinking):
                try Self.refuse(part.extensions, at: place)
                new.thinking.append(thinking)
            case .refusal(let text) where dialect.isOpenAI:
                try Self.refuse(part.extensions, at: place)
                new.refusal = (new.refusal ?? "") + text
            default: new.parts += try parts(of: part, at: place)
            }
        }
        append(new)
    }

    private mutating func addResult(_ result: ChatToolResult, at place: String) throws(ChatEncodingError) {
        var new = Message(.tool)
        new.callID = result.callID
        var beside: [Part] = []
        for (index, part) in result.content.enumerated() {
            for part in try parts(of: part, at: "\(place).content[\(index)]") {
                if case .text = part { new.parts.append(part) } else { beside.append(part) }
            }
        }
        if !beside.isEmpty {
            carried += [.text("[Result of the tool call \(Self.id(result.callID))]")] + beside
            if new.parts.isEmpty { new.parts = [.text("The result is in the user's message that follows.")] }
        }
        // The wire has no mark for a tool that failed, so the words have to tell.
        if result.isError { new.parts.insert(.text("The tool failed."), at: 0) }
        append(new)
    }

    // MARK: Order

    /// Hands what was carried over to a user's message of its own.
    private mutating func deliver() {
        guard !carried.isEmpty else { return }
        var message = Message(.user)
        message.parts = carried
        carried = []
        append(message)
    }

    private mutating func append(_ message: Message) {
        guard dialect.systemMessages == .first, let last = messages.last, last.role == message.role,
            message.role == .system || message.role == .user, last.name == message.name
        else { return messages.append(message) }
        messages[messages.count - 1].parts += message.parts
    }

    /// OpenAI refuses ids of more than 40 characters, which come from other providers' replies in the same conversation.
    /// The same id always becomes the same hash, so a call and its result still meet.
    static func id(_ id: String) -> String {
        guard id.utf8.count > 40 else { return id }
        var text: [UInt8] = Array("call_".utf8)
        for seed: UInt64 in [0xCBF2_9CE4_8422_2325, 0x8422_2325_CBF2_9CE4] {
            let hash = id.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: hash >> UInt64(shift) & 15)
                text.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
