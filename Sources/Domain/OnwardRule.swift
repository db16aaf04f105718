/// Whether a route takes requests that have its provider send the prompt, or parts of it, on to others: to a search engine
/// or to the server of a tool.
///
/// Where those are, and whose law they are under, the route can't say.
public enum OnwardRule: String, CaseIterable, Sendable {
    case refused, allowed

    /// What holds where the catalogue says nothing.
    public init(usualFor tier: Tier) { self = tier == .providerAPI ? .allowed : .refused }
}
