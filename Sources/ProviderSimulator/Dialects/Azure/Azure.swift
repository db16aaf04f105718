import Wire

/// Azure OpenAI: OpenAI's wire behind deployments, with the verdicts of content filters in the answers.
struct Azure: Provider {
    private static let credential = Credential.key(headers: ["api-key"], tokens: .entra)

    func door(for call: Call) -> Door? {
        guard call.path.hasPrefix("/openai/"), let purpose = purpose(of: call) else { return nil }
        return Door(credential: Self.credential, errors: AzureErrors(), purpose: purpose)
    }

    private func purpose(of call: Call) -> Door.Purpose? {
        switch (call.method, call.path) {
        case ("POST", "/openai/v1/chat/completions"): return .chat(AzureChat(deployment: nil))
        case ("POST", "/openai/v1/responses"): return .chat(AzureResponses())
        case ("POST", "/openai/v1/embeddings"): return .lookup(OpenAIEmbeddings.answer)
        case ("GET", "/openai/v1/models"): return .lookup(OpenAIModels.list)
        default: break
        }
        guard let purpose = versionedPurpose(of: call) else { return nil }
        guard call.parameter("api-version")?.isEmpty == false else {
            return .lookup { _, _ throws(Refusal) in throw .unknownPath }
        }
        return purpose
    }

    /// What needs an `api-version` in the query.
    private func versionedPurpose(of call: Call) -> Door.Purpose? {
        guard call.isPost else { return nil }
        if call.path == "/openai/responses" { return .chat(AzureResponses()) }
        if let deployment = call.segment(after: "/openai/deployments/", before: "/chat/completions") {
            return .chat(AzureChat(deployment: deployment))
        }
        guard let deployment = call.segment(after: "/openai/deployments/", before: "/embeddings") else { return nil }
        return .lookup { call, simulation throws(Refusal) in
            let body = Fields(try call.jsonObject(), isStrict: simulation.settings.strict)
            return try OpenAIEmbeddings.answer(body, model: deployment, simulation)
        }
    }
}

struct AzureErrors: ErrorDialect {
    func reply(to refusal: Refusal, id: String) -> Reply {
        let error: JSON
        switch (refusal.reason, refusal.status) {
        case (.badCredential, _):
            error = ["code": "401", "message": .string(Self.denied)]
        case (.unknownPath, _): error = ["code": "404", "message": "Resource not found"]
        case (_, 404):
            error = ["code": "DeploymentNotFound", "message": "The API deployment for this resource does not exist."]
        case (.unknownMember, _):
            let message = "Unrecognized request argument supplied: \(refusal.path ?? "")"
            error = object(message, "invalid_request_error", code: "unrecognized_request_argument")
        case (.contextLength, _):
            error = object(refusal.message, "invalid_request_error", code: "context_length_exceeded")
        case (_, 400): error = object(refusal.message, "invalid_request_error", code: nil)
        default: error = ["code": .string(String(refusal.status)), "message": .string(refusal.message)]
        }
        var reply = Reply.json(["error": error], status: refusal.status, headers: ["apim-request-id": id])
        if let seconds = refusal.retryAfter { reply.headers.add("retry-after", seconds) }
        return reply
    }

    private static let denied =
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
        + "active subscription and use a correct regional API endpoint for your resource."

    private func object(_ message: String, _ type: String, code: String?) -> JSON {
        OpenAIErrors.object(message: message, type: type, code: code)
    }
}

/// Chat completions on Azure.
struct AzureChat: ChatDialect {
    /// The deployment in the path, which stands for the model.
    let deployment: String?
    private let chat = OpenAIChat()

    init(deployment: String?) { self.deployment = deployment }

    func model(in call: Call, _ body: Fields) throws(Refusal) -> String {
        if let deployment { return deployment }
        return try body.requiredString("model")
    }

    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        try chat.request(in: call, body)
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        var completion = chat.completion(answer, to: request)
        if case .object(var object) = completion {
            object["choices"] = judged(object["choices"], answer)
            object["prompt_filter_results"] = Self.promptVerdict
            completion = .object(object)
        }
        return .json(completion, headers: headers(answer))
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        let encoder = ServerSentEvents(answer.quirks)
        let opening: JSON = [
            "choices": [], "created": 0, "id": "", "model": "", "object": "",
            "prompt_filter_results": Self.promptVerdict,
        ]
        var events = [StreamEvent(place: .frame, bytes: encoder.bytes(opening))]
        events += OpenAIChunks(dialect: chat, answer: answer, rendering: request.rendering).chunks().map { chunk in
            var object = chunk.chunk
            object["choices"] = judged(object["choices"], answer)
            return StreamEvent(place: chunk.place, bytes: encoder.bytes(.object(object)))
        }
        if !answer.quirks.contains(.noDone) {
            events.append(StreamEvent(place: .closing, bytes: encoder.bytes(text: "[DONE]")))
        }
        return .serverSent(events, headers: headers(answer))
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        chat.errorEvent(saying: message, after: events, id: id)
    }

    private func headers(_ answer: Answer) -> HeaderFields {
        var headers = AzureHeaders.fields(answer)
        headers.add("x-ms-deployment-name", deployment ?? answer.model)
        return headers
    }

    // MARK: Content filters

    private func judged(_ choices: JSON?, _ answer: Answer) -> JSON {
        .array(
            (choices?.array ?? []).map { choice in
                guard case .object(var object) = choice else { return choice }
                object["content_filter_results"] = Self.verdict(isFiltered: answer.finish == .filter)
                return .object(object)
            })
    }

    private static let promptVerdict: JSON = [
        ["prompt_index": 0, "content_filter_results": verdict(isFiltered: false)]
    ]

    private static func verdict(isFiltered: Bool) -> JSON {
        let safe: JSON = ["filtered": false, "severity": "safe"]
        let hate: JSON = isFiltered ? ["filtered": true, "severity": "medium"] : safe
        return ["hate": hate, "self_harm": safe, "sexual": safe, "violence": safe]
    }
}

/// Responses on Azure: OpenAI's, under Azure's header fields.
struct AzureResponses: ChatDialect {
    private let responses = OpenAIResponses()

    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        try responses.request(in: call, body)
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        var reply = responses.whole(answer, to: request)
        reply.headers = ["content-type": "application/json"]
        for field in AzureHeaders.fields(answer).fields { reply.headers.add(field.name, field.value) }
        return reply
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        .serverSent(responses.stream(answer, to: request).events, headers: AzureHeaders.fields(answer))
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        responses.errorEvent(saying: message, after: events, id: id)
    }
}

/// The header fields that Azure's answers have.
enum AzureHeaders {
    static func fields(_ answer: Answer) -> HeaderFields {
        [
            "apim-request-id": answer.digest, "x-request-id": answer.digest,
            "x-ms-region": displayNames[answer.region] ?? answer.region,
        ]
    }

    /// Headers have the name that people see, where everything else has the other.
    private static let displayNames = [
        "canadacentral": "Canada Central", "canadaeast": "Canada East", "eastus": "East US", "eastus2": "East US 2",
        "westeurope": "West Europe", "westus": "West US",
    ]
}
