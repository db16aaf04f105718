/// How calls are told in a reply.
public enum OpenAICallForm: Hashable, Sendable {
    case toolCalls
    /// The one call that a caller expects who listed its tools as `functions`.
    case functionCall
}

/// The deprecated forms: `functions`, `function_call`, and messages of the role `function`.
extension OpenAIChatDecoder {
    /// - Returns: whether there are any.
    func readFunctions(
        _ members: JSONObject, into request: inout ChatRequest
    ) throws(OpenAIRequestError) -> Bool {
        let whole = JSON.object(members)
        if let choice = whole.present("function_call"), request.toolChoice == nil {
            request.toolChoice = try functionChoice(choice)
        }
        guard let functions = whole.present("functions") else { return false }
        guard let elements = functions.array else { throw .type("functions", expected: .array) }
        guard request.tools.isEmpty else {
            throw .value("functions", message: "Send 'tools' or 'functions', not both.")
        }
        for (index, element) in elements.enumerated() {
            request.tools.append(try tool(element, at: "functions[\(index)]"))
        }
        // The reply has room for one call only.
        if !request.tools.isEmpty { request.allowsParallelToolCalls = false }
        return true
    }

    private func functionChoice(_ value: JSON) throws(OpenAIRequestError) -> ChatToolChoice {
        switch value.string {
        case "auto": return .auto
        case "none": return .none
        case .some: throw .value("function_call", message: "'function_call' must be none, auto or an object.")
        case nil:
            try value.allowOnly(["name"], at: "function_call")
            return .named(try (value["name"] ?? .null).string(named: "function_call.name"))
        }
    }
}

/// Gives ids to calls that have none, so that each answer finds its call: there is one call at a time, and the answer
/// has its name.
struct OpenAIFunctionCalls {
    private var open: (id: String, name: String)?
    private var count = 0

    mutating func call(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatToolCall {
        try value.allowOnly(["name", "arguments"], at: place)
        let call = ChatToolCall(
            id: "call_function_\(count)", name: try (value["name"] ?? .null).string(named: "\(place).name"),
            arguments: try (value["arguments"] ?? "").string(named: "\(place).arguments"))
        open = (call.id, call.name)
        count += 1
        return call
    }

    mutating func answer(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatMessage {
        let name = try (value["name"] ?? .null).string(named: "\(place).name")
        guard let open, open.name.hasSameBytes(as: name) else {
            throw .value("\(place).name", message: "It answers no call of the assistant's message before it.")
        }
        self.open = nil
        var message = ChatMessage(role: .tool, content: [])
        var content: [ChatPart] = []
        if let text = value.present("content") {
            content = [ChatPart(.text(try text.string(named: "\(place).content")))]
        }
        message.content = [ChatPart(.toolResult(ChatToolResult(callID: open.id, content: content)))]
        message.extensions = value.rest(beside: ["role", "name", "content"])
        return message
    }
}
