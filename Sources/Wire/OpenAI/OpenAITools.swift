/// The tools of a request as the chat wire has them, and which of them the model may or must call.
struct OpenAITools {
    private let tools: [ChatTool]
    private let choice: JSON?
    private let allowsParallelCalls: Bool?

    init(_ chat: ChatRequest, dialect: OpenAIDialect) throws(ChatEncodingError) {
        for (index, tool) in chat.tools.enumerated() { try Self.check(tool, at: "tools[\(index)]") }
        (tools, choice) = try Self.chosen(chat.tools, by: chat.toolChoice, dialect: dialect)
        // Without tools the wire refuses it, and it asks for nothing.
        allowsParallelCalls = tools.isEmpty ? nil : chat.allowsParallelToolCalls
    }

    private static func check(_ tool: ChatTool, at place: String) throws(ChatEncodingError) {
        if let native = tool.native { throw .unsupported("\(place).\(native["type"]?.string ?? "type")") }
        for member in tool.extensions.members where !member.value.saysNothing {
            guard isSafeToLeaveOut(member.key, member.value) else { throw .unsupported("\(place).\(member.key)") }
        }
    }

    /// They make a request cheaper or its stream finer, and change no answer.
    private static func isSafeToLeaveOut(_ name: String, _ value: JSON) -> Bool {
        switch name {
        case "cache_control", "defer_loading", "eager_input_streaming": true
        case "type": value == "custom" || value == "function"
        case "allowed_callers": value == ["direct"]
        default: false
        }
    }

    /// Self-hosted servers know no list of allowed tools, and some read a named choice as `auto`: there the request lists
    /// only the tools that may be called.
    private static func chosen(
        _ tools: [ChatTool], by choice: ChatToolChoice?, dialect: OpenAIDialect
    ) throws(ChatEncodingError) -> ([ChatTool], JSON?) {
        switch choice {
        case nil: return (tools, nil)
        case .auto: return (tools, tools.isEmpty ? nil : "auto")
        case .some(.none): return (tools, tools.isEmpty ? nil : "none")
        case .required: return (try named(nil, in: tools), "required")
        case .named(let name):
            let only = try named([name], in: tools)
            guard dialect.isOpenAI else { return (only, "required") }
            return (tools, ["type": "function", "function": ["name": .string(name)]])
        case .allowed(let names, let isRequired):
            let only = try named(names, in: tools)
            let mode: JSON = isRequired ? "required" : "auto"
            guard dialect.isOpenAI else { return (only, mode) }
            let entries = names.map { name -> JSON in ["type": "function", "function": ["name": .string(name)]] }
            return (tools, ["type": "allowed_tools", "allowed_tools": ["mode": mode, "tools": .array(entries)]])
        }
    }

    /// Those of the tools that have one of the names; all of them if there are no names.
    private static func named(_ names: [String]?, in tools: [ChatTool]) throws(ChatEncodingError) -> [ChatTool] {
        guard let chosen = tools.chosen(by: names) else {
            throw .invalid("tool_choice", message: "'tool_choice' asks for a tool that 'tools' doesn't list.")
        }
        return chosen
    }

    func write(to body: inout JSONTextWriter) {
        guard !tools.isEmpty else { return }
        body.array("tools") { body in
            for tool in tools {
                body.object { body in
                    body.string("type", "function")
                    body.object("function") { write(tool, to: &$0) }
                }
            }
        }
        if let choice { body.value("tool_choice", choice) }
        if let allowsParallelCalls { body.value("parallel_tool_calls", .bool(allowsParallelCalls)) }
    }

    private func write(_ tool: ChatTool, to body: inout JSONTextWriter) {
        body.string("name", tool.name)
        if let description = tool.description { body.string("description", description) }
        body.value("parameters", tool.parameters ?? Self.nothing(isStrict: tool.isStrict ?? false))
        if let isStrict = tool.isStrict { body.value("strict", .bool(isStrict)) }
    }

    /// Some servers want a schema of a function that takes nothing, too.
    private static func nothing(isStrict: Bool) -> JSON {
        var schema: JSONObject = ["type": "object", "properties": [:]]
        if isStrict { schema["additionalProperties"] = false }
        return .object(schema)
    }
}
