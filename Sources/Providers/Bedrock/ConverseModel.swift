import Domain

/// What the translation has to know about the model: Converse hides most differences, not all.
struct ConverseModel: Sendable {
    enum Family: Sendable {
        case claude, nova, other
        /// Behind the ARN of an application inference profile, a provisioned or an imported model, which doesn't say what
        /// runs there. What a caller asks for by a name of Claude's is passed on: whoever asks knows the model, and
        /// Bedrock refuses by name what another one doesn't take.
        case hidden
    }

    let capabilities: Capabilities
    let family: Family
    /// Whether thinking is asked for by a number of tokens: Claude from 3.7 to 4.5, but not Opus 4.5, which takes effort.
    let thinksByBudget: Bool

    init(id: String, capabilities: Capabilities) {
        self.capabilities = capabilities
        family = Self.family(of: id)
        thinksByBudget = family == .claude && Self.budgetGenerations.contains { id.contains($0) }
    }

    private static func family(of id: String) -> Family {
        if id.contains("anthropic.claude") { return .claude }
        if id.contains("amazon.nova") { return .nova }
        let isNamed = id.contains(":foundation-model/") || id.contains(":inference-profile/")
        return id.hasPrefix("arn:") && !isNamed ? .hidden : .other
    }

    /// Claude takes parameters of its own.
    var takesClaudeFields: Bool { family == .claude || family == .hidden }

    /// The other families have no prompt cache, and refuse its marks.
    var cachesPrompts: Bool { family != .other }

    private static let budgetGenerations = [
        "claude-3-7-sonnet", "claude-sonnet-4-2025", "claude-opus-4-2025", "claude-opus-4-1", "claude-sonnet-4-5",
        "claude-haiku-4-5",
    ]
}
