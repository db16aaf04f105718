/// What a record says of the credential that a request was sent with. A class: handing it on copies a reference.
public final class CredentialLabel: Sendable {
    /// Whose account it opens; nil: what the route says.
    public let source: CredentialSource?
    /// Nil where there is no secret, such as at a host of one's own.
    public let fingerprint: CredentialFingerprint?

    public init(_ source: CredentialSource?, fingerprint: CredentialFingerprint? = nil) {
        self.source = source
        self.fingerprint = fingerprint
    }
}

/// Whether organizations may have a route asked with credentials of their own.
public enum CustomerCredentialRule: String, CaseIterable, Sendable {
    /// Those that have one are served with it, all others with the platform's.
    case allowed
    /// Those that have none aren't served.
    case required
    /// All are served with the platform's.
    case refused
}
