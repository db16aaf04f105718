import Wire

/// The parts that whole and streamed replies of Converse have in common.
enum ConverseReply {
    /// From the object that has `stopReason`.
    static func finishReason(_ stop: JSON) throws(UpstreamFault) -> ChatFinishReason {
        switch stop["stopReason"]?.string {
        case nil: throw .malformed("Bedrock's reply has no stopReason.")
        case "tool_use": return .toolCalls
        case "max_tokens": return .length
        case "model_context_window_exceeded": return .contextWindow
        case "guardrail_intervened", "content_filtered": return .contentFilter
        case "malformed_model_output", "malformed_tool_use":
            throw UpstreamFault(
                .upstream, status: 502, message: "The model's output could not be used. Try again.")
        // `end_turn`, `stop_sequence`, and what AWS may add.
        default: return .stop
        }
    }

    /// From the object that has `usage`. AWS counts cached input apart from `inputTokens`; we count it in.
    static func usage(_ reply: JSON) -> ChatUsage? {
        guard let usage = reply["usage"] else { return nil }
        func count(_ key: String) -> Int { min(max(usage[key]?.int ?? 0, 0), mostTokens) }
        let cachedInput = count("cacheReadInputTokens")
        let cacheWrite = count("cacheWriteInputTokens")
        return ChatUsage(
            input: count("inputTokens") + cachedInput + cacheWrite, output: count("outputTokens"),
            cachedInput: cachedInput, cacheWrite: cacheWrite)
    }

    /// Keeps sums from overflowing, whatever the upstream claims.
    private static let mostTokens = 1 << 40
}
