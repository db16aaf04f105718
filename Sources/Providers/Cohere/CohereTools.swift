import Wire

/// The tools of a request. Cohere knows whether one must be called, but not which: a request lists only those that may.
struct CohereTools {
    private let tools: [ChatTool]
    private let choice: String?

    init(_ chat: ChatRequest) throws(TranslationError) {
        for (index, tool) in chat.tools.enumerated() { try Self.check(tool, at: "tools[\(index)]") }
        switch chat.toolChoice {
        case nil, .auto: (tools, choice) = (chat.tools, nil)
        case .some(.none): (tools, choice) = (chat.tools, chat.tools.isEmpty ? nil : "NONE")
        case .required: (tools, choice) = (try Self.named(nil, in: chat.tools), "REQUIRED")
        case .named(let name): (tools, choice) = (try Self.named([name], in: chat.tools), "REQUIRED")
        case .allowed(let names, let isRequired):
            (tools, choice) = (try Self.named(names, in: chat.tools), isRequired ? "REQUIRED" : nil)
        }
    }

    private static func check(_ tool: ChatTool, at place: String) throws(TranslationError) {
        if let native = tool.native {
            throw .unsupportedByCohere("\(place).\(native["type"]?.string ?? "type")")
        }
        for member in tool.extensions.members where !member.value.asksForNothing {
            guard isSafeToLeaveOut(member.key, member.value) else {
                throw .unsupportedByCohere("\(place).\(member.key)")
            }
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

    /// Those of the tools that have one of the names; all of them if there are no names.
    private static func named(_ names: [String]?, in tools: [ChatTool]) throws(TranslationError) -> [ChatTool] {
        guard let chosen = tools.chosen(by: names) else {
            throw TranslationError(
                .invalid, parameter: "tool_choice", "'tool_choice' asks for a tool that 'tools' doesn't list.")
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
        // It holds for all tools at once; that the others keep to their schemas as well does no harm.
        if tools.contains(where: { $0.isStrict == true }) { body.value("strict_tools", true) }
        if let choice { body.string("tool_choice", choice) }
    }

    private func write(_ tool: ChatTool, to body: inout JSONTextWriter) {
        body.string("name", tool.name)
        if let description = tool.description { body.string("description", description) }
        body.value("parameters", tool.parameters ?? ["type": "object", "properties": [:]])
    }
}
