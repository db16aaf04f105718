import Wire

/// What the name of one of OpenAI's models tells. Names that aren't known are taken for newer ones.
struct OpenAIModel {
    let name: String

    /// The models before those that think know no `max_completion_tokens` in some versions of Azure's API; those that
    /// think refuse `max_tokens`.
    var tokenLimit: OpenAIDialect.TokenLimit {
        ["gpt-3.5", "gpt-35", "gpt-4", "chatgpt-4"].contains { name.hasPrefix($0) } ? .maxTokens : .maxCompletionTokens
    }

    /// The least effort of a model that thinks.
    var leastEffort: ReasoningEffort? {
        if name.contains("-chat") { return nil }
        if name.hasPrefix("gpt-5.") { return ReasoningEffort.none }
        if name.hasPrefix("gpt-5") { return .minimal }
        return ["o1", "o3", "o4"].contains { name.hasPrefix($0) } ? .low : nil
    }
}
