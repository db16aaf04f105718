/// Where things stand in a request on the chat wire.
extension OpenAIChatCodec {
    public func name(of parameter: String, in chat: ChatRequest, _ body: UnsafeRawBufferPointer) -> String {
        guard let whole = try? JSON(body) else { return parameter }
        if let place = ChatPlace(parameter, in: chat) { return name(of: place, in: chat, whole) }
        if let (index, rest) = ChatPlace.element(of: "tools", parameter[...]) { return tool(index, rest, whole) }
        if parameter == "tool_choice", whole.present("tool_choice") == nil, whole.present("function_call") != nil {
            return "function_call"
        }
        return parameter
    }

    /// What is noted about a tool may stand beside `function`, or inside.
    private func tool(_ index: Int, _ rest: Substring, _ whole: JSON) -> String {
        guard let tool = whole["tools"]?.array?.dropFirst(index).first else {
            return "functions[\(index)]" + (rest.hasPrefix(".function.") ? rest.dropFirst(9) : rest)
        }
        let member = String(rest.dropFirst().prefix { $0 != "." })
        let isInside = tool[member] == nil && tool["function"]?[member] != nil
        return "tools[\(index)]" + (isInside ? ".function" : "") + rest
    }

    private func name(of place: ChatPlace, in chat: ChatRequest, _ whole: JSON) -> String {
        let name = "messages[\(place.message)]"
        guard let index = place.part, let message = whole["messages"]?.array?.dropFirst(place.message).first else {
            return name + place.rest
        }
        return name + path(of: index, of: chat.messages[place.message].content, in: message) + place.rest
    }

    /// The members of a message that the inner form puts into one list: thinking, content, refusal and calls.
    private func path(of index: Int, of parts: [ChatPart], in message: JSON) -> String {
        guard parts.indices.contains(index) else { return ".content[\(index)]" }
        let thoughtCount = parts.prefix { if case .reasoning = $0.content { true } else { false } }.count
        switch parts[index].content {
        case .toolResult: return ""
        case .reasoning: return ".thinking_blocks[\(index)]"
        case _ where parts[index].isCall:
            if message.present("tool_calls") == nil { return ".function_call" }
            return ".tool_calls[\(parts[..<index].filter(\.isCall).count)]"
        default: break
        }
        guard let content = message["content"]?.array else {
            return message.present("content") == nil ? ".refusal" : ".content"
        }
        return index - thoughtCount < content.count ? ".content[\(index - thoughtCount)]" : ".refusal"
    }
}
