/// What was done about the personal information in a request. Counts only, never what was found.
public struct SubstitutionSummary: Sendable {
    public let demand: SubstitutionDemand
    /// How many different values of each type were replaced; types of which there were none are left out.
    public let counts: [EntityType: Int]
    /// Kinds of content that weren't looked through, such as `image`.
    public let uncovered: [String]

    public init(demand: SubstitutionDemand, counts: [EntityType: Int], uncovered: [String]) {
        self.demand = demand
        self.counts = counts.filter { $0.value > 0 }
        self.uncovered = uncovered
    }

    /// As `x-ni-pii` has it, such as `name=1,email=2,image=not_covered`; `none` where nothing was found.
    public var headerValue: String {
        let found = EntityType.allCases.compactMap { type in counts[type].map { "\(type.name)=\($0)" } }
        let parts = found + uncovered.map { "\($0)=not_covered" }
        return parts.isEmpty ? "none" : parts.joined(separator: ",")
    }
}
