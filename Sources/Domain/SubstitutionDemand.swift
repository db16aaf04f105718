/// Whether personal information is to be kept from leaving, as `pii_substitution` says it.
public enum SubstitutionDemand: String, CaseIterable, Sendable {
    /// Text leaves as it is.
    case off = "false"
    /// Stand-ins leave in place of what is found.
    case on = "true"
    /// The same, and what can't be looked through is refused.
    case required
}
