/// Reads a chat request of the OpenAI wire whole, into the inner form.
///
/// `null` is as good as absent. What the inner form has no place for is kept under its own name in `extensions`.
public struct OpenAIChatDecoder {
    public init() {}

    /// - Parameter ours: members of the gateway's own, which are left out.
    /// - Throws: ``OpenAIRequestError``.
    public func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(OpenAIRequestError) -> ChatRequest {
        guard let members = try tree(body).object else { throw .type("body", expected: .object) }
        guard let model = members["model"] else { throw .missing("model") }
        guard let messages = members["messages"] else { throw .missing("messages") }
        var request = ChatRequest(model: try model.string(named: "model"), messages: try self.messages(messages))
        for member in members.members where !member.value.isNull && !ours.contains(member.key) {
            try read(member.key, member.value, into: &request)
        }
        if request.includesUsage && !request.isStreamed {
            throw .value("stream_options", message: "'stream_options' is taken only with 'stream': true.")
        }
        let hasFunctions = try readFunctions(members, into: &request)
        request.callForm = hasFunctions ? .functionCall : .toolCalls
        return request
    }

    private func tree(_ body: UnsafeRawBufferPointer) throws(OpenAIRequestError) -> JSON {
        do { return try JSON(body) } catch { throw .json(error) }
    }

    private func read(_ name: String, _ value: JSON, into request: inout ChatRequest) throws(OpenAIRequestError) {
        switch name {
        case "model", "messages", "functions", "function_call": break
        case "stream": request.isStreamed = try value.bool(named: name)
        case "stream_options":
            request.includesUsage = try usageOption(value)
            // A translated stream has no padding that could be left out.
            request.keep(value.rest(beside: ["include_usage", "include_obfuscation"]), of: name)
        case "max_completion_tokens": request.maximumOutputTokens = try value.count(named: name)
        case "max_tokens":
            // The newer name wins, whichever comes first.
            let count = try value.count(named: name)
            request.maximumOutputTokens = request.maximumOutputTokens ?? count
        case "temperature": request.temperature = try value.number(named: name, in: 0...2)
        case "top_p": request.topP = try value.number(named: name, in: 0...1)
        // Not OpenAI's, but of many servers of this wire.
        case "top_k": request.topK = try value.count(named: name)
        case "stop": request.stop = try stopSequences(value)
        case "tools": request.tools = try tools(value)
        case "tool_choice": request.toolChoice = try toolChoice(value)
        case "parallel_tool_calls": request.allowsParallelToolCalls = try value.bool(named: name)
        case "response_format": request.responseFormat = try responseFormat(value)
        case "reasoning_effort": request.reasoning = ChatReasoning(effort: try reasoningEffort(value))
        default: request.extensions[name] = value
        }
    }

    private func usageOption(_ value: JSON) throws(OpenAIRequestError) -> Bool {
        guard value.object != nil else { throw .type("stream_options", expected: .object) }
        guard let flag = value["include_usage"], !flag.isNull else { return false }
        return try flag.bool(named: "stream_options.include_usage")
    }

    private func stopSequences(_ value: JSON) throws(OpenAIRequestError) -> [String] {
        if let text = value.string { return [text] }
        guard let texts = value.array else { throw .type("stop", expected: .stringOrStrings) }
        var stops: [String] = []
        for (index, text) in texts.enumerated() { stops.append(try text.string(named: "stop[\(index)]")) }
        return stops
    }

    private func reasoningEffort(_ value: JSON) throws(OpenAIRequestError) -> ReasoningEffort {
        guard let effort = ReasoningEffort(rawValue: try value.string(named: "reasoning_effort")) else {
            let known = ReasoningEffort.allCases.map(\.rawValue).joined(separator: ", ")
            throw .value("reasoning_effort", message: "'reasoning_effort' must be one of \(known).")
        }
        return effort
    }

    private func responseFormat(_ value: JSON) throws(OpenAIRequestError) -> ChatResponseFormat {
        let type = try (value["type"] ?? .null).string(named: "response_format.type")
        try value.allowOnly(["type", "json_schema"], at: "response_format")
        switch type {
        case "text": return .text
        case "json_object": return .jsonObject
        case "json_schema":
            guard let format = value["json_schema"], format.object != nil else {
                throw .missing("response_format.json_schema")
            }
            try format.allowOnly(ChatResponseFormat.schemaMembers, at: "response_format.json_schema")
            return try .jsonSchema(format, at: "response_format.json_schema")
        default:
            throw .value(
                "response_format.type", message: "'response_format.type' must be text, json_object or json_schema.")
        }
    }
}

// MARK: Tools

extension OpenAIChatDecoder {
    private func tools(_ value: JSON) throws(OpenAIRequestError) -> [ChatTool] {
        guard let elements = value.array else { throw .type("tools", expected: .array) }
        var tools: [ChatTool] = []
        for (index, element) in elements.enumerated() {
            tools.append(try tool(entry: element, at: "tools[\(index)]"))
        }
        return tools
    }

    private func tool(entry: JSON, at place: String) throws(OpenAIRequestError) -> ChatTool {
        switch entry["type"]?.string {
        case "function":
            guard let function = entry["function"], function.object != nil else { throw .missing("\(place).function") }
            var tool = try tool(function, at: "\(place).function")
            for member in entry.rest(beside: ["type", "function"]).members {
                tool.extensions[member.key] = member.value
            }
            return tool
        case "custom":
            let name = entry["custom"]?["name"] ?? .null
            var tool = ChatTool(name: try functionName(name.string(named: "\(place).custom.name"), at: place))
            tool.description = entry["custom"]?["description"]?.string
            tool.native = entry
            return tool
        default:
            throw .value("\(place).type", message: "'\(place).type' must be function or custom.")
        }
    }

