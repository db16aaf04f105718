import Wire

/// What a caller got, read from the reply of any surface.
struct ChatAnswer {
    var text = ""
    var thinking = ""
    var signatures: [String] = []
    var calls: [Call] = []
    var isToolCall = false
    var inputTokens = 0
    var outputTokens = 0
    /// What the caller sends back as the model's turn.
    var turn: [JSON] = []

    struct Call: Equatable {
        let id: String
        let name: String
        let arguments: JSON
    }

    typealias Fault = CompatibilityFault

    init(_ reply: JSON, on surface: ChatSurface) throws {
        switch surface {
        case .chatCompletions: try readCompletion(reply)
        case .messages: try readMessage(reply)
        case .responses: try readResponse(reply)
        }
        try Fault.require(isToolCall != calls.isEmpty, "the finish doesn't fit the \(calls.count) calls")
        let ids = calls.map(\.id)
        try Fault.require(Set(ids).count == ids.count && !ids.contains(""), "ids of calls are missing or repeated")
        try Fault.require(inputTokens > 0 && outputTokens > 0, "tokens weren't counted")
    }

    private mutating func readCompletion(_ reply: JSON) throws {
        try Fault.require(reply["object"] == "chat.completion", "it is no completion")
        let choice = try Fault.unwrap(reply["choices"]?[0], "there is no choice")
        let message = try Fault.unwrap(choice["message"], "there is no message")
        isToolCall = choice["finish_reason"] == "tool_calls"
        try Fault.require(isToolCall || choice["finish_reason"] == "stop", "the finish reason is another")
        text = message["content"]?.string ?? ""
        thinking = message["reasoning_content"]?.string ?? ""
        signatures = (message["thinking_blocks"]?.array ?? []).compactMap { $0["signature"]?.string }
        for call in message["tool_calls"]?.array ?? [] {
            try add(call["id"], call["function"]?["name"], text: call["function"]?["arguments"])
        }
        turn = [message]
        try readUsage(reply["usage"], "prompt_tokens", "completion_tokens")
    }

    private mutating func readMessage(_ reply: JSON) throws {
        try Fault.require(reply["type"] == "message" && reply["role"] == "assistant", "it is no message")
        isToolCall = reply["stop_reason"] == "tool_use"
        try Fault.require(isToolCall || reply["stop_reason"] == "end_turn", "the stop reason is another")
        for block in reply["content"]?.array ?? [] {
            switch block["type"]?.string {
            case "text": text += block["text"]?.string ?? ""
            case "thinking":
                thinking += block["thinking"]?.string ?? ""
                if let signature = block["signature"]?.string, !signature.isEmpty { signatures.append(signature) }
            case "tool_use":
                let input = try Fault.unwrap(block["input"], "a call has no input")
                calls.append(.init(id: block["id"]?.string ?? "", name: block["name"]?.string ?? "", arguments: input))
            default: throw Fault(description: "a block of another kind")
            }
        }
        turn = [["role": "assistant", "content": reply["content"] ?? []]]
        inputTokens = reply["usage"]?["input_tokens"]?.int ?? 0
        outputTokens = reply["usage"]?["output_tokens"]?.int ?? 0
    }

    private mutating func readResponse(_ reply: JSON) throws {
        try Fault.require(reply["object"] == "response" && reply["status"] == "completed", "it isn't completed")
        turn = reply["output"]?.array ?? []
        for item in turn {
            switch item["type"]?.string {
            case "message": text += (item["content"]?.array ?? []).compactMap { $0["text"]?.string }.joined()
            case "reasoning":
                thinking += (item["summary"]?.array ?? []).compactMap { $0["text"]?.string }.joined()
                if let encrypted = item["encrypted_content"]?.string { signatures.append(encrypted) }
            case "function_call": try add(item["call_id"], item["name"], text: item["arguments"])
            default: throw Fault(description: "an item of another kind")
            }
        }
        // This wire has no finish reason of calls: their items tell.
        isToolCall = !calls.isEmpty
        try readUsage(reply["usage"], "input_tokens", "output_tokens")
    }

    private mutating func add(_ id: JSON?, _ name: JSON?, text: JSON?) throws {
        let arguments = try Fault.unwrap(text?.string, "arguments aren't text")
        calls.append(
            Call(id: id?.string ?? "", name: name?.string ?? "", arguments: try JSON(parsing: arguments)))
    }

    private mutating func readUsage(_ usage: JSON?, _ input: String, _ output: String) throws {
        inputTokens = usage?[input]?.int ?? 0
        outputTokens = usage?[output]?.int ?? 0
        try Fault.require(
            usage?["total_tokens"]?.int == inputTokens + outputTokens, "the total isn't the sum of the tokens")
    }
}
