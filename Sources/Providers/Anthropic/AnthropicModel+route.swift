import Domain
import Wire

extension AnthropicModel {
    /// By the model's name, as each of the clouds writes it, and by what the catalog knows.
    init(_ route: Route, door: Door) {
        let name = route.upstreamModel.lowercased()
        func isOne(of names: [String]) -> Bool { names.contains { name.contains($0) } }
        self.init(maximumOutputTokens: route.capabilities.maximumOutputTokens)
        self.door = door
        thinking = isOne(of: Self.unthinking) ? .never : isOne(of: Self.thinkingByBudget) ? .byBudget : .byEffort
        let isEarly = isOne(of: Self.early)
        takesSchemas = !isEarly
        sampling = !route.capabilities.supportsSamplingParameters ? .none : isEarly ? .all : .eitherOne
    }

    private static let unthinking = ["claude-3-5", "claude-3-haiku", "claude-3-sonnet", "claude-3-opus", "claude-2"]

    /// From 3.7 to 4.5, but not Opus 4.5, which takes effort.
    private static let thinkingByBudget =
        early + ["claude-opus-4-1", "claude-sonnet-4-5", "claude-haiku-4-5"]

    /// Up to 4.0: they take both sampling parameters at once, and no schema for what they answer.
    private static let early = [
        "claude-2", "claude-3", "claude-sonnet-4-0", "claude-opus-4-0", "claude-sonnet-4-2025", "claude-opus-4-2025",
        "claude-sonnet-4@", "claude-opus-4@",
    ]
}
