import Wire

/// `Converse` and `ConverseStream`.
struct BedrockConverse: ChatDialect {
    let model: String
    let isStreamed: Bool

    var streamType: String { "application/vnd.amazon.eventstream" }
    /// No frame begins so: its length would be two thousand million bytes, and its checksum is wrong.
    func garbageEvent(saying text: String) -> [UInt8] {
        Array("no frame of an event stream begins like this\(text)".utf8)
    }

    func model(in call: Call, _ body: Fields) throws(Refusal) -> String { model }

    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        var reader = BedrockConverseReader(body)
        var request = try reader.read()
        request.rendering.isStreamed = isStreamed
        return request
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        var content: [JSON] = []
        if !answer.reasoning.isEmpty {
            content.append([
                "reasoningContent": [
                    "reasoningText": ["text": .string(answer.reasoning), "signature": signature(answer)]
                ]
            ])
        }
        if !visibleText(answer).isEmpty { content.append(["text": .string(visibleText(answer))]) }
        for (index, call) in answer.calls.enumerated() {
            let input = (try? JSON(parsing: call.arguments)) ?? [:]
            content.append([
                "toolUse": ["toolUseId": .string(callID(answer, index)), "name": .string(call.name), "input": input]
            ])
        }
        let body: JSON = [
            "output": ["message": ["role": "assistant", "content": .array(content)]],
            "stopReason": .string(stopReason(answer)),
            "usage": usage(answer.usage),
            "metrics": ["latencyMs": 1],
        ]
        return .json(body, headers: ["x-amzn-RequestId": BedrockErrors.requestID(answer.digest)])
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        var writer = ConverseEvents()
        writer.add("messageStart", .frame, ["role": "assistant"])
        if !answer.reasoning.isEmpty {
            writer.addBlock(
                answer.reasoningPieces.map { ["reasoningContent": ["text": .string($0)]] },
                closing: ["reasoningContent": ["signature": signature(answer)]])
        }
        let pieces = answer.refusal.isEmpty ? answer.textPieces : answer.refusalPieces
        if !pieces.isEmpty { writer.addBlock(pieces.map { ["text": .string($0)] }) }
        for (index, call) in answer.calls.enumerated() {
            let start: JSON = ["toolUse": ["toolUseId": .string(callID(answer, index)), "name": .string(call.name)]]
            // The service sends nothing at all for a call without arguments.
            let pieces = call.arguments == "{}" ? [] : answer.argumentPieces(of: call)
            writer.addBlock(pieces.map { ["toolUse": ["input": .string($0)]] }, start: start)
        }
        writer.add("messageStop", .closing, ["stopReason": .string(stopReason(answer))])
        writer.add("metadata", .closing, ["usage": usage(answer.usage), "metrics": ["latencyMs": 1]])
        let headers: HeaderFields = [
            "content-type": streamType, "x-amzn-RequestId": BedrockErrors.requestID(answer.digest),
        ]
        return StreamedReply(headers: headers, events: writer.events)
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        BedrockFrames.exception("modelStreamErrorException", message)
    }

    /// A refusal is an ordinary text on this wire.
    private func visibleText(_ answer: Answer) -> String { answer.refusal.isEmpty ? answer.text : answer.refusal }

    private func signature(_ answer: Answer) -> JSON { .string(ThoughtSignature.text(of: answer.reasoning)) }

    private func callID(_ answer: Answer, _ index: Int) -> String { "tooluse_\(index)_\(answer.digest)" }

    private func stopReason(_ answer: Answer) -> String {
        switch answer.finish {
        case .done, .refusal: "end_turn"
        case .stopSequence: "stop_sequence"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .filter: "content_filtered"
        }
    }

    /// Cached input is counted apart here.
    private func usage(_ usage: Usage) -> JSON {
        [
            "inputTokens": JSON(usage.input), "outputTokens": JSON(usage.output), "totalTokens": JSON(usage.total),
            "cacheReadInputTokens": JSON(usage.cacheRead), "cacheWriteInputTokens": JSON(usage.cacheWrite),
        ]
    }
}

/// Writes the events of `ConverseStream`, each block with its number.
private struct ConverseEvents {
    private(set) var events: [StreamEvent] = []
    private var blocks = 0

    mutating func add(_ type: String, _ place: StreamEvent.Place, _ payload: JSONObject) {
        var payload = payload
        payload["p"] = BedrockFrames.padding(events.count)
        events.append(StreamEvent(place: place, bytes: BedrockFrames.event(type, .object(payload))))
    }

    /// A block of deltas. Only tool calls have a start of their own: text begins with its first delta.
    mutating func addBlock(_ deltas: [JSON], start: JSON? = nil, closing: JSON? = nil) {
        let index = JSON(blocks)
        blocks += 1
        if let start { add("contentBlockStart", .frame, ["contentBlockIndex": index, "start": start]) }
        for delta in deltas { add("contentBlockDelta", .piece, ["contentBlockIndex": index, "delta": delta]) }
        if let closing { add("contentBlockDelta", .frame, ["contentBlockIndex": index, "delta": closing]) }
        add("contentBlockStop", .frame, ["contentBlockIndex": index])
    }
}
