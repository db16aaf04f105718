import Wire

/// Amazon Bedrock: the runtime, and the one call of the control plane that says where a profile runs.
struct Bedrock: Provider {
    func door(for call: Call) -> Door? {
        guard let purpose = purpose(of: call) else { return nil }
        return Door(credential: .signature(service: "bedrock"), errors: BedrockErrors(), purpose: purpose)
    }

    private func purpose(of call: Call) -> Door.Purpose? {
        if call.isGet, let profile = call.segment(after: "/inference-profiles/") {
            return .lookup { _, _ throws(Refusal) in try InferenceProfile.reply(for: profile) }
        }
        guard call.isPost else { return nil }
        for (suffix, isStreamed) in [("/converse", false), ("/converse-stream", true)] {
            if let model = call.segment(after: "/model/", before: suffix) {
                return .chat(BedrockConverse(model: model, isStreamed: isStreamed))
            }
        }
        for (suffix, isStreamed) in [("/invoke", false), ("/invoke-with-response-stream", true)] {
            if let model = call.segment(after: "/model/", before: suffix) {
                return .chat(BedrockInvoke(model: model, isStreamed: isStreamed))
            }
        }
        guard let model = call.segment(after: "/model/", before: "/count-tokens") else { return nil }
        return .lookup { call, simulation throws(Refusal) in try BedrockCount.answer(call, model, simulation) }
    }
}

struct BedrockErrors: ErrorDialect {
    func reply(to refusal: Refusal, id: String) -> Reply {
        let name = refusal.name ?? Self.name(of: refusal.status)
        let message =
            refusal.reason == .contextLength ? "Input is too long for requested model." : refusal.message
        var reply = Reply.json(["message": .string(message)], status: refusal.status)
        if let name { reply.headers.add("x-amzn-ErrorType", name) }
        reply.headers.add("x-amzn-RequestId", Self.requestID(id))
        if let seconds = refusal.retryAfter { reply.headers.add("retry-after", seconds) }
        return reply
    }

    private static func name(of status: Int) -> String? {
        switch status {
        case 400, 413: "ValidationException"
        case 403: "AccessDeniedException"
        case 404: "ResourceNotFoundException"
        case 408, 504: "ModelTimeoutException"
        case 424: "ModelErrorException"
        case 429: "ThrottlingException"
        case 500: "InternalServerException"
        case 503: "ServiceUnavailableException"
        default: nil
        }
    }

    /// An identifier in the form of a UUID.
    static func requestID(_ id: String) -> String {
        let digits = Array(id + "00000000000000000000000000000000").prefix(32)
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return groups.joined(separator: "-")
    }
}

/// Writes what a stream carries as event-stream frames.
enum BedrockFrames {
    static func event(_ type: String, _ payload: JSON) -> [UInt8] {
        frame([(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], payload)
    }

    static func exception(_ type: String, _ message: String) -> [UInt8] {
        let headers = [
            (":exception-type", type), (":content-type", "application/json"), (":message-type", "exception"),
        ]
        return frame(headers, ["message": .string(message)])
    }

    /// Letters that hide how long the payload is, as the service's own frames have them; readers ignore them.
    static func padding(_ index: Int) -> JSON {
        .string(String("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".prefix(1 + index * 7 % 40)))
    }

    private static func frame(_ headers: [(String, String)], _ payload: JSON) -> [UInt8] {
        EventStreamMessage(headers: headers.map { ($0, .string($1)) }, payload: payload.bytes()).encoded()
    }
}
