import Wire

/// What a chat request asks for, whichever provider's wire it came in.
struct NormalizedRequest: Sendable {
    var model: String
    /// All system and developer texts, joined by a newline.
    var system = ""
    var messages: [Message] = []
    var tools: [Tool] = []
    var choice: ToolChoice = .auto
    var format: AnswerFormat = .text
    var maximumTokens: Int?
    var stop: [String] = []
    var allowsParallelCalls = true
    /// Where the model may run, for a model that can be told.
    var geography: String?
    var rendering = Rendering()
    /// The body as it came, for `echo-request` and for identifiers.
    var body: JSON = [:]

    struct Message: Sendable {
        var role: Role
        /// The text parts, joined by a newline.
        var text = ""
        var attachments: [Attachment] = []
        var calls: [ToolCall] = []
        var results: [ToolResult] = []
    }

    enum Role: Sendable {
        case user, assistant, tool
    }

    struct Tool: Sendable {
        var name: String
        var description = ""
        /// JSON Schema of the arguments.
        var parameters: JSON = ["type": "object", "properties": [:]]
    }

    struct ToolResult: Hashable, Sendable {
        var callID: String
        var text: String
    }

    enum ToolChoice: Hashable, Sendable {
        case auto, none, required
        case named(String)
    }

    enum AnswerFormat: Hashable, Sendable {
        case text, jsonObject
        case schema(JSON)
    }

    /// What changes how an answer is written down, not what it says.
    struct Rendering: Sendable {
        var isStreamed = false
        var includesUsage = false
        /// Thinking comes in a form, too, in which it can be sent back.
        var includesEncryptedReasoning = false
        var includesLogProbabilities = false
        var choices = 1
        /// The request used OpenAI's older `functions`, so the answer has `function_call`.
        var usesLegacyFunctions = false
    }
}

/// A call of a tool, as the model writes it: arguments are JSON text.
struct ToolCall: Hashable, Sendable {
    var id = ""
    var name: String
    var arguments: String
}

extension NormalizedRequest {
    mutating func addSystem(_ text: String) {
        guard !text.isEmpty else { return }
        system += system.isEmpty ? text : "\n" + text
    }

    /// Where the last message of a user stands that has text or an image; one that only brings results is not it.
    var lastUserIndex: Int? {
        messages.lastIndex { $0.role == .user && !($0.text.isEmpty && $0.attachments.isEmpty) }
    }

    /// The results that no user has spoken after.
    var pendingResults: [ToolResult] {
        messages[(lastUserIndex.map { $0 + 1 } ?? 0)...].flatMap(\.results)
    }
}
