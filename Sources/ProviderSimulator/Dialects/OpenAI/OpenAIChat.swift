import Wire

/// Chat completions.
struct OpenAIChat: ChatDialect {
    /// 2025-01-01T00:00:00Z: nothing in an answer depends on the clock.
    static let created = 1_735_689_600

    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        var reader = OpenAIChatReader(body)
        return try reader.read()
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        .json(completion(answer, to: request), headers: Self.headers(answer))
    }

    func completion(_ answer: Answer, to request: NormalizedRequest) -> JSON {
        var completion = envelope(answer, "chat.completion")
        let choice: JSONObject = [
            "index": 0,
            "message": message(answer, request.rendering),
            "logprobs": request.rendering.includesLogProbabilities ? logProbabilities(answer.textPieces) : nil,
            "finish_reason": .string(finishReason(answer, request.rendering)),
        ]
        completion["choices"] = .array(
            (0..<request.rendering.choices).map { index in
                var choice = choice
                choice["index"] = JSON(index)
                return .object(choice)
            })
        completion["usage"] = usage(answer.usage)
        return .object(completion)
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        let writer = OpenAIChunks(dialect: self, answer: answer, rendering: request.rendering)
        let events = ServerSentEvents(answer.quirks)
        var pieces = writer.chunks().map { StreamEvent(place: $0.place, bytes: events.bytes(.object($0.chunk))) }
        if !answer.quirks.contains(.noDone) {
            pieces.append(StreamEvent(place: .closing, bytes: events.bytes(text: "[DONE]")))
        }
        return .serverSent(pieces, headers: Self.headers(answer))
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        let error = OpenAIErrors.object(message: message, type: "server_error", code: nil)
        return ServerSentEvents().bytes(["error": error])
    }

    static func headers(_ answer: Answer) -> HeaderFields {
        ["x-request-id": "req_\(answer.digest)", "openai-version": "2020-10-01", "openai-processing-ms": "1"]
    }
}

// MARK: Parts that whole and streamed answers share

extension OpenAIChat {
    func envelope(_ answer: Answer, _ object: String) -> JSONObject {
        var envelope: JSONObject = [
            "id": .string("chatcmpl-\(answer.digest)"), "object": .string(object), "created": JSON(Self.created),
            "model": .string(answer.model), "choices": [], "service_tier": "default", "system_fingerprint": "fp_sim",
        ]
        if answer.quirks.contains(.extraFields) {
            envelope["timings"] = ["prompt_ms": 1, "predicted_ms": 1]
            envelope["provider_specific_fields"] = ["simulated": true]
        }
        return envelope
    }

    private func message(_ answer: Answer, _ rendering: NormalizedRequest.Rendering) -> JSON {
        var message: JSONObject = ["role": "assistant"]
        let isSilent = answer.text.isEmpty && (!answer.calls.isEmpty || !answer.refusal.isEmpty)
        if !isSilent {
            message["content"] = .string(answer.text)
        } else if !answer.quirks.contains(.nullContent) {
            message["content"] = .null
        }
        message["refusal"] = answer.refusal.isEmpty ? .null : .string(answer.refusal)
        if !answer.reasoning.isEmpty { message["reasoning_content"] = .string(answer.reasoning) }
        if rendering.usesLegacyFunctions, let call = answer.calls.first {
            message["function_call"] = function(call)
        } else if !answer.calls.isEmpty {
            message["tool_calls"] = .array(
                answer.calls.enumerated().map { index, call in
                    ["id": .string(Self.callID(answer, index)), "type": "function", "function": function(call)]
                })
        }
        message["annotations"] = []
        if answer.quirks.contains(.extraFields) { message["provider_specific_fields"] = ["simulated": true] }
        return .object(message)
    }

    private func function(_ call: ToolCall) -> JSON {
        ["name": .string(call.name), "arguments": .string(call.arguments)]
    }

    static func callID(_ answer: Answer, _ index: Int) -> String { "call_\(index)_\(answer.digest)" }

    func finishReason(_ answer: Answer, _ rendering: NormalizedRequest.Rendering) -> String {
        switch answer.finish {
        case .done, .stopSequence, .refusal: "stop"
        case .length: "length"
        case .toolCalls: rendering.usesLegacyFunctions ? "function_call" : "tool_calls"
        case .filter: "content_filter"
        }
    }

    /// Cached input and reasoning are inside the counts here.
    func usage(_ usage: Usage) -> JSON {
        [
            "prompt_tokens": JSON(usage.input), "completion_tokens": JSON(usage.output),
            "total_tokens": JSON(usage.total),
            "prompt_tokens_details": [
                "cached_tokens": JSON(usage.cacheRead), "cache_write_tokens": JSON(usage.cacheWrite), "audio_tokens": 0,
            ],
            "completion_tokens_details": [
                "reasoning_tokens": JSON(usage.reasoning), "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ],
        ]
    }

    func logProbabilities(_ pieces: [String]) -> JSON {
        let content = pieces.map { piece -> JSON in
            [
                "token": .string(piece), "logprob": JSON(-0.1), "bytes": .array(piece.utf8.map { JSON(Int($0)) }),
                "top_logprobs": [],
            ]
        }
        return ["content": .array(content), "refusal": nil]
    }
}
