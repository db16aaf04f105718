public import Domain

/// Why the texts of a request can't be sent with stand-ins.
public enum SubstitutionFailure: Error, Hashable, Sendable {
    /// For a value of this type every stand-in that was tried is in the request already.
    case unsubstitutable(EntityType)
}
