/// Who has keys, records and members.
public struct Organization: Hashable, Sendable {
    public let id: OrganizationID
    public let name: String
    public let createdAt: Timestamp

    public init(id: OrganizationID, name: String, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}

/// Someone who signs in.
public struct User: Hashable, Sendable {
    /// `usr_` and random letters.
    public typealias ID = String

    public let id: ID
    public let email: EmailAddress
    public let name: String
    /// Of the pages; nil: what the browser asks for.
    public let language: Language?

    public init(id: ID, email: EmailAddress, name: String, language: Language?) {
        self.id = id
        self.email = email
        self.name = name
        self.language = language
    }
}

/// An e-mail address in small letters, so that one person has one account.
///
/// What is before the at sign may tell small letters from capitals (RFC 5321, section 2.4), and no mail provider that
/// people use does.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil for what can't be an address: it has one at sign, something on both of its sides, and printable ASCII only.
    public init?(_ text: String) {
        let trimmed = text.drop { $0 == " " }.split(separator: " ", omittingEmptySubsequences: false)
        guard let first = trimmed.first, trimmed.dropFirst().allSatisfy(\.isEmpty), 3...254 ~= first.utf8.count,
            first.utf8.allSatisfy({ 0x21...0x7E ~= $0 && !"\"'<>&,;:\\".utf8.contains($0) })
        else { return nil }
        let halves = first.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.text = first.lowercased()
    }

    public var description: String { text }
}

/// A user's place in an organization.
public struct Membership: Hashable, Sendable {
    public let organization: Organization
    public let role: Role

    public init(organization: Organization, role: Role) {
        self.organization = organization
        self.role = role
    }
}

/// An organization's view of a user.
public struct Member: Hashable, Sendable {
    public let user: User
    public let role: Role
    public let joinedAt: Timestamp

    public init(user: User, role: Role, joinedAt: Timestamp) {
        self.user = user
        self.role = role
        self.joinedAt = joinedAt
    }
}

/// An open door for one person, for some days.
public struct Invitation: Hashable, Sendable {
    /// `inv_` and random letters: names it where its token must not stand.
    public typealias ID = String

    public let id: ID
    public let organization: Organization
    public let email: EmailAddress
    public let role: Role
    public let createdAt: Timestamp
    public let expiresAt: Timestamp

    /// Seconds: 7 days.
    public static let lifetime: Int64 = 7 * 86_400

    public init(
        id: ID, organization: Organization, email: EmailAddress, role: Role, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.organization = organization
        self.email = email
        self.role = role
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
