import Wire

/// Anthropic's API.
struct Anthropic: Provider {
    func door(for call: Call) -> Door? {
        let purpose: Door.Purpose
        switch (call.method, call.path) {
        case ("POST", "/v1/messages"): purpose = .chat(AnthropicMessages())
        case ("POST", "/v1/messages/count_tokens"):
            purpose = .lookup { call, simulation throws(Refusal) in
                try AnthropicModels.count(call, simulation, form: .counting)
            }
        case ("GET", _) where call.headers["anthropic-version"] == nil: return nil
        case ("GET", "/v1/models"): purpose = .lookup(AnthropicModels.list)
        case ("GET", _):
            guard let model = call.segment(after: "/v1/models/") else { return nil }
            purpose = .lookup { _, simulation throws(Refusal) in try AnthropicModels.single(model, simulation) }
        default: return nil
        }
        return Door(credential: .key(headers: ["x-api-key"]), errors: AnthropicErrors(), purpose: purpose)
    }
}

struct AnthropicErrors: ErrorDialect {
    func reply(to refusal: Refusal, id: String) -> Reply {
        let requestID = "req_\(id)"
        let message = refusal.reason == .contextLength ? "prompt is too long" : refusal.message
        let body: JSON = [
            "type": "error", "error": ["type": .string(Self.type(of: refusal.status)), "message": .string(message)],
            "request_id": .string(requestID),
        ]
        var reply = Reply.json(body, status: refusal.status, headers: ["request-id": requestID])
        if let seconds = refusal.retryAfter { reply.headers.add("retry-after", seconds) }
        return reply
    }

    static func type(of status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 408, 504: "timeout_error"
        case 409: "conflict_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 503, 529: "overloaded_error"
        case 424, 500...: "api_error"
        default: "invalid_request_error"
        }
    }
}

/// What is looked up without asking a model.
enum AnthropicModels {
    static func list(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        let names = simulation.settings.models.names
        return .json([
            "data": .array(names.map(object)), "has_more": false, "first_id": names.first.map { .string($0) } ?? nil,
            "last_id": names.last.map { .string($0) } ?? nil,
        ])
    }

    static func single(_ model: String, _ simulation: Simulation) throws(Refusal) -> Reply {
        try simulation.requireModel(model)
        return .json(object(model))
    }

    private static func object(_ model: String) -> JSON {
        [
            "type": "model", "id": .string(model), "display_name": .string(model),
            "created_at": "2025-01-01T00:00:00Z", "lifecycle": "active",
        ]
    }

    static func count(
        _ call: Call, _ simulation: Simulation, form: AnthropicReader.Form
    ) throws(Refusal) -> Reply {
        let body = Fields(try call.jsonObject(), isStrict: simulation.settings.strict)
        try simulation.requireModel(try body.requiredString("model"))
        var reader = AnthropicReader(body, form: form)
        return .json(["input_tokens": JSON(Usage.input(of: try reader.read()))])
    }
}
