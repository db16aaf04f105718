/// What a caller asks of a chat model, in the one form that all client surfaces and all upstreams share.
///
/// Members that this form doesn't model are kept in ``extensions``, so an adapter can honor, drop or refuse each one by
/// name; it may never overlook one.
public struct ChatRequest: Hashable, Sendable {
    public var model: String
    public var messages: [ChatMessage]
    public var tools: [ChatTool] = []
    public var toolChoice: ChatToolChoice?
    public var allowsParallelToolCalls: Bool?
    public var maximumOutputTokens: Int?
    public var temperature: Double?
    public var topP: Double?
    public var stop: [String] = []
    public var responseFormat: ChatResponseFormat?
    public var reasoningEffort: ReasoningEffort?
    public var isStreamed = false
    /// Whether a streamed reply ends with a usage chunk.
    public var includesUsage = false
    /// Every other member of the request, under the name that the OpenAI wire gives it, nulls left out.
    public var extensions = JSONObject()

    public init(model: String, messages: [ChatMessage]) {
        self.model = model
        self.messages = messages
    }
}

public struct ChatMessage: Hashable, Sendable {
    public enum Role: String, Sendable {
        case system, developer, user, assistant, tool
    }

    public var role: Role
    public var content: [ChatContent]
    /// Calls that an assistant message makes.
    public var toolCalls: [ChatToolCall] = []
    /// Which call a tool message answers.
    public var toolCallID: String?
    /// The participant's name.
    public var name: String?
    /// Members that this form doesn't model, such as `reasoning_content`.
    public var extensions = JSONObject()

    public init(role: Role, content: [ChatContent]) {
        self.role = role
        self.content = content
    }

    /// The text parts, joined.
    public var text: String {
        content.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
    }
}

/// One part of a message.
public enum ChatContent: Hashable, Sendable {
    case text(String)
    case image(ChatMedia, detail: String?)
    case audio(base64: String, format: String)
    case file(ChatMedia, name: String?)
    case refusal(String)
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
    public var extensions = JSONObject()

    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// A function that the model may call.
public struct ChatTool: Hashable, Sendable {
    public var name: String
    public var description: String?
    /// A JSON Schema object; nil where the function takes nothing.
    public var parameters: JSON?
    public var isStrict: Bool?

    public init(name: String, description: String? = nil, parameters: JSON? = nil, isStrict: Bool? = nil) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.isStrict = isStrict
    }
}

public enum ChatToolChoice: Hashable, Sendable {
    case auto
    case none
    case required
    case named(String)
    /// Only these tools, of those listed; `isRequired`: one of them must be called.
    case allowed([String], isRequired: Bool)
}

public enum ChatResponseFormat: Hashable, Sendable {
    case text
    case jsonObject
    case jsonSchema(name: String, description: String?, schema: JSON?, isStrict: Bool?)
}

public enum ReasoningEffort: String, CaseIterable, Sendable {
    case none, minimal, low, medium, high, xhigh, max
}
