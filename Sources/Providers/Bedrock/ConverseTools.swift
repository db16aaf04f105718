import Wire

/// The tools of a request, and whether and which the model must call. Converse has no way to list tools and forbid them:
/// a request that forbids them lists none.
struct ConverseTools {
    private enum Choice {
        case auto, any
        case tool(String)
    }

    private let tools: [(tool: ChatTool, cachePoint: ConverseCachePoint?)]
    private let choice: Choice?
    private let forbidsParallelCalls: Bool

    var isEmpty: Bool { tools.isEmpty }

    init(_ chat: ChatRequest, for model: ConverseModel) throws(TranslationError) {
        var points: [String: ConverseCachePoint] = [:]
        for (index, tool) in chat.tools.enumerated() {
            try Self.refuse(tool, at: "tools[\(index)]")
            let point = try ConverseCachePoint.asked(for: tool.extensions, at: "tools[\(index)].")
            if model.cachesPrompts { points[tool.name] = point }
        }
        let (chosen, choice) = try Self.chosen(chat.tools, by: chat.toolChoice)
        tools = chosen.map { ($0, points[$0.name]) }
        self.choice = choice
        forbidsParallelCalls = chat.allowsParallelToolCalls == false && !tools.isEmpty
        guard !forbidsParallelCalls || model.takesClaudeFields else {
            throw .unsupportedByBedrock("parallel_tool_calls")
        }
    }

    /// Refuses what Converse has no place for.
    private static func refuse(_ tool: ChatTool, at place: String) throws(TranslationError) {
        if let native = tool.native { throw .unsupportedByBedrock("\(place).\(native["type"]?.string ?? "type")") }
        for member in tool.extensions.members where !ConverseCachePoint.names.contains(member.key) {
            let asksForNothing =
                switch member.key {
                // How the pieces of a call are cut on their way; the call is the same.
                case "eager_input_streaming": true
                case "defer_loading": member.value == false
                case "allowed_callers": member.value == ["direct"]
                default: member.value.asksForNothing
                }
            guard asksForNothing else { throw .unsupportedByBedrock("\(place).\(member.key)") }
        }
    }

    private static func chosen(
        _ tools: [ChatTool], by choice: ChatToolChoice?
    ) throws(TranslationError) -> ([ChatTool], Choice?) {
        switch choice {
        case nil: return (tools, nil)
        case .some(.none): return ([], nil)
        case .auto: return (tools, tools.isEmpty ? nil : .auto)
        case .required: return (try chosen(tools, named: nil), .any)
        case .named(let name):
            _ = try chosen(tools, named: [name])
            return (tools, .tool(name))
        case .allowed(let names, let isRequired):
            return (try chosen(tools, named: names), isRequired ? .any : .auto)
        }
    }

    /// Those of the tools that have one of the names; all of them if there are no names.
    private static func chosen(_ tools: [ChatTool], named names: [String]?) throws(TranslationError) -> [ChatTool] {
        guard let chosen = tools.chosen(by: names) else {
            throw TranslationError(
                .invalid, parameter: "tool_choice", "'tool_choice' asks for a tool that 'tools' doesn't list.")
        }
        return chosen
    }
}

// MARK: Writing

extension ConverseTools {
    func write(to body: inout ConverseBody) {
        guard !tools.isEmpty else { return }
        body.object("toolConfig") { body in
            body.array("tools") { body in
                for (tool, cachePoint) in tools {
                    body.object { $0.object("toolSpec") { write(tool, to: &$0) } }
                    if let cachePoint { body.object { cachePoint.write(to: &$0) } }
                }
            }
            // With parallel calls forbidden, the choice is among the additional fields.
            guard let choice, !forbidsParallelCalls else { return }
            body.object("toolChoice") { write(choice, to: &$0) }
        }
    }

    private func write(_ tool: ChatTool, to body: inout ConverseBody) {
        body.string("name", tool.name)
        if let description = tool.description, !description.isEmpty { body.string("description", description) }
        body.object("inputSchema") { body in
            body.value("json", tool.parameters ?? ["type": "object", "properties": [:]])
        }
        if let isStrict = tool.isStrict { body.value("strict", .bool(isStrict)) }
    }

    private func write(_ choice: Choice, to body: inout ConverseBody) {
        switch choice {
        case .auto: body.value("auto", [:])
        case .any: body.value("any", [:])
        case .tool(let name): body.value("tool", ["name": .string(name)])
        }
    }

    /// Claude's own form of the choice, which alone can forbid parallel calls.
    func addFields(to fields: inout JSONObject) {
        guard forbidsParallelCalls else { return }
        var form: JSONObject =
            switch choice {
            case nil, .auto: ["type": "auto"]
            case .any: ["type": "any"]
            case .tool(let name): ["type": "tool", "name": .string(name)]
            }
        form["disable_parallel_tool_use"] = true
        fields["tool_choice"] = .object(form)
    }
}
