import Wire

/// What a Gemini model's name says about how its thinking is set.
struct GeminiModel: Sendable {
    enum Thinking: Hashable, Sendable {
        /// `thinkingBudget`, in tokens.
        case budget(Int)
        /// `thinkingLevel`.
        case level(String)
    }

    let name: String

    private enum Generation {
        case unthinking, budgets, levels
    }

    private var generation: Generation {
        if name.hasPrefix("gemini-2.5-") { return .budgets }
        guard name.hasPrefix("gemini-"), let major = Int(name.dropFirst(7).prefix { $0.isNumber }) else {
            return .unthinking
        }
        return major >= 3 ? .levels : .unthinking
    }

    var thinks: Bool { generation != .unthinking }

    /// Whether it refuses calls that come back without their thought signature.
    var checksSignatures: Bool { generation == .levels }

    private var isPro: Bool { has("pro") }
    private func has(_ word: String) -> Bool { name.split(separator: "-").contains { $0 == word } }

    /// How much to think; nil where nothing has to be said about it.
    func thinking(for reasoning: ChatReasoning) throws(TranslationError) -> Thinking? {
        if let effort = reasoning.effort { return try thinking(for: effort) }
        switch (reasoning.thinking, generation) {
        case (nil, _), (.off, .unthinking): return nil
        case (.off, _): return try thinking(for: .none)
        // What the model does unless told otherwise.
        case (.adaptive, .unthinking), (.adaptive, .levels): return nil
        case (.adaptive, .budgets): return .budget(-1)
        case (.budget(let tokens), .budgets): return .budget(clamped(tokens))
        case (.budget(let tokens), .levels): return .level(level(worth: tokens))
        case (.budget, .unthinking), (.betweenTools, _): throw .unsupportedByVertex("thinking")
        }
    }

    private func thinking(for effort: ReasoningEffort) throws(TranslationError) -> Thinking? {
        switch generation {
        case .unthinking:
            guard effort == .none else { throw .unsupportedByVertex("reasoning_effort") }
            return nil
        case .budgets: return .budget(budget(for: effort))
        case .levels: return .level(level(for: effort))
        }
    }

    private func budget(for effort: ReasoningEffort) -> Int {
        switch effort {
        case .none: clamped(0)
        case .minimal, .low: 1_024
        case .medium: 8_192
        case .high, .xhigh, .max: 24_576
        }
    }

    /// What the models of 2.5 take. Pro can't stop thinking: 128 is its least.
    private func clamped(_ tokens: Int) -> Int {
        if isPro { return min(max(tokens, 128), 32_768) }
        guard tokens > 0 else { return 0 }
        return min(max(tokens, has("lite") ? 512 : 1), 24_576)
    }

    private func level(for effort: ReasoningEffort) -> String {
        switch effort {
        // 3.x can't stop thinking, and Pro knows nothing below LOW.
        case .none, .minimal: isPro ? "LOW" : "MINIMAL"
        case .low: "LOW"
        case .medium: "MEDIUM"
        // XHIGH is refused by most models; HIGH is the most that all of them take.
        case .high, .xhigh, .max: "HIGH"
        }
    }

    /// The level whose budget, on a model of 2.5, is nearest from above.
    private func level(worth tokens: Int) -> String {
        tokens <= 1_024 ? "LOW" : tokens <= 8_192 ? "MEDIUM" : "HIGH"
    }
}

extension ChatReasoning {
    /// Whether summaries of thoughts are asked for: by name, or by asking for thinking on a wire that shows it.
    var asksForThoughts: Bool {
        switch (visibility, thinking) {
        case (.omitted, _), (_, .off): false
        case (.summarized, _), (nil, .adaptive), (nil, .budget), (nil, .betweenTools): true
        case (nil, nil): false
        }
    }
}
