/// One message of a conversation. Its parts keep the order in which they came: thinking, text and calls may alternate.
public struct ChatMessage: Hashable, Sendable {
    public enum Role: String, Sendable {
        case system, developer, user, assistant
        /// Holds nothing but results of tools. Wires that have no such role put results into a user's message, where this
        /// form has them too.
        case tool
    }

    public var role: Role
    public var content: [ChatPart]
    /// The participant's name.
    public var name: String?
    /// Members that this form doesn't model.
    public var extensions = JSONObject()

    public init(role: Role, content: [ChatPart]) {
        self.role = role
        self.content = content
    }

    public init(role: Role, _ content: ChatContent...) {
        self.init(role: role, content: content.map { ChatPart($0) })
    }

    /// The text parts, joined.
    public var text: String { content.text }

    /// The calls that an assistant's message makes.
    public var toolCalls: [ChatToolCall] {
        content.compactMap { if case .toolCall(let call) = $0.content { call } else { nil } }
    }
}

/// A part of a message, with what its sender noted about it.
public struct ChatPart: Hashable, Sendable {
    public var content: ChatContent
    /// Members that this form doesn't model, such as `cache_control`.
    public var extensions: JSONObject

    public init(_ content: ChatContent, extensions: JSONObject = JSONObject()) {
        self.content = content
        self.extensions = extensions
    }
}

/// What a part of a message is.
public enum ChatContent: Hashable, Sendable {
    case text(String)
    case image(ChatMedia, detail: String?)
    case audio(base64: String, format: String)
    case file(ChatMedia, name: String?)
    case refusal(String)
    case reasoning(ChatReasoningContent)
    case toolCall(ChatToolCall)
    case toolResult(ChatToolResult)
    /// A part that only its own wire has, whole as it came.
    case native(JSON)
}

/// Thinking that a model has shown. It goes back to the model in the next turn, as proof of what it thought.
public enum ChatReasoningContent: Hashable, Sendable {
    /// What proves to the upstream that the text is its own is in the signature.
    case text(String, signature: String?)
    /// Thinking that only the upstream can read.
    case redacted(data: String)
}

/// Bytes that came inline, or a place where they are.
public enum ChatMedia: Hashable, Sendable {
    /// Base64 that was checked to be Base64, and the media type its sender gave it, such as `image/png`.
    case inline(mediaType: String, base64: String)
    case url(String)
    /// A file that was uploaded to the provider.
    case uploaded(id: String)
}

/// A tool call with arguments as JSON text, as the OpenAI wire has them.
public struct ChatToolCall: Hashable, Sendable {
    public var id: String
    public var name: String
    /// JSON text of an object; empty where the sender left it so.
    public var arguments: String

    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a tool that was called gave.
public struct ChatToolResult: Hashable, Sendable {
    public var callID: String
    public var content: [ChatPart]
    /// Whether the tool failed, as far as the wire can say that.
    public var isError: Bool

    public init(callID: String, content: [ChatPart], isError: Bool = false) {
        self.callID = callID
        self.content = content
        self.isError = isError
    }
}

extension [ChatPart] {
    /// The text parts, joined.
    public var text: String {
        compactMap { if case .text(let text) = $0.content { text } else { nil } }.joined()
    }
}
