extension AnthropicDecoder {
    func tools(_ value: JSON) throws(ChatRequestError) -> [ChatTool] {
        guard let elements = value.array else { throw .type("tools", expected: .array) }
        var tools: [ChatTool] = []
        for (index, element) in elements.enumerated() { tools.append(try tool(element, at: "tools[\(index)]")) }
        return tools
    }

    private func tool(_ value: JSON, at place: String) throws(ChatRequestError) -> ChatTool {
        guard value.object != nil else { throw .type(place, expected: .object) }
        let type = try value.present("type")?.string(named: "\(place).type") ?? "custom"
        guard type == "custom" else { return native(value, type: type) }
        let schema = value["input_schema"] ?? .null
        if schema.isNull { throw .missing("\(place).input_schema") }
        guard schema.object != nil else { throw .type("\(place).input_schema", expected: .schema) }
        var tool = ChatTool(
            name: try name((value["name"] ?? .null).string(named: "\(place).name"), at: "\(place).name"),
            description: try value.present("description")?.string(named: "\(place).description"), parameters: schema,
            isStrict: try value.present("strict")?.bool(named: "\(place).strict"))
        tool.extensions = value.rest(beside: ["type", "name", "description", "input_schema", "strict"])
        return tool
    }

    /// Tools that Anthropic runs, or knows how to use, have a dated type in place of a schema.
    private func native(_ value: JSON, type: String) -> ChatTool {
        var tool = ChatTool(name: value["name"]?.string ?? type)
        tool.native = value
        return tool
    }

    /// `[A-Za-z0-9_-]{1,64}`
    private func name(_ name: String, at place: String) throws(ChatRequestError) -> String {
        guard 1...64 ~= name.utf8.count, AnthropicIdentifier.isSound(name) else {
            throw .value(place, message: "'\(place)' must be 1 to 64 letters, digits, '_' or '-'.")
        }
        return name
    }

    func readToolChoice(_ value: JSON, into request: inout ChatRequest) throws(ChatRequestError) {
        guard value.object != nil else { throw .type("tool_choice", expected: .object) }
        var members: Set<String> = ["type", "disable_parallel_tool_use"]
        switch try (value["type"] ?? .null).string(named: "tool_choice.type") {
        case "auto": request.toolChoice = .auto
        case "any": request.toolChoice = .required
        case "none": request.toolChoice = ChatToolChoice.none
        case "tool":
            request.toolChoice = .named(try (value["name"] ?? .null).string(named: "tool_choice.name"))
            members.insert("name")
        default: throw .value("tool_choice.type", message: "'tool_choice.type' must be auto, any, tool or none.")
        }
        if let isDisabled = value.present("disable_parallel_tool_use") {
            request.allowsParallelToolCalls = !(try isDisabled.bool(named: "tool_choice.disable_parallel_tool_use"))
        }
        request.keep(value.rest(beside: members), of: "tool_choice")
    }
}

/// The alphabet of names and ids on this wire: `^[a-zA-Z0-9_-]+$`.
enum AnthropicIdentifier {
    static func isSound(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
