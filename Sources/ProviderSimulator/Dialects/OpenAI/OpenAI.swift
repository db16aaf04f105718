import Wire

/// OpenAI's API.
struct OpenAI: Provider {
    func door(for call: Call) -> Door? {
        let purpose: Door.Purpose
        switch (call.method, call.path) {
        case ("POST", "/v1/chat/completions"): purpose = .chat(OpenAIChat())
        case ("POST", "/v1/responses"): purpose = .chat(OpenAIResponses())
        case ("POST", "/v1/embeddings"): purpose = .lookup(OpenAIEmbeddings.answer)
        case ("GET", "/v1/models"): purpose = .lookup(OpenAIModels.list)
        case ("GET", _):
            guard let model = call.segment(after: "/v1/models/") else { return nil }
            purpose = .lookup { call, simulation throws(Refusal) in
                try OpenAIModels.single(model, simulation)
            }
        default: return nil
        }
        return Door(credential: .key(headers: []), errors: OpenAIErrors(), purpose: purpose)
    }
}

/// The list of models.
enum OpenAIModels {
    static func list(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        .json(["object": "list", "data": .array(simulation.settings.models.names.map(object))])
    }

    static func single(_ model: String, _ simulation: Simulation) throws(Refusal) -> Reply {
        try simulation.requireModel(model)
        return .json(object(model))
    }

    private static func object(_ model: String) -> JSON {
        ["id": .string(model), "object": "model", "created": JSON(OpenAIChat.created), "owned_by": "simulator"]
    }
}

/// Errors in the shape that most servers with this wire have.
struct OpenAIErrors: ErrorDialect {
    func reply(to refusal: Refusal, id: String) -> Reply {
        let error = Self.object(
            message: refusal.message, type: Self.type(of: refusal.status), code: code(of: refusal), refusal.path)
        var reply = Reply.json(["error": error], status: refusal.status, headers: ["x-request-id": "req_" + id])
        if let seconds = refusal.retryAfter { reply.headers.add("retry-after", seconds) }
        return reply
    }

    static func object(message: String, type: String, code: String?, _ path: String? = nil) -> JSON {
        [
            "message": .string(message), "type": .string(type), "param": path.map { .string($0) } ?? nil,
            "code": code.map { .string($0) } ?? nil,
        ]
    }

    static func type(of status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 408, 504: "timeout_error"
        case 429: "rate_limit_error"
        case 503, 529: "overloaded_error"
        case 424, 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    private func code(of refusal: Refusal) -> String? {
        switch (refusal.reason, refusal.status) {
        case (.contextLength, _): "context_length_exceeded"
        case (.unknownMember, _): "unknown_parameter"
        case (.unknownPath, _): "unknown_url"
        case (_, 401): "invalid_api_key"
        case (_, 404): "model_not_found"
        case (_, 429): "rate_limit_exceeded"
        default: nil
        }
    }
}
