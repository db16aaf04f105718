/// Somebody, by the word of an identity provider.
public struct ExternalIdentity: Hashable, Sendable {
    public let issuer: String
    /// Names one person at the issuer, for ever. A name or an address can pass to somebody else.
    public let subject: String
    /// Nil where the provider gives none, or doesn't say that it has verified it.
    public let email: EmailAddress?
    public let name: String

    public init(issuer: String, subject: String, email: EmailAddress?, name: String) {
        self.issuer = issuer
        self.subject = subject
        self.email = email
        self.name = name
    }
}

/// What an identity provider's groups give somebody.
public enum SignOnGrant: Hashable, Sendable {
    /// Nothing and no role: who is a member here stays one, and who was invited becomes one.
    case asInvited
    /// A role in an organization, and no longer than the groups give it; nil: none of the groups has one.
    case role(Role?, in: OrganizationID)
}

/// Which role the groups of an identity provider have.
public struct GroupRoles: Hashable, Sendable {
    /// Where the roles are held.
    public let organization: OrganizationID
    public let roles: [String: Role]

    public init(organization: OrganizationID, roles: [String: Role]) {
        self.organization = organization
        self.roles = roles
    }

    /// Of several roles the one that may do most. Without any rule, groups mean nothing.
    public func grant(for groups: some Sequence<String>) -> SignOnGrant {
        guard !roles.isEmpty else { return .asInvited }
        let held = Set(groups.compactMap { roles[$0] })
        return .role(Role.allCases.first(where: held.contains), in: organization)
    }
}
