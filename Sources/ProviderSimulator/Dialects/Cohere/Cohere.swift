import Wire

/// Cohere's own API.
struct Cohere: Provider {
    func door(for call: Call) -> Door? {
        guard call.isPost, call.path == "/v2/chat" else { return nil }
        return Door(credential: .key(headers: []), errors: CohereErrors(), purpose: .chat(CohereChat()))
    }
}

struct CohereErrors: ErrorDialect {
    func reply(to refusal: Refusal, id: String) -> Reply {
        let message =
            refusal.reason == .contextLength
            ? "too many tokens: the prompt is longer than the model's context." : refusal.message
        var reply = Reply.json(["id": .string(id), "message": .string(message)], status: refusal.status)
        if let seconds = refusal.retryAfter { reply.headers.add("retry-after", seconds) }
        return reply
    }
}

/// Chat, version 2.
struct CohereChat: ChatDialect {
    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        var reader = CohereReader(body)
        return try reader.read()
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        var content: [JSON] = []
        if !answer.reasoning.isEmpty { content.append(["type": "thinking", "thinking": .string(answer.reasoning)]) }
        if !plan(answer), !visibleText(answer).isEmpty {
            content.append(["type": "text", "text": .string(visibleText(answer))])
        }
        var message: JSONObject = ["role": "assistant"]
        if !content.isEmpty { message["content"] = .array(content) }
        if plan(answer) { message["tool_plan"] = .string(answer.text) }
        if !answer.calls.isEmpty {
            message["tool_calls"] = .array(
                answer.calls.enumerated().map { call($1, $0, answer, arguments: $1.arguments) })
        }
        return .json([
            "id": .string(answer.digest), "finish_reason": .string(finishReason(answer)), "message": .object(message),
            "usage": usage(answer.usage),
        ])
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        var writer = CohereEvents(quirks: answer.quirks)
        let start: JSON = ["message": ["role": "assistant", "content": [], "tool_plan": "", "tool_calls": []]]
        writer.add("message-start", .frame, ["id": .string(answer.digest), "delta": start])
        writer.addContent("thinking", answer.reasoningPieces)
        let pieces = answer.refusal.isEmpty ? answer.textPieces : answer.refusalPieces
        if plan(answer) {
            for piece in pieces {
                writer.add("tool-plan-delta", .piece, ["delta": ["message": ["tool_plan": .string(piece)]]])
            }
        } else {
            writer.addContent("text", pieces)
        }
        for (index, call) in answer.calls.enumerated() {
            writer.addCall(self.call(call, index, answer, arguments: ""), answer.argumentPieces(of: call), index)
        }
        let delta: JSON = ["finish_reason": .string(finishReason(answer)), "usage": usage(answer.usage)]
        writer.add("message-end", .closing, ["id": .string(answer.digest), "delta": delta])
        return .serverSent(writer.events)
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        let delta: JSON = ["finish_reason": "ERROR", "error": .string(message)]
        return ServerSentEvents().bytes(["type": "message-end", "delta": delta], name: "message-end")
    }

    /// Text before calls is a plan here.
    private func plan(_ answer: Answer) -> Bool { !answer.calls.isEmpty && !answer.text.isEmpty }

    private func visibleText(_ answer: Answer) -> String { answer.refusal.isEmpty ? answer.text : answer.refusal }

    private func call(_ call: ToolCall, _ index: Int, _ answer: Answer, arguments: String) -> JSON {
        [
            "id": .string("\(call.name)_\(index)_\(answer.digest)"), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(arguments)],
        ]
    }

    private func finishReason(_ answer: Answer) -> String {
        switch answer.finish {
        case .done, .refusal: "COMPLETE"
        case .stopSequence: "STOP_SEQUENCE"
        case .length: "MAX_TOKENS"
        case .toolCalls: "TOOL_CALL"
        case .filter: "ERROR"
        }
    }

    /// Counts are written as fractions here, and cached input is not billed.
    private func usage(_ usage: Usage) -> JSON {
        func fraction(_ count: Int) -> JSON { .number("\(count).0") }
        return [
            "billed_units": [
                "input_tokens": fraction(max(0, usage.input - usage.cacheRead)),
                "output_tokens": fraction(usage.output),
            ],
            "tokens": ["input_tokens": fraction(usage.input), "output_tokens": fraction(usage.output)],
            "cached_tokens": fraction(usage.cacheRead),
        ]
    }
}

/// Writes Cohere's events; content blocks are numbered.
private struct CohereEvents {
    private let encoder: ServerSentEvents
    private(set) var events: [StreamEvent] = []
    private var blocks = 0

    init(quirks: Set<Quirk>) { encoder = ServerSentEvents(quirks) }

    mutating func add(_ type: String, _ place: StreamEvent.Place, _ members: JSONObject) {
        var event: JSONObject = ["type": .string(type)]
        for member in members.members { event[member.key] = member.value }
        events.append(StreamEvent(place: place, bytes: encoder.bytes(.object(event), name: type)))
    }

    mutating func addContent(_ kind: String, _ pieces: [String]) {
        guard !pieces.isEmpty else { return }
        let index = JSON(blocks)
        blocks += 1
        func delta(_ content: JSONObject) -> JSON { ["message": ["content": .object(content)]] }
        add("content-start", .frame, ["index": index, "delta": delta(["type": .string(kind), kind: ""])])
        for piece in pieces {
            add("content-delta", .piece, ["index": index, "delta": delta([kind: .string(piece)])])
        }
        add("content-end", .frame, ["index": index])
    }

    mutating func addCall(_ head: JSON, _ pieces: [String], _ number: Int) {
        let index = JSON(number)
        add("tool-call-start", .frame, ["index": index, "delta": ["message": ["tool_calls": head]]])
        for piece in pieces {
            let delta: JSON = ["message": ["tool_calls": ["function": ["arguments": .string(piece)]]]]
            add("tool-call-delta", .piece, ["index": index, "delta": delta])
        }
        add("tool-call-end", .frame, ["index": index])
    }
}
