import Wire

/// Google's Vertex AI, and the Gemini API with the same wire.
struct Vertex: Provider {
    private static let credential = Credential.key(headers: ["x-goog-api-key"], tokens: .google)

    func door(for call: Call) -> Door? {
        guard call.isPost, ["/v1/projects/", "/v1beta1/projects/", "/v1beta/"].contains(where: call.path.hasPrefix),
            let place = VertexPlace(call.path), let purpose = purpose(of: place, call)
        else { return nil }
        // Without `alt=sse` a stream is a list, and so is its error.
        let isList = place.verb == "streamGenerateContent" && call.parameter("alt") != "sse"
        return Door(credential: Self.credential, errors: GoogleErrors(isList: isList), purpose: purpose)
    }

    private func purpose(of place: VertexPlace, _ call: Call) -> Door.Purpose? {
        switch (place.publisher, place.verb) {
        case ("google", "generateContent"):
            return .chat(Gemini(model: place.model, framing: nil))
        case ("google", "streamGenerateContent"):
            return .chat(Gemini(model: place.model, framing: call.parameter("alt") == "sse" ? .events : .list))
        case ("google", "countTokens"):
            return .lookup { call, simulation throws(Refusal) in try GeminiCount.answer(call, place.model, simulation) }
        case ("anthropic", "rawPredict") where place.model == "count-tokens":
            return .lookup { call, simulation throws(Refusal) in
                try AnthropicModels.count(call, simulation, form: .vertexCounting)
            }
        case ("anthropic", "rawPredict"):
            return .chat(VertexClaude(model: place.model, isStreamed: false))
        case ("anthropic", "streamRawPredict"):
            return .chat(VertexClaude(model: place.model, isStreamed: true))
        default: return nil
        }
    }
}

/// What a path of Vertex AI names: `…/publishers/{publisher}/models/{model}:{verb}`.
struct VertexPlace {
    let publisher: String
    let model: String
    let verb: String

    init?(_ path: String) {
        guard let models = path.firstRange(of: "/models/"), let colon = path.lastIndex(of: ":"),
            models.upperBound < colon
        else { return nil }
        let before = path[..<models.lowerBound].split(separator: "/")
        publisher = before.dropLast().last == "publishers" ? before.last.map(String.init) ?? "google" : "google"
        model = percentDecodedText(path[models.upperBound..<colon])
        verb = String(path[path.index(after: colon)...])
    }
}

struct GoogleErrors: ErrorDialect {
    var isList = false

    func reply(to refusal: Refusal, id: String) -> Reply {
        let message =
            refusal.reason == .contextLength
            ? "The input token count exceeds the maximum number of tokens allowed." : refusal.message
        var error: JSONObject = [
            "code": JSON(refusal.status), "message": .string(message), "status": .string(Self.name(of: refusal.status)),
        ]
        if let path = refusal.path {
            error["details"] = [
                [
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [["field": .string(path), "description": .string(message)]],
                ]
            ]
        }
        let body: JSON = ["error": .object(error)]
        var reply = Reply.json(isList ? [body] : body, status: refusal.status)
        if let seconds = refusal.retryAfter { reply.headers.add("retry-after", seconds) }
        return reply
    }

    static func name(of status: Int) -> String {
        switch status {
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 408, 504: "DEADLINE_EXCEEDED"
        case 409: "ABORTED"
        case 429: "RESOURCE_EXHAUSTED"
        case 499: "CANCELLED"
        case 501: "UNIMPLEMENTED"
        case 503, 529: "UNAVAILABLE"
        case 424, 500...: "INTERNAL"
        default: "INVALID_ARGUMENT"
        }
    }
}

/// `countTokens`.
enum GeminiCount {
    static func answer(_ call: Call, _ model: String, _ simulation: Simulation) throws(Refusal) -> Reply {
        try simulation.requireModel(model)
        let body = Fields(try call.jsonObject(), spelling: .camelOrSnake, isStrict: simulation.settings.strict)
        try body.allowOnly(["model", "contents", "systemInstruction", "tools", "generationConfig"])
        var reader = GeminiReader(body, model: model)
        return .json(["totalTokens": JSON(Usage.input(of: try reader.read()))])
    }
}
