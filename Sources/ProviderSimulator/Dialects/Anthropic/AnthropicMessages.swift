import Wire

/// Messages, on Anthropic's own API.
struct AnthropicMessages: ChatDialect {
    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        var reader = AnthropicReader(body, form: .api(version: call.headers["anthropic-version"]))
        return try reader.read()
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        .json(AnthropicMessage(answer).whole, headers: headers(answer))
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        .serverSent(AnthropicMessage(answer).serverSentEvents, headers: headers(answer))
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        let error: JSON = [
            "type": "error", "error": ["type": "overloaded_error", "message": .string(message)],
            "request_id": .string("req_\(id)"),
        ]
        return ServerSentEvents().bytes(error, name: "error")
    }

    private func headers(_ answer: Answer) -> HeaderFields {
        ["request-id": "req_\(answer.digest)", "anthropic-organization-id": "sim"]
    }
}

/// Writes an answer as Anthropic's message, for every provider that has Claude.
struct AnthropicMessage {
    private let answer: Answer
    private let blocks: [Block]

    struct Event {
        let place: StreamEvent.Place
        let name: String
        var data: JSONObject
    }

    /// A content block: whole, and as it starts and grows.
    private struct Block {
        let whole: JSON
        let start: JSON
        /// A delta that carries nothing of the answer.
        var opening: JSON?
        var deltas: [JSON]
        var signature: JSON?
    }

    init(_ answer: Answer) {
        self.answer = answer
        blocks = Self.blocks(of: answer)
    }

    var whole: JSON {
        var message = envelope
        message["content"] = .array(blocks.map(\.whole))
        message["stop_reason"] = .string(stopReason)
        message["stop_sequence"] = stopSequence
        message["stop_details"] = stopDetails
        message["usage"] = usage(output: answer.usage.output)
        return .object(message)
    }

    var events: [Event] {
        var start = envelope
        start["usage"] = usage(output: min(1, answer.usage.output))
        var events = [Event(.frame, "message_start", ["message": .object(start)])]
        for (index, block) in blocks.enumerated() {
            let place: JSONObject = ["index": JSON(index)]
            events.append(Event(.frame, "content_block_start", place, "content_block", block.start))
            if index == 0 { events.append(Event(.frame, "ping", [:])) }
            if let opening = block.opening {
                events.append(Event(.frame, "content_block_delta", place, "delta", opening))
            }
            events += block.deltas.map { Event(.piece, "content_block_delta", place, "delta", $0) }
            if let signature = block.signature {
                events.append(Event(.frame, "content_block_delta", place, "delta", signature))
            }
            events.append(Event(.frame, "content_block_stop", place))
        }
        let delta: JSON = [
            "stop_reason": .string(stopReason), "stop_sequence": stopSequence, "stop_details": stopDetails,
        ]
        events.append(
            Event(.closing, "message_delta", ["delta": delta], "usage", usage(output: answer.usage.output)))
        events.append(Event(.closing, "message_stop", [:]))
        return events
    }

    var serverSentEvents: [StreamEvent] {
        let encoder = ServerSentEvents(answer.quirks)
        return events.map { StreamEvent(place: $0.place, bytes: encoder.bytes(.object($0.data), name: $0.name)) }
    }
}

extension AnthropicMessage {
    private var envelope: JSONObject {
        var envelope: JSONObject = [
            "id": .string("msg_\(answer.digest)"), "type": "message", "role": "assistant",
            "model": .string(answer.model),
            "content": [], "stop_reason": nil, "stop_sequence": nil, "stop_details": nil,
        ]
        if answer.quirks.contains(.extraFields) { envelope["provider_specific_fields"] = ["simulated": true] }
        return envelope
    }

    private static func blocks(of answer: Answer) -> [Block] {
        var blocks: [Block] = []
        if !answer.reasoning.isEmpty {
            let signature = JSON.string(ThoughtSignature.text(of: answer.reasoning))
            blocks.append(
                Block(
                    whole: ["type": "thinking", "thinking": .string(answer.reasoning), "signature": signature],
                    start: ["type": "thinking", "thinking": "", "signature": ""],
                    deltas: answer.reasoningPieces.map { ["type": "thinking_delta", "thinking": .string($0)] },
                    signature: ["type": "signature_delta", "signature": signature]))
        }
        if !answer.text.isEmpty {
            blocks.append(
                Block(
                    whole: ["type": "text", "text": .string(answer.text)], start: ["type": "text", "text": ""],
                    deltas: answer.textPieces.map { ["type": "text_delta", "text": .string($0)] }))
        }
        return blocks + answer.calls.enumerated().map { block(of: $1, $0, answer) }
    }

    private static func block(of call: ToolCall, _ index: Int, _ answer: Answer) -> Block {
        var use: JSONObject = [
            "type": "tool_use", "id": .string("toolu_\(index)_\(answer.digest)"), "name": .string(call.name),
            "input": [:],
        ]
        let start = use
        use["input"] = (try? JSON(parsing: call.arguments)) ?? [:]
        func delta(_ piece: String) -> JSON { ["type": "input_json_delta", "partial_json": .string(piece)] }
        // The first piece is empty, and it is the only one of a call without arguments.
        let pieces = call.arguments == "{}" ? [] : answer.argumentPieces(of: call)
        return Block(whole: .object(use), start: .object(start), opening: delta(""), deltas: pieces.map(delta))
    }

    private var stopReason: String {
        switch answer.finish {
        case .done: "end_turn"
        case .stopSequence: "stop_sequence"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .filter, .refusal: "refusal"
        }
    }

    private var stopSequence: JSON {
        if case .stopSequence(let sequence) = answer.finish { .string(sequence) } else { nil }
    }

    /// A refusal has no content: its words are here.
    private var stopDetails: JSON {
        answer.refusal.isEmpty
            ? nil : ["type": "refusal", "category": nil, "explanation": .string(answer.refusal)]
    }

    /// Cached input is counted apart here; reasoning is inside the output.
    private func usage(output: Int) -> JSON {
        [
            "input_tokens": JSON(answer.usage.input), "output_tokens": JSON(output),
            "cache_creation_input_tokens": JSON(answer.usage.cacheWrite),
            "cache_read_input_tokens": JSON(answer.usage.cacheRead),
            "cache_creation": [
                "ephemeral_5m_input_tokens": JSON(answer.usage.cacheWrite), "ephemeral_1h_input_tokens": 0,
            ],
            "output_tokens_details": ["thinking_tokens": JSON(answer.usage.reasoning)],
            "service_tier": "standard", "inference_geo": .string(answer.geography), "server_tool_use": nil,
        ]
    }
}

extension AnthropicMessage.Event {
    fileprivate init(
        _ place: StreamEvent.Place, _ name: String, _ members: JSONObject, _ key: String? = nil, _ value: JSON = nil
    ) {
        var data: JSONObject = ["type": .string(name)]
        for member in members.members { data[member.key] = member.value }
        if let key { data[key] = value }
        self.init(place: place, name: name, data: data)
    }
}
