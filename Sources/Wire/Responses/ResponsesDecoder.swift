/// Reads a request of the Responses wire whole, into the inner form.
///
/// `null` is as good as absent. What the inner form has no place for is kept in `extensions`, under the name that the
/// chat wire has for it.
public struct ResponsesDecoder {
    public struct Decoded: Sendable {
        public var request: ChatRequest
        /// The members that a response repeats.
        public var echo: ResponsesEcho
    }

    public init() {}

    /// - Parameter ours: members of the gateway's own, which are left out.
    public func decoded(
        _ body: UnsafeRawBufferPointer, leavingOut ours: Set<String>
    ) throws(ResponsesRequestError) -> Decoded {
        let members = try members(of: body)
        try refuseWhatIsStored(members)
        do throws(OpenAIRequestError) {
            return try decoded(members, leavingOut: ours)
        } catch {
            throw .request(error)
        }
    }

    private func members(of body: UnsafeRawBufferPointer) throws(ResponsesRequestError) -> JSONObject {
        do throws(JSONError) {
            guard let members = try JSON(body).object else { throw JSONError(offset: -1, reason: .unexpectedByte) }
            return members
        } catch {
            throw .request(error.offset < 0 ? .type("body", expected: .object) : .json(error))
        }
    }

    private func refuseWhatIsStored(_ members: JSONObject) throws(ResponsesRequestError) {
        let whole = JSON.object(members)
        for name in [ResponsesRequestError.NotOffered.previousResponse, .conversation, .prompt] {
            if whole.present(name.rawValue) != nil { throw .notOffered(name) }
        }
        if whole["background"]?.bool == true { throw .notOffered(.background) }
        for item in whole["input"]?.array ?? [] where item["type"] == "item_reference" {
            throw .notOffered(.itemReference)
        }
    }

    private func decoded(
        _ members: JSONObject, leavingOut ours: Set<String>
    ) throws(OpenAIRequestError) -> Decoded {
        guard let model = members["model"] else { throw .missing("model") }
        var request = ChatRequest(model: try model.string(named: "model"), messages: [])
        for member in members.members where !member.value.isNull && !ours.contains(member.key) {
            try read(member.key, member.value, into: &request)
        }
        guard let input = JSON.object(members).present("input") else { throw .missing("input") }
        request.messages = try messages(input, instructions: JSON.object(members).present("instructions"))
        // Of what a stream may end with, counts are always a part on this wire.
        request.includesUsage = request.isStreamed
        return Decoded(request: request, echo: ResponsesEcho(members))
    }

    private func read(_ name: String, _ value: JSON, into request: inout ChatRequest) throws(OpenAIRequestError) {
        switch name {
        case "model", "input", "instructions": break
        case "stream": request.isStreamed = try value.bool(named: name)
        case "max_output_tokens": request.maximumOutputTokens = try value.count(named: name)
        case "temperature": request.temperature = try value.number(named: name, in: 0...2)
        case "top_p": request.topP = try value.number(named: name, in: 0...1)
        case "tools": request.tools = try tools(value)
        case "tool_choice": request.toolChoice = try toolChoice(value)
        case "parallel_tool_calls": request.allowsParallelToolCalls = try value.bool(named: name)
        case "text": try readText(value, into: &request)
        case "reasoning": request.reasoning = try reasoning(value)
        case "include": try readInclude(value, into: &request)
        // The response repeats it, and nothing else is done with it: what isn't stored needs no labels.
        case "metadata": guard value.object != nil else { throw .type(name, expected: .object) }
        // Answered as false, whatever is asked: nothing is stored.
        case "store", "background": _ = try value.bool(named: name)
        // A translated stream has no padding that could be left out.
        case "stream_options":
            guard value.object != nil else { throw .type(name, expected: .object) }
            request.keep(value.rest(beside: ["include_obfuscation"]), of: name)
        // It limits the provider's own tools, which no translated request has.
        case "max_tool_calls": _ = try value.count(named: name)
        case "truncation" where value == "disabled": break
        default: request.extensions[name] = value
        }
    }

    private func readText(_ value: JSON, into request: inout ChatRequest) throws(OpenAIRequestError) {
        guard value.object != nil else { throw .type("text", expected: .object) }
        if let format = value.present("format") { request.responseFormat = try self.format(format) }
        request.extensions["verbosity"] = value.present("verbosity")
        request.keep(value.rest(beside: ["format", "verbosity"]), of: "text")
    }

    private func format(_ value: JSON) throws(OpenAIRequestError) -> ChatResponseFormat {
        let type = try (value["type"] ?? .null).string(named: "text.format.type")
        let members = type == "json_schema" ? ChatResponseFormat.schemaMembers : []
        try value.allowOnly(members.union(["type"]), at: "text.format")
        switch type {
        case "text": return .text
        case "json_object": return .jsonObject
        case "json_schema":
            return try .jsonSchema(value, at: "text.format")
        default:
            throw .value("text.format.type", message: "'text.format.type' must be text, json_object or json_schema.")
        }
    }

    private func reasoning(_ value: JSON) throws(OpenAIRequestError) -> ChatReasoning? {
        guard value.object != nil else { throw .type("reasoning", expected: .object) }
        try value.allowOnly(["effort", "summary", "generate_summary"], at: "reasoning")
        var reasoning = ChatReasoning()
        if let effort = value.present("effort") {
            reasoning.effort = ReasoningEffort(rawValue: try effort.string(named: "reasoning.effort"))
            guard reasoning.effort != nil else {
                let known = ReasoningEffort.allCases.map(\.rawValue).joined(separator: ", ")
                throw .value("reasoning.effort", message: "'reasoning.effort' must be one of \(known).")
            }
        }
        if let style = value.present("summary") ?? value.present("generate_summary") {
            let style = try style.string(named: "reasoning.summary")
            reasoning.visibility = .summarized(style: style == "auto" ? nil : style)
        }
        return reasoning == ChatReasoning() ? nil : reasoning
    }

    /// What a response is to hold beside the usual. Proof of thinking always comes along; what tools of the provider's own
    /// bring is asked for in vain where there are no such tools.
    private func readInclude(_ value: JSON, into request: inout ChatRequest) throws(OpenAIRequestError) {
        guard let elements = value.array else { throw .type("include", expected: .array) }
        for (index, element) in elements.enumerated() {
            switch try element.string(named: "include[\(index)]") {
            case "message.output_text.logprobs": request.extensions["logprobs"] = true
            case "reasoning.encrypted_content", "message.input_image.image_url", "file_search_call.results",
                "web_search_call.results", "web_search_call.action.sources", "code_interpreter_call.outputs",
                "computer_call_output.output.image_url":
                break
            default: request.extensions["include"] = value
            }
        }
    }
}
