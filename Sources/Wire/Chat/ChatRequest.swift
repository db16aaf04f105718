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
    /// From 0 to 2, as on the OpenAI wire.
    public var temperature: Double?
    public var topP: Double?
    public var topK: Int?
    public var stop: [String] = []
    public var responseFormat: ChatResponseFormat?
    public var reasoning: ChatReasoning?
    public var isStreamed = false
    /// Whether a streamed reply ends with a usage chunk.
    public var includesUsage = false
    /// Every other member of the request, nulls left out, under the name that the OpenAI wire gives it, or, where that
    /// wire has nothing like it, under the name of the wire it came by.
    public var extensions = JSONObject()
    /// How a caller of the OpenAI chat wire expects calls of tools.
    public var callForm = OpenAICallForm.toolCalls
    /// What a reply on the Responses wire repeats of its request.
    public var echo = ResponsesEcho()

    public init(model: String, messages: [ChatMessage]) {
        self.model = model
        self.messages = messages
    }
}

/// How a model is to think before it answers. Wires say it by an effort, by a number of tokens, or not at all.
public struct ChatReasoning: Hashable, Sendable {
    public var effort: ReasoningEffort?
    public var thinking: Thinking?
    public var visibility: Visibility?

    public enum Thinking: Hashable, Sendable {
        case off
        /// As much as the model finds right.
        case adaptive
        /// Tokens.
        case budget(Int)
        /// Only between the calls of tools.
        case betweenTools
    }

    /// What the caller is shown of it.
    public enum Visibility: Hashable, Sendable {
        /// Only what proves that it was there.
        case omitted
        /// A summary, in a style of the wire's own, such as `concise`.
        case summarized(style: String?)
    }

    public init(effort: ReasoningEffort? = nil, thinking: Thinking? = nil, visibility: Visibility? = nil) {
        self.effort = effort
        self.thinking = thinking
        self.visibility = visibility
    }
}

public enum ReasoningEffort: String, CaseIterable, Sendable {
    case none, minimal, low, medium, high, xhigh, max
}

/// A tool that the model may call.
public struct ChatTool: Hashable, Sendable {
    public var name: String
    public var description: String?
    /// A JSON Schema object; nil where the function takes nothing.
    public var parameters: JSON?
    public var isStrict: Bool?
    /// A tool that the provider runs itself, or of a form that only its own wire has: the whole entry as it came. Such a
    /// tool is never translated.
    public var native: JSON?
    /// Members that this form doesn't model, such as `cache_control`.
    public var extensions = JSONObject()

    public init(name: String, description: String? = nil, parameters: JSON? = nil, isStrict: Bool? = nil) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.isStrict = isStrict
    }
}

extension [ChatTool] {
    /// Those that have one of the names, or all if there are no names; nil where a name is no tool's, or nothing is left.
    package func chosen(by names: [String]?) -> [ChatTool]? {
        let names = names.map { Set($0.map { ExactText($0) }) }
        let chosen = filter { names?.contains(ExactText($0.name)) ?? true }
        return chosen.isEmpty || chosen.count < names?.count ?? 1 ? nil : chosen
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

    /// The schema for a wire that has no place for what is said about it: it says that itself.
    public var describedSchema: JSON? {
        guard case .jsonSchema(_, let description, let schema, _) = self else { return nil }
        guard let description, var members = schema?.object, members["description"] == nil else { return schema }
        members["description"] = .string(description)
        return .object(members)
    }
}
