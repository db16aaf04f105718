import Wire

/// The surfaces on which a model can be talked to.
enum ChatSurface: String, CaseIterable, Sendable {
    case chatCompletions = "Chat completions"
    case messages = "Messages"
    case responses = "Responses"

    var path: String {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .messages: "/v1/messages"
        case .responses: "/v1/responses"
        }
    }

    /// What a request has beside the conversation.
    struct Options {
        var tools: [ChatTool] = []
        var schema: JSON?
        var thinks = false
        var isStreamed = false
    }

    func body(_ model: String, _ conversation: [JSON], _ options: Options) -> JSONObject {
        var body: JSONObject = ["model": .string(model), conversationMember: .array(conversation)]
        body[limitMember] = 4_096
        if !options.tools.isEmpty { body["tools"] = .array(options.tools.map(definition)) }
        if let schema = options.schema { ask(for: schema, in: &body) }
        if options.thinks { askForThinking(in: &body) }
        if options.isStreamed { body["stream"] = true }
        if options.isStreamed, self == .chatCompletions { body["stream_options"] = ["include_usage": true] }
        return body
    }

    private var conversationMember: String { self == .responses ? "input" : "messages" }

    private var limitMember: String {
        switch self {
        case .chatCompletions: "max_completion_tokens"
        case .messages: "max_tokens"
        case .responses: "max_output_tokens"
        }
    }

    private func definition(_ tool: ChatTool) -> JSON {
        var members: JSONObject = ["name": .string(tool.name), "description": .string(tool.description)]
        members[self == .messages ? "input_schema" : "parameters"] = tool.parameters
        switch self {
        case .chatCompletions: return ["type": "function", "function": .object(members)]
        case .messages: return .object(members)
        case .responses:
            members["type"] = "function"
            return .object(members)
        }
    }

    private func ask(for schema: JSON, in body: inout JSONObject) {
        switch self {
        case .chatCompletions:
            body["response_format"] = [
                "type": "json_schema", "json_schema": ["name": "person", "strict": true, "schema": schema],
            ]
        case .messages: body["output_config"] = ["format": ["type": "json_schema", "schema": schema]]
        case .responses:
            body["text"] = ["format": ["type": "json_schema", "name": "person", "strict": true, "schema": schema]]
        }
    }

    private func askForThinking(in body: inout JSONObject) {
        switch self {
        case .chatCompletions: body["reasoning_effort"] = "low"
        case .messages: body["thinking"] = ["type": "enabled", "budget_tokens": 1_024]
        case .responses:
            body["reasoning"] = ["effort": "low", "summary": "auto"]
            body["include"] = ["reasoning.encrypted_content"]
        }
    }

    // MARK: Turns

    /// The user's message, with a PNG in Base64 where there is one.
    func user(_ text: String, image: String? = nil) -> JSON {
        let type = self == .responses ? "input_text" : "text"
        var parts: [JSON] = [["type": .string(type), "text": .string(text)]]
        if let image { parts.append(self.image(image)) }
        return ["role": "user", "content": .array(parts)]
    }

    private func image(_ base64: String) -> JSON {
        let url = JSON.string("data:image/png;base64,\(base64)")
        return switch self {
        case .chatCompletions: ["type": "image_url", "image_url": ["url": url]]
        case .messages:
            ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": .string(base64)]]
        case .responses: ["type": "input_image", "image_url": url]
        }
    }

    /// The turn that answers calls.
    func results(_ results: [(id: String, text: String)]) -> [JSON] {
        switch self {
        case .chatCompletions:
            results.map { ["role": "tool", "tool_call_id": .string($0.id), "content": .string($0.text)] }
        case .messages:
            [
                [
                    "role": "user",
                    "content": .array(
                        results.map {
                            ["type": "tool_result", "tool_use_id": .string($0.id), "content": .string($0.text)]
                        }),
                ]
            ]
        case .responses:
            results.map { ["type": "function_call_output", "call_id": .string($0.id), "output": .string($0.text)] }
        }
    }
}

/// A tool that a caller offers.
struct ChatTool {
    let name: String
    let description: String

    let parameters: JSON = [
        "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
        "additionalProperties": false,
    ]

    static let weather = ChatTool(name: "get_weather", description: "Tells the weather of a city.")
    static let time = ChatTool(name: "get_time", description: "Tells the time in a city.")
}
