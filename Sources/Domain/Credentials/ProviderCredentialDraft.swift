/// What a credential is to be.
public struct ProviderCredentialDraft: Sendable {
    public var organization: OrganizationID?
    public var provider: ProviderID
    public var name: String
    public var kind: ProviderCredential.Kind
    public var secret: CredentialSecret

    public init(
        organization: OrganizationID?, provider: ProviderID, name: String, kind: ProviderCredential.Kind,
        secret: CredentialSecret
    ) {
        self.organization = organization
        self.provider = provider
        self.name = name
        self.kind = kind
        self.secret = secret
    }
}

/// An organization has one credential for each provider.
public struct CredentialExists: Error, Hashable, Sendable, CustomStringConvertible {
    public let id: ProviderCredential.ID

    public init(id: ProviderCredential.ID) { self.id = id }

    public var description: String {
        "There is a credential for this provider already: '\(id)'. Rotate it, or revoke it first."
    }
}

/// What was given as a credential can't be used as one.
public struct CredentialUnusable: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; never what was given.
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// What a provider says to a credential.
public enum CredentialVerdict: Hashable, Sendable {
    /// It takes it.
    case accepted
    /// It doesn't; its status.
    case refused(status: Int)
    /// It can't be asked at the moment; why.
    case unreachable(String)
    /// There is nothing harmless that it could be asked.
    case unchecked
}
