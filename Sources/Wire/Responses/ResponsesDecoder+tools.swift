/// Tools, which are flat on this wire.
extension ResponsesDecoder {
    func tools(_ value: JSON) throws(OpenAIRequestError) -> [ChatTool] {
        guard let elements = value.array else { throw .type("tools", expected: .array) }
        var tools: [ChatTool] = []
        for (index, element) in elements.enumerated() { tools.append(try tool(element, at: "tools[\(index)]")) }
        return tools
    }

    private func tool(_ value: JSON, at place: String) throws(OpenAIRequestError) -> ChatTool {
        let type = try (value["type"] ?? .null).string(named: "\(place).type")
        guard type == "function" else {
            // One of the provider's own, or one that takes text: only this wire knows it.
            var tool = ChatTool(name: value["name"]?.string ?? type)
            tool.native = value
            return tool
        }
        return try OpenAIChatDecoder().tool(.object(value.rest(beside: ["type"])), at: place)
    }

    func toolChoice(_ value: JSON) throws(OpenAIRequestError) -> ChatToolChoice {
        switch value.string {
        case "auto": return .auto
        case "none": return .none
        case "required": return .required
        case .some: throw .value("tool_choice", message: "'tool_choice' must be none, auto, required or an object.")
        case nil: break
        }
        switch try (value["type"] ?? .null).string(named: "tool_choice.type") {
        case "function", "custom":
            try value.allowOnly(["type", "name"], at: "tool_choice")
            return .named(try (value["name"] ?? .null).string(named: "tool_choice.name"))
        case "allowed_tools":
            guard let tools = value["tools"]?.array else { throw .missing("tool_choice.tools") }
            try value.allowOnly(["type", "mode", "tools"], at: "tool_choice")
            var names: [String] = []
            for (index, tool) in tools.enumerated() {
                names.append(try name(of: tool, at: "tool_choice.tools[\(index)]"))
            }
            return .allowed(names, isRequired: try value.isRequired(at: "tool_choice"))
        // One of the provider's own tools, which goes by its type.
        case let type: return .named(type)
        }
    }

    private func name(of tool: JSON, at place: String) throws(OpenAIRequestError) -> String {
        let type = try (tool["type"] ?? "function").string(named: "\(place).type")
        try tool.allowOnly(["type", "name"], at: place)
        guard type == "function" || type == "custom" else { return type }
        return try (tool["name"] ?? .null).string(named: "\(place).name")
    }
}
