/// Reads a request of the Anthropic Messages wire whole, into the inner form.
///
/// `null` is as good as absent. What the inner form has no place for is kept under its own name in `extensions`: for a
/// member inside `thinking`, `output_config`, `tool_choice` or `metadata` that is its path, such as `thinking.style`.
public struct AnthropicDecoder {
    /// What is asked.
    public enum Purpose: Sendable {
        case message
        /// Only how many tokens the request has: it needs no limit for an answer.
        case tokenCount
    }

    private let purpose: Purpose

    public init(_ purpose: Purpose = .message) { self.purpose = purpose }

    /// - Parameter ours: members of the gateway's own, which are left out.
    public func request(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(ChatRequestError) -> ChatRequest {
        guard let members = try tree(body).object else { throw .type("body", expected: .object) }
        guard let model = members["model"] else { throw .missing("model") }
        guard let messages = members["messages"] else { throw .missing("messages") }
        var request = ChatRequest(model: try model.string(named: "model"), messages: [])
        if let system = members["system"], !system.isNull { request.messages.append(try self.system(system)) }
        request.messages += try self.messages(messages)
        for member in members.members where !member.value.isNull && !ours.contains(member.key) {
            try read(member.key, member.value, into: &request)
        }
        if request.maximumOutputTokens == nil, purpose == .message { throw .missing("max_tokens") }
        // A stream of this wire always tells the usage.
        request.includesUsage = request.isStreamed
        return request
    }

    private func tree(_ body: UnsafeRawBufferPointer) throws(ChatRequestError) -> JSON {
        do { return try JSON(body) } catch { throw .json(error) }
    }

    private func read(_ name: String, _ value: JSON, into request: inout ChatRequest) throws(ChatRequestError) {
        switch name {
        case "model", "messages", "system": break
        case "max_tokens": request.maximumOutputTokens = try value.limit(named: name)
        case "stop_sequences": request.stop = try stopSequences(value)
        case "stream": request.isStreamed = try value.bool(named: name)
        case "temperature": request.temperature = try value.number(named: name, in: 0...1)
        case "top_p": request.topP = try value.number(named: name, in: 0...1)
        case "top_k": request.topK = try value.limit(named: name)
        case "tools": request.tools = try tools(value)
        case "tool_choice": try readToolChoice(value, into: &request)
        case "thinking": try readThinking(value, into: &request)
        case "output_config": try readOutputConfig(value, into: &request)
        case "metadata": try readMetadata(value, into: &request)
        case "service_tier": request.extensions[name] = try serviceTier(value)
        default: request.extensions[name] = value
        }
    }

    private func stopSequences(_ value: JSON) throws(ChatRequestError) -> [String] {
        guard let texts = value.array else { throw .type("stop_sequences", expected: .strings) }
        var stops: [String] = []
        for (index, text) in texts.enumerated() { stops.append(try text.string(named: "stop_sequences[\(index)]")) }
        return stops
    }
}

// MARK: Options

extension AnthropicDecoder {
    private func readThinking(_ value: JSON, into request: inout ChatRequest) throws(ChatRequestError) {
        guard value.object != nil else { throw .type("thinking", expected: .object) }
        var reasoning = request.reasoning ?? ChatReasoning()
        var members: Set<String> = ["type", "display"]
        switch try (value["type"] ?? .null).string(named: "thinking.type") {
        case "disabled": reasoning.thinking = .off
        case "adaptive": reasoning.thinking = .adaptive
        case "between_tools": reasoning.thinking = .betweenTools
        case "enabled":
            guard let budget = value.present("budget_tokens") else { throw .missing("thinking.budget_tokens") }
            reasoning.thinking = .budget(try budget.count(named: "thinking.budget_tokens"))
            members.insert("budget_tokens")
        default:
            throw .value(
                "thinking.type", message: "'thinking.type' must be adaptive, enabled, between_tools or disabled.")
        }
        if let display = value.present("display") { reasoning.visibility = try visibility(display) }
        request.reasoning = reasoning
        request.keep(value.rest(beside: members), of: "thinking")
    }

    private func visibility(_ value: JSON) throws(ChatRequestError) -> ChatReasoning.Visibility {
        switch try value.string(named: "thinking.display") {
        case "omitted": return .omitted
        case "summarized": return .summarized(style: nil)
        default:
            throw .value("thinking.display", message: "'thinking.display' must be summarized or omitted.")
        }
    }

    private func readOutputConfig(_ value: JSON, into request: inout ChatRequest) throws(ChatRequestError) {
        guard value.object != nil else { throw .type("output_config", expected: .object) }
        if let effort = value.present("effort") {
            var reasoning = request.reasoning ?? ChatReasoning()
            reasoning.effort = try self.effort(effort)
            request.reasoning = reasoning
        }
        if let format = value.present("format") { request.responseFormat = try self.format(format) }
        request.keep(value.rest(beside: ["effort", "format"]), of: "output_config")
    }

    private func effort(_ value: JSON) throws(ChatRequestError) -> ReasoningEffort {
        switch ReasoningEffort(rawValue: try value.string(named: "output_config.effort")) {
        case let effort? where effort != .none && effort != .minimal: return effort
        default:
            throw .value(
                "output_config.effort", message: "'output_config.effort' must be low, medium, high, xhigh or max.")
        }
    }

    private func format(_ value: JSON) throws(ChatRequestError) -> ChatResponseFormat {
        guard try (value["type"] ?? .null).string(named: "output_config.format.type") == "json_schema" else {
            throw .value("output_config.format.type", message: "'output_config.format.type' must be json_schema.")
        }
        try value.allowOnly(["type", "schema"], at: "output_config.format")
        guard let schema = value.present("schema") else { throw .missing("output_config.format.schema") }
        guard schema.object != nil else {
            throw .type("output_config.format.schema", expected: .schema)
        }
        // Other wires want a name, which is a label and no more.
        return .jsonSchema(name: "output", description: nil, schema: schema, isStrict: nil)
    }

    private func readMetadata(_ value: JSON, into request: inout ChatRequest) throws(ChatRequestError) {
        guard value.object != nil else { throw .type("metadata", expected: .object) }
        if let user = value.present("user_id") {
            request.extensions["user"] = .string(try user.string(named: "metadata.user_id"))
        }
        request.keep(value.rest(beside: ["user_id"]), of: "metadata")
    }

    /// In OpenAI's words.
    private func serviceTier(_ value: JSON) throws(ChatRequestError) -> JSON {
        switch try value.string(named: "service_tier") {
        case "auto": return "auto"
        case "standard_only": return "default"
        default: throw .value("service_tier", message: "'service_tier' must be auto or standard_only.")
        }
    }
}

extension ChatRequest {
    /// Keeps what isn't known of a member's own members.
    mutating func keep(_ rest: JSONObject, of member: String) {
        for entry in rest.members { extensions["\(member).\(entry.key)"] = entry.value }
    }
}

extension JSON {
    /// A number of tokens; with 0 for a limit no answer is wanted, only the cache is filled.
    fileprivate func limit(named name: String) throws(ChatRequestError) -> Int {
        guard let int else { throw .type(name, expected: .wholeNumber) }
        guard int >= 0 else { throw .value(name, message: "'\(name)' must not be negative.") }
        return int
    }
}
