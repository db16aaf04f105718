/// A secret that is shown once: of a session, an invitation or the first owner's link. Never printed.
public struct SecretToken: Sendable, Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }
}

extension SecretToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A password as somebody typed it. Never printed, never kept.
public struct Password: Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    /// NIST SP 800-63B, section 3.1.1.2: 15 characters where it stands alone would be better, 12 is what people bear. The
    /// longest keeps the work small.
    public static let lengths = 12...256

    public var isLongEnough: Bool { text.unicodeScalars.count >= Self.lengths.lowerBound }
    public var isTooLong: Bool { text.utf8.count > Self.lengths.upperBound * 4 }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What somebody says of themselves when their account is made.
public struct UserDraft: Sendable {
    public let email: EmailAddress
    public let name: String
    public let language: Language?

    public init(email: EmailAddress, name: String, language: Language?) {
        self.email = email
        self.name = name
        self.language = language
    }
}

/// A browser that is signed in.
public struct Session: Hashable, Sendable {
    /// Seconds without a request after which it ends: 8 hours.
    public static let idleLimit: Int64 = 8 * 3_600
    /// Seconds after which it ends in any case: 7 days.
    public static let lifetime: Int64 = 7 * 86_400

    public let user: User
    /// The one at hand; nil when the user is in none.
    public let membership: Membership?
    public let createdAt: Timestamp
    public let lastSeenAt: Timestamp

    public init(user: User, membership: Membership?, createdAt: Timestamp, lastSeenAt: Timestamp) {
        self.user = user
        self.membership = membership
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
    }

    /// Nil where there is nothing that the user may do.
    public var actor: Actor? { membership.map { .member(user.id, $0.organization.id, $0.role) } }
}

/// What people ask for and can't have.
public enum PeopleError: Error, Hashable, Sendable {
    /// A claim or an invitation that was used, has expired or never was.
    case linkUnusable
    case wrongPassword
    case alreadyMember
    case memberNotFound
    case invitationNotFound
    /// An organization has to keep one owner.
    case lastOwner
}

/// Port: organizations, their members, and who is signed in.
///
/// Times are passed in. Passwords are worked on away from the caller's thread.
public protocol PeopleDirectory: Sendable {
    /// Whether nobody owns the installation yet.
    func isUnclaimed() async throws -> Bool
    /// Whether a claim would be taken.
    func isClaim(_ token: SecretToken) async throws -> Bool
    /// Makes the first owner; the link is used up.
    ///
    /// - Throws: ``PeopleError/linkUnusable``.
    func claim(with token: SecretToken, _ draft: UserDraft, _ password: Password, at now: Timestamp) async throws
        -> User

    /// Nil for an unknown address and for a wrong password, after the same time.
    func user(_ email: EmailAddress, _ password: Password) async throws -> User?
    /// Lets somebody in by an identity provider's word: whoever came with this subject before, or else has the address.
    /// Who is new becomes a user only with a role or an invitation.
    ///
    /// - Returns: nil where nobody gives them anything. What the groups gave before is taken away then, but for the role
    ///   of an organization's last owner.
    func signOn(_ identity: ExternalIdentity, _ grant: SignOnGrant, at now: Timestamp) async throws -> User?
    func update(_ user: User.ID, name: String, language: Language?) async throws
    /// Ends the user's sessions, all of them.
    ///
    /// - Throws: ``PeopleError/wrongPassword``.
    func changePassword(of user: User.ID, from old: Password, to new: Password) async throws

    /// - Parameter organization: nil: any that the user is in.
    func startSession(_ user: User.ID, in organization: OrganizationID?, at now: Timestamp) async throws -> SecretToken
    /// The session of a token, which counts as used; nil where there is none in force.
    func session(_ token: SecretToken, at now: Timestamp) async throws -> Session?
    func sessionCount(of user: User.ID, at now: Timestamp) async throws -> Int
    func endSession(_ token: SecretToken) async throws
    func endSessions(of user: User.ID, except token: SecretToken) async throws

    func organizations() async throws -> [Organization]
    func memberships(of user: User.ID) async throws -> [Membership]
    /// - Parameter owner: nil: it has none until one is invited.
    func createOrganization(_ name: String, owner: User.ID?, at now: Timestamp) async throws -> Organization

    func members(of organization: OrganizationID) async throws -> [Member]
    /// Ends the member's sessions in the organization: the new role needs a new one.
    ///
    /// - Throws: ``PeopleError/memberNotFound``, ``PeopleError/lastOwner``, and what `check` throws of the role so far.
    func changeRole(
        of user: User.ID, in organization: OrganizationID, to role: Role,
        check: @Sendable (Role) throws -> Void
    ) async throws -> Member
    /// - Throws: as ``changeRole(of:in:to:check:)``.
    func removeMember(
        _ user: User.ID, from organization: OrganizationID, check: @Sendable (Role) throws -> Void) async throws

    /// Those that can be accepted.
    func invitations(of organization: OrganizationID, at now: Timestamp) async throws -> [Invitation]
    /// An earlier invitation of the same address to the same organization is no longer good.
    ///
    /// - Throws: ``PeopleError/alreadyMember``.
    func invite(
        _ email: EmailAddress, to organization: OrganizationID, as role: Role, at now: Timestamp
    ) async throws -> (invitation: Invitation, token: SecretToken)
    /// - Throws: ``PeopleError/invitationNotFound``.
    func withdraw(
        _ invitation: Invitation.ID, of organization: OrganizationID, check: @Sendable (Role) throws -> Void
    ) async throws
    func invitation(for token: SecretToken, at now: Timestamp) async throws -> (Invitation, isKnown: Bool)?
    /// Makes the user, or lets one in who has the password already.
    ///
    /// - Throws: ``PeopleError/linkUnusable``, ``PeopleError/wrongPassword``.
    func accept(
        _ token: SecretToken, name: String, language: Language?, _ password: Password, at now: Timestamp
    ) async throws -> (user: User, organization: OrganizationID)
}
