import Wire

/// Responses.
struct OpenAIResponses: ChatDialect {
    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        var reader = OpenAIResponsesReader(body)
        return try reader.read()
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        let items = ResponseItem.items(of: answer, for: request).map { $0.object() }
        return .json(response(answer, request, finished: items), headers: OpenAIChat.headers(answer))
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        var writer = OpenAIResponseEvents(answer: answer)
        writer.add("response.created", .frame, ["response": response(answer, request, finished: nil)])
        writer.add("response.in_progress", .frame, ["response": response(answer, request, finished: nil)])
        let items = ResponseItem.items(of: answer, for: request)
        for (index, item) in items.enumerated() { writer.add(item, index) }
        let last = response(answer, request, finished: items.map { $0.object() })
        writer.add("response.\(Self.status(answer))", .closing, ["response": last])
        return .serverSent(writer.events, headers: OpenAIChat.headers(answer))
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        let error: JSON = [
            "type": "error", "code": "server_error", "message": .string(message), "param": nil,
            "sequence_number": JSON(events),
        ]
        return ServerSentEvents().bytes(error, name: "error")
    }

    static func status(_ answer: Answer) -> String {
        answer.finish == .length || answer.finish == .filter ? "incomplete" : "completed"
    }

    /// The response object. Without items it is in progress.
    private func response(_ answer: Answer, _ request: NormalizedRequest, finished items: [JSON]?) -> JSON {
        let body = request.body
        let status = items == nil ? "in_progress" : Self.status(answer)
        var response: JSONObject = [
            "id": .string("resp_\(answer.digest)"), "object": "response", "created_at": JSON(OpenAIChat.created),
            "status": .string(status), "error": nil, "incomplete_details": nil,
            "instructions": body["instructions"] ?? nil, "max_output_tokens": body["max_output_tokens"] ?? nil,
            "metadata": body["metadata"] ?? [:], "model": .string(answer.model), "output": .array(items ?? []),
            "parallel_tool_calls": .bool(request.allowsParallelCalls), "previous_response_id": nil,
            "reasoning": ["effort": nil, "summary": nil], "store": false, "temperature": body["temperature"] ?? 1,
            "text": body["text"] ?? ["format": ["type": "text"]], "tool_choice": body["tool_choice"] ?? "auto",
            "tools": body["tools"] ?? [], "top_p": body["top_p"] ?? 1, "truncation": "disabled", "usage": nil,
        ]
        if status == "incomplete" {
            response["incomplete_details"] = [
                "reason": answer.finish == .filter ? "content_filter" : "max_output_tokens"
            ]
        }
        if items != nil { response["usage"] = usage(answer.usage) }
        return .object(response)
    }

    private func usage(_ usage: Usage) -> JSON {
        [
            "input_tokens": JSON(usage.input),
            "input_tokens_details": [
                "cached_tokens": JSON(usage.cacheRead), "cache_write_tokens": JSON(usage.cacheWrite),
            ],
            "output_tokens": JSON(usage.output),
            "output_tokens_details": ["reasoning_tokens": JSON(usage.reasoning)],
            "total_tokens": JSON(usage.total),
        ]
    }
}

/// One thing in a response's output.
enum ResponseItem {
    case reasoning(id: String, pieces: [String], encrypted: String?)
    case text(id: String, pieces: [String], status: String)
    case refusal(id: String, pieces: [String])
    case call(id: String, callID: String, name: String, pieces: [String])

    static func items(of answer: Answer, for request: NormalizedRequest) -> [ResponseItem] {
        var items: [ResponseItem] = []
        if !answer.reasoning.isEmpty {
            let signature = ThoughtSignature.text(of: answer.reasoning)
            let encrypted = request.rendering.includesEncryptedReasoning ? signature : nil
            items.append(
                .reasoning(id: "rs_\(answer.digest)", pieces: answer.reasoningPieces, encrypted: encrypted))
        }
        let isOnlyCalls = answer.text.isEmpty && !answer.calls.isEmpty
        if !answer.refusal.isEmpty {
            items.append(.refusal(id: "msg_\(answer.digest)", pieces: answer.refusalPieces))
        } else if !isOnlyCalls, answer.finish != .filter {
            let status = answer.finish == .length ? "incomplete" : "completed"
            items.append(.text(id: "msg_\(answer.digest)", pieces: answer.textPieces, status: status))
        }
        for (index, call) in answer.calls.enumerated() {
            items.append(
                .call(
                    id: "fc_\(index)_\(answer.digest)", callID: OpenAIChat.callID(answer, index), name: call.name,
                    pieces: answer.argumentPieces(of: call)))
        }
        return items
    }

    var id: String {
        switch self {
        case .reasoning(let id, _, _), .text(let id, _, _), .refusal(let id, _), .call(let id, _, _, _): id
        }
    }

    var pieces: [String] {
        switch self {
        case .reasoning(_, let pieces, _), .text(_, let pieces, _), .refusal(_, let pieces), .call(_, _, _, let pieces):
            pieces
        }
    }

    /// The item as it is in the output; while it is streamed it has nothing in it yet.
    func object(isDone: Bool = true) -> JSON {
        let status = isDone ? finalStatus : "in_progress"
        var item: JSONObject = ["id": .string(id)]
        switch self {
        case .reasoning(_, _, let encrypted):
            item["type"] = "reasoning"
            item["summary"] = isDone ? [part()] : []
            if isDone, let encrypted { item["encrypted_content"] = .string(encrypted) }
        case .text, .refusal:
            item["type"] = "message"
            item["role"] = "assistant"
            item["status"] = .string(status)
            item["content"] = isDone ? [part()] : []
        case .call(_, let callID, let name, _):
            item["type"] = "function_call"
            item["call_id"] = .string(callID)
            item["name"] = .string(name)
            item["arguments"] = .string(isDone ? pieces.joined() : "")
            item["status"] = .string(status)
        }
        return .object(item)
    }

    private var finalStatus: String {
        if case .text(_, _, let status) = self { status } else { "completed" }
    }

    /// The part that holds the item's text.
    func part(isDone: Bool = true) -> JSON {
        let text = JSON.string(isDone ? pieces.joined() : "")
        return switch self {
        case .reasoning: ["type": "summary_text", "text": text]
        case .refusal: ["type": "refusal", "refusal": text]
        case .text, .call: ["type": "output_text", "annotations": [], "logprobs": [], "text": text]
        }
    }
}
