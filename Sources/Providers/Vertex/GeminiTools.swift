import Wire

/// `tools` and `toolConfig`.
struct GeminiTools {
    private let tools: [ChatTool]
    private let mode: Mode?

    private struct Mode {
        let name: String
        var allowed: [String] = []
    }

    init(_ chat: ChatRequest) throws(TranslationError) {
        for (index, tool) in chat.tools.enumerated() { try Self.refuse(tool, at: "tools[\(index)]") }
        tools = chat.tools
        mode = try chat.toolChoice.flatMap { choice throws(TranslationError) in
            try Self.mode(for: choice, among: chat.tools)
        }
    }

    /// Refuses what has no place here. Google's own tools leave the route's region, and are never asked for.
    private static func refuse(_ tool: ChatTool, at place: String) throws(TranslationError) {
        if let native = tool.native { throw .unsupportedByVertex("\(place).\(native["type"]?.string ?? "type")") }
        for member in tool.extensions.members where !GeminiNotes.isCacheMark(member.key) {
            let asksForNothing =
                switch member.key {
                // How the pieces of a call are cut on their way; the call is the same.
                case "eager_input_streaming": true
                case "defer_loading": member.value == false
                case "allowed_callers": member.value == ["direct"]
                default: member.value.asksForNothing
                }
            guard asksForNothing else { throw .unsupportedByVertex("\(place).\(member.key)") }
        }
    }

    private static func mode(for choice: ChatToolChoice, among tools: [ChatTool]) throws(TranslationError) -> Mode? {
        switch choice {
        case .auto: return tools.isEmpty ? nil : Mode(name: "AUTO")
        case .none: return tools.isEmpty ? nil : Mode(name: "NONE")
        case .required:
            guard !tools.isEmpty else { throw unknownTool }
            return Mode(name: "ANY")
        case .named(let name):
            return try Mode(name: "ANY", allowed: known([name], among: tools))
        // AUTO takes no list of names. VALIDATED does, and leaves the model the same choice.
        case .allowed(let names, let isRequired):
            return try Mode(name: isRequired ? "ANY" : "VALIDATED", allowed: known(names, among: tools))
        }
    }

    private static func known(_ names: [String], among tools: [ChatTool]) throws(TranslationError) -> [String] {
        let listed = Set(tools.map { ExactText($0.name) })
        guard !names.isEmpty, names.allSatisfy({ listed.contains(ExactText($0)) }) else {
            throw unknownTool
        }
        return names
    }

    private static var unknownTool: TranslationError {
        TranslationError(.invalid, parameter: "tool_choice", "It asks for a tool that isn't listed in 'tools'.")
    }

    func write(to body: inout GenerateContentBody) {
        writeTools(to: &body)
        guard !tools.isEmpty, let mode else { return }
        write(mode, to: &body)
    }

    /// The tools without the choice among them.
    func writeTools(to body: inout GenerateContentBody) {
        guard !tools.isEmpty else { return }
        // All functions go into one entry.
        body.array("tools") { body in
            body.object { body in
                body.array("functionDeclarations") { body in
                    for tool in tools { body.object { write(tool, to: &$0) } }
                }
            }
        }
    }

    private func write(_ mode: Mode, to body: inout GenerateContentBody) {
        body.object("toolConfig") { body in
            body.object("functionCallingConfig") { body in
                body.string("mode", mode.name)
                guard !mode.allowed.isEmpty else { return }
                body.array("allowedFunctionNames") { body in
                    for name in mode.allowed { body.string(nil, name) }
                }
            }
        }
    }

    /// `strict` is left out: Gemini holds every call against its schema and has no laxer or stricter way.
    private func write(_ tool: ChatTool, to body: inout GenerateContentBody) {
        body.string("name", tool.name)
        if let description = tool.description { body.string("description", description) }
        // `parameters` knows only a part of OpenAPI's schemas; this member takes JSON Schema as it is.
        if let parameters = tool.parameters { body.value("parametersJsonSchema", parameters) }
    }
}
