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

    private var isPro: Bool { name.split(separator: "-").contains("pro") }

    /// Nil where the model can't be told how much to think.
    func thinking(for effort: ReasoningEffort) -> Thinking? {
        switch generation {
        case .unthinking: nil
        case .budgets: .budget(budget(for: effort))
        case .levels: .level(level(for: effort))
        }
    }

    private func budget(for effort: ReasoningEffort) -> Int {
        switch effort {
        // 2.5 Pro can't stop thinking: this is its least.
        case .none: isPro ? 128 : 0
        case .minimal, .low: 1_024
        case .medium: 8_192
        case .high, .xhigh, .max: 24_576
        }
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
}
