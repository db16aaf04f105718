import Wire

/// How the model is to think: Claude by a member of its own or by effort, other models by effort or not at all.
struct ConverseReasoning {
    /// `outputConfig.effort`
    private(set) var effort: String?
    /// Claude's `thinking`, among the additional fields.
    private(set) var thinking: JSONObject?
    /// Tokens for thinking that the caller didn't name, and so didn't count into a limit of its own.
    private(set) var extraTokens = 0

    init(_ reasoning: ChatReasoning?, for model: ConverseModel) throws(TranslationError) {
        guard let reasoning else { return }
        if let thinking = reasoning.thinking { try set(thinking, effort: reasoning.effort, for: model) }
        // A model that thinks by budget has been told all it can be told.
        if model.thinksByBudget {
            if reasoning.thinking == nil { setBudget(for: reasoning.effort) }
        } else if let effort = reasoning.effort, effort != .none {
            // `none` is what Converse does unless asked.
            self.effort = effort == .minimal ? "low" : effort.rawValue
        }
        try show(reasoning.visibility)
    }

    private mutating func set(
        _ thinking: ChatReasoning.Thinking, effort: ReasoningEffort?, for model: ConverseModel
    ) throws(TranslationError) {
        switch thinking {
        case .off where model.takesClaudeFields && !model.thinksByBudget: self.thinking = ["type": "disabled"]
        // What happens unless asked.
        case .off: break
        // Older Claude can't choose for itself, and gets what its effort is worth.
        case .adaptive where model.thinksByBudget: setBudget(for: effort ?? .medium)
        case .adaptive: if model.takesClaudeFields { self.thinking = ["type": "adaptive"] }
        case .budget(let tokens):
            guard model.takesClaudeFields else { throw .unsupportedByBedrock("thinking") }
            set(budget: tokens)
        case .betweenTools:
            guard model.takesClaudeFields else { throw .unsupportedByBedrock("thinking") }
            self.thinking = ["type": "between_tools"]
        }
    }

    /// 1024 tokens are the least that Claude takes.
    private mutating func setBudget(for effort: ReasoningEffort?) {
        switch effort {
        case nil, .some(.none): break
        case .minimal, .low: extraTokens = 1_024
        case .medium: extraTokens = 4_096
        case .high, .xhigh, .max: extraTokens = 16_384
        }
        if extraTokens > 0 { set(budget: extraTokens) }
    }

    private mutating func set(budget tokens: Int) {
        thinking = ["type": "enabled", "budget_tokens": JSON(tokens)]
    }

    /// Without a word about thinking there is none to be shown or hidden; where a model thinks all the same, it is shown.
    private mutating func show(_ visibility: ChatReasoning.Visibility?) throws(TranslationError) {
        guard thinking != nil, thinking?["type"] != "disabled" else {
            if visibility == .omitted { throw .unsupportedByBedrock("thinking.display") }
            return
        }
        switch visibility {
        case nil: break
        case .omitted: thinking?["display"] = "omitted"
        // It has one style.
        case .summarized: thinking?["display"] = "summarized"
        }
    }
}
