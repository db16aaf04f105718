import Wire

/// `InvokeModel` and `InvokeModelWithResponseStream` for Claude: Anthropic's messages inside Bedrock's envelope.
struct BedrockInvoke: ChatDialect {
    let model: String
    let isStreamed: Bool

    var streamType: String { "application/vnd.amazon.eventstream" }
    func garbageEvent(saying text: String) -> [UInt8] {
        BedrockConverse(model: model, isStreamed: true).garbageEvent(saying: text)
    }

    func model(in call: Call, _ body: Fields) throws(Refusal) -> String { model }

    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        let version = try body.requiredString("anthropic_version")
        guard version == "bedrock-2023-05-31" || !hasDate else {
            throw body.invalid("anthropic_version", "must be bedrock-2023-05-31 for this model.")
        }
        var reader = AnthropicReader(body, form: .bedrock)
        var request = try reader.read()
        request.rendering.isStreamed = isStreamed
        return request
    }

    /// Whether the model's identifier has a date in it, or is an ARN.
    private var hasDate: Bool {
        model.hasPrefix("arn:") || model.split { !$0.isNumber }.contains { $0.count == 8 && $0.hasPrefix("20") }
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        let headers: HeaderFields = [
            "x-amzn-RequestId": BedrockErrors.requestID(answer.digest),
            "X-Amzn-Bedrock-Input-Token-Count": String(answer.usage.input),
            "X-Amzn-Bedrock-Output-Token-Count": String(answer.usage.output),
            "X-Amzn-Bedrock-Invocation-Latency": "1",
        ]
        return .json(AnthropicMessage(answer).whole, headers: headers)
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        var events = AnthropicMessage(answer).events
        events[events.count - 1].data["amazon-bedrock-invocationMetrics"] = [
            "inputTokenCount": JSON(answer.usage.input), "outputTokenCount": JSON(answer.usage.output),
            "invocationLatency": 1, "firstByteLatency": 1, "cacheReadInputTokenCount": JSON(answer.usage.cacheRead),
            "cacheWriteInputTokenCount": JSON(answer.usage.cacheWrite),
        ]
        let frames = events.enumerated().map { index, event in
            let chunk: JSON = [
                "bytes": .string(Base64.encode(JSON.object(event.data).bytes())), "p": BedrockFrames.padding(index),
            ]
            return StreamEvent(place: event.place, bytes: BedrockFrames.event("chunk", chunk))
        }
        let headers: HeaderFields = [
            "content-type": streamType, "x-amzn-RequestId": BedrockErrors.requestID(answer.digest),
            "X-Amzn-Bedrock-Content-Type": "application/json",
        ]
        return StreamedReply(headers: headers, events: frames)
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        BedrockFrames.exception("modelStreamErrorException", message)
    }
}

/// `CountTokens`.
enum BedrockCount {
    static func answer(_ call: Call, _ model: String, _ simulation: Simulation) throws(Refusal) -> Reply {
        guard InferenceProfile.foundationModel(of: model) == model, !model.hasPrefix("arn:") else {
            throw Refusal(400, .invalid, "The provided model doesn't support counting tokens.")
        }
        try simulation.requireModel(model)
        let body = Fields(try call.jsonObject(), isStrict: simulation.settings.strict)
        let input = try body.requiredObject("input")
        if let invoke = try input.object("invokeModel") {
            return try count(ofInvoking: try invoke.requiredString("body"), body, simulation)
        }
        guard let converse = try input.object("converse") else {
            throw body.invalid("input", "must have one of the members converse and invokeModel.")
        }
        try converse.allowOnly(["messages", "system", "toolConfig", "additionalModelRequestFields"])
        var reader = BedrockConverseReader(converse)
        return .json(["inputTokens": JSON(Usage.input(of: try reader.read()))])
    }

    private static func count(
        ofInvoking encoded: String, _ body: Fields, _ simulation: Simulation
    ) throws(Refusal) -> Reply {
        guard let bytes = Base64.decode(encoded),
            let members = bytes.withUnsafeBytes({ try? JSON($0) })?.object
        else { throw body.invalid("input.invokeModel.body", "must be the Base64 of a JSON object.") }
        var reader = AnthropicReader(Fields(members, isStrict: simulation.settings.strict), form: .bedrock)
        return .json(["inputTokens": JSON(Usage.input(of: try reader.read()))])
    }
}
