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

    /// The stop sequence that ended the reply, from the object that has `stopReason`: in the model's own words where it
    /// was asked for them, or because there was only one.
    static func stopSequence(_ stop: JSON, of asked: [String]) -> String? {
        guard stop["stopReason"]?.string == "stop_sequence" else { return nil }
        let own = stop["additionalModelResponseFields"]?["stop_sequence"]?.string
        return own ?? (asked.count == 1 ? asked.first : nil)
    }

    /// From the object that has `usage`. AWS counts cached input apart from `inputTokens`; we count it in.
    static func usage(_ reply: JSON) -> ChatUsage? {
        guard let usage = reply["usage"] else { return nil }
        func count(_ key: String) -> Int { min(max(usage[key]?.int ?? 0, 0), mostTokens) }
        let cachedInput = count("cacheReadInputTokens")
        let writes = cacheWrites(usage["cacheDetails"]?.array ?? [])
        let cacheWrite = max(count("cacheWriteInputTokens"), writes.all)
        return ChatUsage(
            input: count("inputTokens") + cachedInput + cacheWrite, output: count("outputTokens"),
            cachedInput: cachedInput, cacheWrite: cacheWrite, longCacheWrite: writes.long)
    }

    /// Tokens that were put into the cache, and those of them that stay there for an hour.
    private static func cacheWrites(_ details: [JSON]) -> (all: Int, long: Int) {
        details.prefix(8).reduce((0, 0)) { sum, detail in
            let tokens = min(max(detail["inputTokens"]?.int ?? 0, 0), mostTokens)
            return (sum.0 + tokens, sum.1 + (detail["ttl"]?.string == "1h" ? tokens : 0))
        }
    }

    /// Keeps sums from overflowing, whatever the upstream claims.
    private static let mostTokens = 1 << 40
}
