import Wire

/// `generateContent` and `streamGenerateContent`.
struct Gemini: ChatDialect {
    enum Framing: Sendable {
        /// Server-sent events, lines ended by CRLF.
        case events
        /// One JSON array, written piece by piece.
        case list
    }

    let model: String
    /// Nil: not streamed.
    let framing: Framing?

    var spelling: Fields.Spelling { .camelOrSnake }
    var streamType: String { framing == .list ? "application/json" : "text/event-stream" }
    func garbageEvent(saying text: String) -> [UInt8] { Array("data: {\"broken\(text)\r\n\r\n".utf8) }

    func model(in call: Call, _ body: Fields) throws(Refusal) -> String { model }

    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        var reader = GeminiReader(body, model: model)
        var request = try reader.read()
        request.rendering.isStreamed = framing != nil
        return request
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        var candidate: JSONObject = ["index": 0]
        let parts = thoughts([answer.reasoning]) + texts([visibleText(answer)]) + calls(answer)
        if answer.finish != .filter {
            candidate["content"] = ["role": "model", "parts": .array(parts.isEmpty ? [["text": ""]] : parts)]
        }
        candidate["finishReason"] = .string(finishReason(answer))
        if request.rendering.includesLogProbabilities {
            candidate["avgLogprobs"] = JSON(-0.1)
            candidate["logprobsResult"] = logProbabilities(answer.textPieces)
        }
        return .json(response(.object(candidate), answer, usage(answer.usage)))
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        let pieces = answer.refusal.isEmpty ? answer.textPieces : answer.refusalPieces
        let parts = thoughts(answer.reasoningPieces) + texts(pieces) + calls(answer)
        var words = 0
        var chunks = parts.dropLast().map { part -> JSON in
            words += wordCount(part["text"]?.string ?? "")
            let running = usage(Usage(input: answer.usage.input, output: words))
            return response(["index": 0, "content": ["role": "model", "parts": [part]]], answer, running)
        }
        // The last piece rides with the finish reason, so that a client which keeps a history finds no empty turn.
        var last: JSONObject = ["index": 0]
        if answer.finish != .filter {
            last["content"] = ["role": "model", "parts": .array([parts.last ?? ["text": ""]])]
        }
        last["finishReason"] = .string(finishReason(answer))
        chunks.append(response(.object(last), answer, usage(answer.usage)))
        return reply(chunks)
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        let error: JSON = [
            "error": ["code": 503, "message": .string(message), "status": "UNAVAILABLE"]
        ]
        return framing == .list ? Array(",\r\n".utf8) + error.bytes() : Self.encoder.bytes(error)
    }
}

extension Gemini {
    private static let encoder = ServerSentEvents([.crlf])

    private func reply(_ chunks: [JSON]) -> StreamedReply {
        let last = chunks.count - 1
        let events = chunks.enumerated().map { index, chunk -> StreamEvent in
            let place: StreamEvent.Place = index == last ? .closing : .piece
            guard framing == .list else { return StreamEvent(place: place, bytes: Self.encoder.bytes(chunk)) }
            let opening = index == 0 ? "[" : ",\r\n"
            let closing = index == last ? "]" : ""
            return StreamEvent(place: place, bytes: Array(opening.utf8) + chunk.bytes() + Array(closing.utf8))
        }
        return StreamedReply(headers: ["content-type": streamType], events: events)
    }

    private func response(_ candidate: JSON, _ answer: Answer, _ usage: JSON) -> JSON {
        [
            "candidates": [candidate], "usageMetadata": usage, "modelVersion": .string(answer.model),
            "createTime": "2025-01-01T00:00:00.000000Z", "responseId": .string(answer.digest),
        ]
    }

    private func visibleText(_ answer: Answer) -> String { answer.refusal.isEmpty ? answer.text : answer.refusal }

    private func thoughts(_ pieces: [String]) -> [JSON] {
        pieces.filter { !$0.isEmpty }.map { ["text": .string($0), "thought": true] }
    }

    private func texts(_ pieces: [String]) -> [JSON] {
        pieces.filter { !$0.isEmpty }.map { ["text": .string($0)] }
    }

    /// Calls arrive whole; the first carries the signature of the thoughts that led to it.
    private func calls(_ answer: Answer) -> [JSON] {
        answer.calls.enumerated().map { index, call in
            let arguments = (try? JSON(parsing: call.arguments)) ?? [:]
            var part: JSONObject = ["functionCall": ["name": .string(call.name), "args": arguments]]
            if index == 0 { part["thoughtSignature"] = .string(ThoughtSignature.text(of: answer.reasoning)) }
            return .object(part)
        }
    }

    private func finishReason(_ answer: Answer) -> String {
        switch answer.finish {
        case .done, .stopSequence, .toolCalls, .refusal: "STOP"
        case .length: "MAX_TOKENS"
        case .filter: "SAFETY"
        }
    }

    /// Cached input is inside the count here, thoughts are apart, and what is zero is left out.
    private func usage(_ usage: Usage) -> JSON {
        var metadata: JSONObject = ["promptTokenCount": JSON(usage.input)]
        let counts = [
            ("candidatesTokenCount", max(0, usage.output - usage.reasoning)), ("thoughtsTokenCount", usage.reasoning),
            ("cachedContentTokenCount", usage.cacheRead),
        ]
        for (name, count) in counts where count > 0 { metadata[name] = JSON(count) }
        metadata["totalTokenCount"] = JSON(usage.total)
        metadata["promptTokensDetails"] = [["modality": "TEXT", "tokenCount": JSON(usage.input)]]
        metadata["trafficType"] = "ON_DEMAND"
        return .object(metadata)
    }

    private func logProbabilities(_ pieces: [String]) -> JSON {
        ["chosenCandidates": .array(pieces.map { ["token": .string($0), "logProbability": JSON(-0.1)] })]
    }
}
