import Wire

/// The tools of a request, and whether and which the model must call. Converse has no way to list tools and forbid them:
/// a request that forbids them lists none.
struct ConverseTools {
    private enum Choice {
        case auto, any
        case tool(String)
    }

    private let tools: [ChatTool]
    private let choice: Choice?
    private let forbidsParallelCalls: Bool

    var isEmpty: Bool { tools.isEmpty }

    init(_ chat: ChatRequest, for model: ConverseModel) throws(TranslationError) {
        (tools, choice) = try Self.chosen(chat.tools, by: chat.toolChoice)
        forbidsParallelCalls = chat.allowsParallelToolCalls == false && !tools.isEmpty
        guard !forbidsParallelCalls || model.isClaude else { throw .unsupportedByBedrock("parallel_tool_calls") }
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
        let names = names.map(Set.init)
        let chosen = tools.filter { names?.contains($0.name) ?? true }
        guard !chosen.isEmpty, chosen.count >= names?.count ?? 1 else {
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
                for tool in tools {
                    body.object { $0.object("toolSpec") { write(tool, to: &$0) } }
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

    var hasAdditionalFields: Bool { forbidsParallelCalls }

    /// Claude's own form of the choice, which alone can forbid parallel calls.
    func writeAdditionalFields(to body: inout ConverseBody) {
        guard forbidsParallelCalls else { return }
        body.object("tool_choice") { body in
            switch choice {
            case nil, .auto: body.string("type", "auto")
            case .any: body.string("type", "any")
            case .tool(let name):
                body.string("type", "tool")
                body.string("name", name)
            }
            body.value("disable_parallel_tool_use", true)
        }
    }
}