    func tool(_ function: JSON, at place: String) throws(OpenAIRequestError) -> ChatTool {
        let parameters = function.present("parameters")
        guard parameters == nil || parameters?.object != nil else {
            throw .type("\(place).parameters", expected: .schema)
        }
        var tool = ChatTool(
            name: try functionName((function["name"] ?? .null).string(named: "\(place).name"), at: "\(place).name"),
            description: try function.present("description")?.string(named: "\(place).description"),
            parameters: parameters, isStrict: try function.present("strict")?.bool(named: "\(place).strict"))
        tool.extensions = function.rest(beside: ["name", "description", "parameters", "strict"])
        return tool
    }

    /// `[A-Za-z0-9_-]{1,64}`
    func functionName(_ name: String, at place: String) throws(OpenAIRequestError) -> String {
        let isSound =
            (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isSound else {
            throw .value(place, message: "'\(place)' must be 1 to 64 letters, digits, '_' or '-'.")
        }
        return name
    }

    private func toolChoice(_ value: JSON) throws(OpenAIRequestError) -> ChatToolChoice {
        switch value.string {
        case "auto": return .auto
        case "none": return .none
        case "required": return .required
        case .some: throw .value("tool_choice", message: "'tool_choice' must be none, auto, required or an object.")
        case nil: break
        }
        guard value.object != nil else { throw .type("tool_choice", expected: .stringOrObject) }
        let type = value["type"]?.string ?? ""
        let isCustom = type == "custom" && value["custom"]?.object != nil
        guard isCustom || type == "function" || type == "allowed_tools" else {
            throw .value(
                "tool_choice.type", message: "'tool_choice.type' must be function, custom or allowed_tools.")
        }
        guard type == "allowed_tools" else { return .named(try toolName(value, at: "tool_choice")) }
        try value.allowOnly(["type", "allowed_tools"], at: "tool_choice")
        return try allowedTools(value["allowed_tools"] ?? .null)
    }

    private func allowedTools(_ value: JSON) throws(OpenAIRequestError) -> ChatToolChoice {
        let place = "tool_choice.allowed_tools"
        guard let tools = value["tools"]?.array else { throw .missing("\(place).tools") }
        try value.allowOnly(["mode", "tools"], at: place)
        var names: [String] = []
        for (index, tool) in tools.enumerated() { names.append(try toolName(tool, at: "\(place).tools[\(index)]")) }
        return .allowed(names, isRequired: try value.isRequired(at: place))
    }

    /// The name of a tool that isn't described here, only chosen.
    private func toolName(_ value: JSON, at place: String) throws(OpenAIRequestError) -> String {
        let type = value["type"] == "custom" ? "custom" : "function"
        try value.allowOnly(["type", type], at: place)
        try value[type]?.allowOnly(["name"], at: "\(place).\(type)")
        return try (value[type]?["name"] ?? .null).string(named: "\(place).\(type).name")
    }
}

extension ChatResponseFormat {
    static let schemaMembers: Set<String> = ["name", "description", "schema", "strict"]

    static func jsonSchema(_ format: JSON, at place: String) throws(ChatRequestError) -> ChatResponseFormat {
        .jsonSchema(
            name: try (format["name"] ?? .null).string(named: "\(place).name"),
            description: try format.present("description")?.string(named: "\(place).description"),
            schema: format.present("schema"), isStrict: try format.present("strict")?.bool(named: "\(place).strict"))
    }
}

extension JSON {
    /// The value of a member, unless it is null. Not with a plain `nil`: that is a literal of this type too.
    func present(_ key: String) -> JSON? {
        guard let value = self[key], !value.isNull else { return Optional.none }
        return value
    }

    func string(named name: String) throws(OpenAIRequestError) -> String {
        if isNull { throw .missing(name) }
        guard let string else { throw .type(name, expected: .string) }
        return string
    }

    /// Refuses members of an object that nobody here would read.
    func allowOnly(_ names: Set<String>, at place: String) throws(OpenAIRequestError) {
        for member in object?.members ?? [] where !names.contains(member.key) && !member.value.saysNothing {
            throw .unknown("\(place).\(member.key)")
        }
    }

    /// The `mode` of a choice among some of the tools.
    func isRequired(at place: String) throws(OpenAIRequestError) -> Bool {
        switch self["mode"] {
        case nil, .some(.null), "auto": return false
        case "required": return true
        default: throw .value("\(place).mode", message: "'\(place).mode' must be auto or required.")
        }
    }

    func bool(named name: String) throws(OpenAIRequestError) -> Bool {
        guard let bool else { throw .type(name, expected: .flag) }
        return bool
    }

    func count(named name: String) throws(OpenAIRequestError) -> Int {
        guard let int else { throw .type(name, expected: .wholeNumber) }
        guard int >= 1 else { throw .value(name, message: "'\(name)' must be at least 1.") }
        return int
    }

    func number(named name: String, in range: ClosedRange<Double>) throws(OpenAIRequestError) -> Double {
        guard let double else { throw .type(name, expected: .number) }
        guard range.contains(double) else {
            let bounds = "\(JSON(range.lowerBound).text()) and \(JSON(range.upperBound).text())"
            throw .value(name, message: "'\(name)' must lie between \(bounds).")
        }
        return double
    }
}
