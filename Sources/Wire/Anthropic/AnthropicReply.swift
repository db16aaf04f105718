/// What the events of one reply, or the whole reply, share.
public struct AnthropicReplyIdentity: Sendable {
    /// Such as `msg_01…`.
    public let id: String
    public let model: String

    public init(id: String, model: String) {
        self.id = id
        self.model = model
    }
}

/// How a reply ends, gathered from its events.
struct AnthropicEnding {
    private(set) var finish: ChatFinishReason?
    private(set) var usage: ChatUsage?
    private(set) var stopSequence: String?
    private(set) var refusal: String?

    mutating func read(_ event: ChatEvent) {
        switch event {
        case .finished(let reason): finish = reason
        case .usage(let counts): usage = counts
        case .stopSequence(let text): stopSequence = text
        case .refusal(let text): refusal = (refusal ?? "") + text
        default: break
        }
    }

    private var stopReason: String? {
        switch finish {
        case nil: nil
        // Other wires tell a refusal by its text alone.
        case .stop: refusal != nil ? "refusal" : stopSequence != nil ? "stop_sequence" : "end_turn"
        case .length: "max_tokens"
        case .contextWindow: "model_context_window_exceeded"
        case .toolCalls: "tool_use"
        case .contentFilter, .refusal: "refusal"
        case .paused: "pause_turn"
        }
    }

    /// The three members that tell why a reply stopped.
    func writeStop(to bytes: inout [UInt8]) {
        bytes.append("\"stop_reason\":")
        bytes.append(jsonOrNull: stopReason)
        bytes.append(",\"stop_sequence\":")
        bytes.append(jsonOrNull: stopReason == "stop_sequence" ? stopSequence : nil)
        bytes.append(",\"stop_details\":")
        if let refusal, stopReason == "refusal" {
            bytes.append("{\"type\":\"refusal\",\"category\":null,\"explanation\":")
            bytes.append(json: refusal)
            bytes.append("}")
        } else {
            bytes.append("null")
        }
    }

    func writeUsage(to bytes: inout [UInt8]) {
        bytes.append("\"usage\":{")
        (usage ?? ChatUsage(input: 0, output: 0)).writeAnthropic(to: &bytes)
        bytes.append("}")
    }
}

extension AnthropicReplyIdentity {
    /// The members of a message before its content.
    func write(to bytes: inout [UInt8]) {
        bytes.append("\"id\":")
        bytes.append(json: id)
        bytes.append(",\"type\":\"message\",\"role\":\"assistant\",\"model\":")
        bytes.append(json: model)
    }
}

extension [UInt8] {
    fileprivate mutating func append(jsonOrNull text: String?) {
        if let text { append(json: text) } else { append("null") }
    }
}
