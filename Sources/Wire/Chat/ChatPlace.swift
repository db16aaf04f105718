/// A place in a conversation, as adapters name it: `messages[2].content[0].image_url`.
///
/// They count in the inner form, whose messages and parts aren't always the caller's: what a surface's codec makes of it
/// is the caller's own name for the place.
struct ChatPlace {
    let message: Int
    /// Which of the message's parts.
    private(set) var part: Int?
    /// What stands behind it, with its dot.
    private(set) var rest: Substring

    /// Nil for a parameter that isn't a part of a message.
    init?(_ parameter: String, in chat: ChatRequest) {
        guard let (message, rest) = Self.element(of: "messages", parameter[...]),
            chat.messages.indices.contains(message)
        else { return nil }
        self.message = message
        self.rest = rest
        findPart(of: chat.messages[message])
    }

    private mutating func findPart(of message: ChatMessage) {
        if let (call, rest) = Self.element(of: ".tool_calls", rest) {
            part = message.content.indices.filter { message.content[$0].isCall }.dropFirst(call).first
            self.rest = rest
        } else if let result = message.onlyResult {
            findResult(result, message)
        } else if let (part, rest) = Self.element(of: ".content", rest) {
            self.part = part
            self.rest = rest
        }
    }

    /// Some adapters name a message that is one tool's result by the message, and some by the part.
    private mutating func findResult(_ result: ChatPart, _ message: ChatMessage) {
        let member = rest.dropFirst().prefix { $0 != "." && $0 != "[" }
        guard member == "content" else {
            if message.extensions[String(member)] == nil, member != "name" { part = 0 }
            return
        }
        part = 0
        guard let (index, behind) = Self.element(of: ".content", rest), index == 0 else { return }
        let note = String(behind.dropFirst().prefix { $0 != "." && $0 != "[" })
        if note == "content" || result.extensions[note] != nil || behind.isEmpty { rest = behind }
    }

    /// The index behind an array's name, and what follows it.
    static func element(of name: String, _ text: Substring) -> (index: Int, rest: Substring)? {
        guard text.hasPrefix(name + "["), let end = text.firstIndex(of: "]"),
            let index = Int(text[..<end].dropFirst(name.count + 1)), index >= 0
        else { return nil }
        return (index, text[text.index(after: end)...])
    }
}

/// What members are called on the chat wire, and what on another one.
struct ChatMemberNames {
    let names: [(chat: String, own: String)]

    /// The wire's own path for a path whose beginning is in the list; other paths stay as they are.
    func path(_ path: String) -> String {
        for name in names where path.hasPrefix(name.chat) {
            let rest = path.dropFirst(name.chat.count)
            if rest.isEmpty || rest.hasPrefix(".") || rest.hasPrefix("[") { return name.own + rest }
        }
        return path
    }
}

extension ChatPart {
    /// Whether it calls a tool, be it one that only the caller's wire has.
    var isCall: Bool {
        switch content {
        case .toolCall: true
        case .native(let value): value["type"] == "custom"
        default: false
        }
    }
}

extension ChatMessage {
    fileprivate var onlyResult: ChatPart? {
        guard content.count == 1, case .toolResult = content[0].content else { return nil }
        return content[0]
    }
}
