/// Whether personal information is to be kept from leaving; on the wire `pii_substitution` is `false`, `true` or
/// `"required"`.
public enum SubstitutionDemand: String, CaseIterable, Sendable {
    /// Text leaves as it is.
    case off
    /// Stand-ins leave in place of what is found.
    case on
    /// The same, and what can't be looked through is refused.
    case required
}
