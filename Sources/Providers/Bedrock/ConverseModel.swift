import Domain

/// What the translation has to know about the model: Converse hides most differences, not all.
struct ConverseModel: Sendable {
    let capabilities: Capabilities
    /// Claude takes parameters of its own. An application inference profile hides its model, and so counts as another.
    let isClaude: Bool
    /// Whether thinking is asked for by a number of tokens: Claude from 3.7 to 4.5, but not Opus 4.5, which takes effort.
    let thinksByBudget: Bool

    init(id: String, capabilities: Capabilities) {
        self.capabilities = capabilities
        isClaude = id.contains("anthropic.claude")
        thinksByBudget = isClaude && Self.budgetGenerations.contains { id.contains($0) }
    }

    private static let budgetGenerations = [
        "claude-3-7-sonnet", "claude-sonnet-4-2025", "claude-opus-4-2025", "claude-opus-4-1", "claude-sonnet-4-5",
        "claude-haiku-4-5",
    ]
}
