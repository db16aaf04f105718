/// The tools of a request, and whether and which the model must call.
struct AnthropicTools {
    private let tools: [ChatTool]
    private let choice: JSONObject?

    /// Whether the model must call a tool; it then can't think before it does.
    let forcesCall: Bool

    init(_ chat: ChatRequest) throws(AnthropicEncodingError) {
        tools = try Self.chosen(chat)
        for (index, tool) in tools.enumerated() { try Self.check(tool, at: "tools[\(index)]") }
        var choice = tools.isEmpty ? nil : try Self.choice(chat)
        for member in chat.extensions.members where member.key.hasPrefix("tool_choice.") {
            choice?[String(member.key.dropFirst("tool_choice.".count))] = member.value
        }
        forcesCall = ["any", "tool"].contains(choice?["type"]?.string)
        self.choice = choice
    }

    /// The tools that may be called: a choice among some of those listed has no other form here.
    private static func chosen(_ chat: ChatRequest) throws(AnthropicEncodingError) -> [ChatTool] {
        let names: [String]
        switch chat.toolChoice {
        case nil, .auto, .some(.none): return chat.tools
        case .required: names = []
        case .named(let name): names = [name]
        case .allowed(let allowed, isRequired: _): names = allowed
        }
        let listed = Set(chat.tools.map { ExactText($0.name) })
        let chosen = Set(names.map { ExactText($0) })
        guard !chat.tools.isEmpty, chosen.isSubset(of: listed) else {
            throw .invalid("tool_choice", "'tool_choice' asks for a tool that 'tools' doesn't list.")
        }
        guard case .allowed = chat.toolChoice else { return chat.tools }
        return chat.tools.filter { chosen.contains(ExactText($0.name)) }
    }

    private static func choice(_ chat: ChatRequest) throws(AnthropicEncodingError) -> JSONObject? {
        var choice: JSONObject
        switch chat.toolChoice {
        case nil:
            // Without a choice the model may call several tools at once, which then needs no words.
            guard chat.allowsParallelToolCalls == false else { return nil }
            choice = ["type": "auto"]
        case .some(.none): return ["type": "none"]
        case .auto: choice = ["type": "auto"]
        case .required: choice = ["type": "any"]
        case .named(let name): choice = ["type": "tool", "name": .string(name)]
        case .allowed(_, let isRequired): choice = ["type": isRequired ? "any" : "auto"]
        }
        if let isAllowed = chat.allowsParallelToolCalls { choice["disable_parallel_tool_use"] = .bool(!isAllowed) }
        return choice
    }

    private static func check(_ tool: ChatTool, at place: String) throws(AnthropicEncodingError) {
        if let native = tool.native {
            guard isNative(native) else { throw .unsupported("\(place).\(native["type"]?.string ?? "type")") }
            return
        }
        if let type = tool.parameters?["type"], type != "object" {
            throw .invalid("\(place).function.parameters.type", "A tool's parameters must be of type 'object'.")
        }
        for member in tool.extensions.members where !members.contains(member.key) && !member.value.asksForNothing {
            throw .unsupported("\(place).\(member.key)")
        }
    }

    /// Members that the inner form doesn't model.
    private static let members: Set<String> = [
        "cache_control", "defer_loading", "eager_input_streaming", "input_examples", "allowed_callers",
    ]

    /// Anthropic's own tools have dated types, such as `bash_20250124`; other wires' tools have none.
    private static func isNative(_ tool: JSON) -> Bool {
        guard let type = tool["type"]?.string else { return false }
        let date = type.utf8.suffix(8)
        let isDated = type.utf8.dropLast(8).last == UInt8(ascii: "_") && date.allSatisfy { 0x30...0x39 ~= $0 }
        return isDated || type == "mcp_toolset"
    }
}

// MARK: Writing

extension AnthropicTools {
    func write(to body: inout JSONTextWriter) {
        guard !tools.isEmpty else { return }
        body.array("tools") { body in
            for tool in tools {
                if let native = tool.native {
                    body.value(nil, native)
                } else {
                    body.object { Self.write(tool, to: &$0) }
                }
            }
        }
        if let choice { body.value("tool_choice", .object(choice)) }
    }

    private static func write(_ tool: ChatTool, to body: inout JSONTextWriter) {
        body.string("name", tool.name)
        if let description = tool.description, !description.isEmpty { body.string("description", description) }
        var schema = tool.parameters?.object ?? ["properties": [:]]
        if schema["type"] == nil { schema["type"] = "object" }
        body.value("input_schema", .object(schema))
        if let isStrict = tool.isStrict { body.value("strict", .bool(isStrict)) }
        for member in tool.extensions.members where members.contains(member.key) {
            body.members([member.key: member.value])
        }
    }
}
