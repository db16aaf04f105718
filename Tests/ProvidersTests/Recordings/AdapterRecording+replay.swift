import Domain
import Fuzzing
import Providers
import Testing
import Wire

extension AdapterRecording {
    /// Runs the whole case: the request, and the reply in one piece; for others see ``RecordedSplitTests``.
    mutating func replay(on adapter: any TranslatingAdapter) throws {
        let chat = try chat()
        let request: UpstreamRequest
        do throws(TranslationError) {
            request = try adapter.request(for: chat, credential: .none, at: Timestamp(seconds: 1_795_335_391))
        } catch {
            let kind = error.kind == .invalid ? "invalid" : "unsupported"
            expect("refused", is: ["kind": JSON(kind), "parameter": JSON(error.parameter)])
            return try save()
        }
        #expect(entry["refused"] == nil, "\(testDescription) should be refused")
        let target = String(decoding: request.head.prefix { $0 != 0x0D }, as: UTF8.self)
        expect("target", is: JSON(target))
        guard case .bytes(let sent) = request.body else { return }
        expect("upstream", is: try JSON(parsing: sent))
        let body = try body()
        guard status == 200 else {
            let recording = self
            let fault = body.withUnsafeBytes { bytes in
                adapter.fault(of: FailedReply(status: status, header: { recording.header($0) }, body: bytes))
            }
            expect("fault", is: Self.json(fault))
            return try save()
        }
        try compare(ReadReply(of: [body[...]], by: adapter.reader(for: chat)))
        try save()
    }

    private mutating func compare(_ whole: ReadReply) throws {
        expect("events", is: .array(whole.events.map { Self.json($0) }))
        if let fault = whole.fault {
            expect("fault", is: Self.json(fault))
        } else {
            #expect(entry["fault"] == nil, "\(testDescription) should fail")
            expect("answer", is: try Self.answer(whole.events))
        }
    }

    // MARK: As they are on file

    /// What a caller of OpenAI's wire gets, streamed or not.
    private static func answer(_ events: [ChatEvent]) throws -> JSON {
        var builder = OpenAICompletionBuilder(ChatReplyIdentity(id: "x", created: 0, model: "m"))
        for event in events { builder.add(event) }
        var bytes: [UInt8] = []
        builder.write(to: &bytes)
        let reply = try JSON(parsing: bytes)
        let choice = reply["choices"]?.array?.first
        var answer: JSONObject = [:]
        var message = choice?["message"]?.object
        // Always empty, and of no interest.
        message?["annotations"] = nil
        answer["message"] = message.map { .object($0) }
        answer["finish_reason"] = choice?["finish_reason"]
        for name in ["prompt_tokens", "completion_tokens", "total_tokens"] { answer[name] = reply["usage"]?[name] }
        return .object(answer)
    }

    private static func json(_ fault: UpstreamFault) -> JSON {
        var json: JSONObject = [
            "cause": JSON(fault.cause.rawValue), "status": JSON(fault.status), "message": JSON(fault.message),
        ]
        json["retryAfter"] = fault.retryAfter.map { JSON($0) }
        return .object(json)
    }

    private static func json(_ event: ChatEvent) -> JSON {
        switch event {
        case .started(let id, let model):
            ["started", id.map { JSON($0) } ?? .null, model.map { JSON($0) } ?? .null]
        case .text(let text): ["text", JSON(text)]
        case .reasoning(let text): ["reasoning", JSON(text)]
        case .reasoningSignature(let signature): ["signature", JSON(signature)]
        case .redactedReasoning(let data): ["redacted", JSON(data)]
        case .refusal(let text): ["refusal", JSON(text)]
        case .toolCallStarted(let index, let id, let name): ["call", JSON(index), JSON(id), JSON(name)]
        case .toolCallArguments(let index, let text): ["arguments", JSON(index), JSON(text)]
        case .stopSequence(let text): ["stop", JSON(text)]
        case .finished(let reason): ["finished", JSON("\(reason)")]
        case .usage(let usage):
            [
                "usage",
                [
                    "input": JSON(usage.input), "output": JSON(usage.output), "cachedInput": JSON(usage.cachedInput),
                    "cacheWrite": JSON(usage.cacheWrite), "longCacheWrite": JSON(usage.longCacheWrite),
                    "reasoning": JSON(usage.reasoning),
                ],
            ]
        case .ended: ["ended"]
        }
    }
}
