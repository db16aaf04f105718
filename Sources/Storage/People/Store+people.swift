import Crypto
public import Domain
import Foundation

/// What is kept of a secret token. The token has 256 random bits, so that a plain hash can't be guessed from.
extension SecretToken {
    /// 43 letters hold 256 bits.
    static func random() -> SecretToken { SecretToken(RandomText.base62(count: 43)) }

    var digest: Data { Data(SHA256.hash(data: Data(text.utf8))) }
}

extension Language {
    var code: String { self == .french ? "fr" : "en" }

    init?(code: String?) {
        switch code {
        case "fr": self = .french
        case "en": self = .english
        default: return nil
        }
    }
}

/// Rows, read.
enum PeopleRow {
    static func user(_ row: Row) throws -> User {
        let id: String = row["user_id"]
        guard let email = EmailAddress(row["email"]) else { throw StoreError.unreadable(table: "users", id: id) }
        return User(id: id, email: email, name: row["user_name"], language: Language(code: row["language"]))
    }

    static func organization(_ row: Row) -> Organization {
        Organization(
            id: OrganizationID(rawValue: row["organization"]), name: row["organization_name"],
            createdAt: Timestamp(microseconds: row["organization_created_at"]))
    }

    /// A role that isn't known is an error: any other could allow more.
    static func role(_ row: Row) throws -> Role {
        let text: String = row["role"]
        guard let role = Role(rawValue: text) else { throw StoreError.unreadable(table: "memberships", id: text) }
        return role
    }

    static func membership(_ row: Row) throws -> Membership {
        Membership(organization: organization(row), role: try role(row))
    }

    static func member(_ row: Row) throws -> Member {
        Member(user: try user(row), role: try role(row), joinedAt: Timestamp(microseconds: row["joined_at"]))
    }

    static func invitation(_ row: Row) throws -> Invitation {
        let id: String = row["id"]
        guard let email = EmailAddress(row["email"]) else { throw StoreError.unreadable(table: "invitations", id: id) }
        return Invitation(
            id: id, organization: organization(row), email: email, role: try role(row),
            createdAt: Timestamp(microseconds: row["created_at"]), expiresAt: Timestamp(microseconds: row["expires_at"])
        )
    }

    static let users = "users.id AS user_id, users.email, users.name AS user_name, users.language"
    static let organizations = """
        organizations.id AS organization, organizations.name AS organization_name,
        organizations.created_at AS organization_created_at
        """
    static let memberships = """
        SELECT \(users), \(organizations), memberships.role, memberships.joined_at
        FROM memberships JOIN users ON users.id = memberships.user
        JOIN organizations ON organizations.id = memberships.organization
        """
    static let invitations = """
        SELECT invitations.*, \(organizations)
        FROM invitations JOIN organizations ON organizations.id = invitations.organization
        """
}

extension Store {
    // MARK: The first owner

    /// Makes the token of the link that the first owner is made with; one from before is no longer good.
    ///
    /// - Parameter keepsOld: a token that was made before stays good, and no other is made.
    /// - Returns: nil once there is an owner, and where one is kept.
    public func makeClaim(keepsOld: Bool = false) throws -> SecretToken? {
        let token = SecretToken.random()
        return try change { database, audit in
            guard try Self.isUnclaimed(database) else { return nil }
            if keepsOld, try Int.fetchOne(database, sql: "SELECT 1 FROM claim_token") != nil { return nil }
            try database.execute(sql: "DELETE FROM claim_token")
            try database.execute(sql: "INSERT INTO claim_token (hash) VALUES (?)", arguments: [token.digest])
            try audit.record(
                .claimLinkMade, of: OrganizationID.default.rawValue, in: .default,
                to: ["token": try audit.digest(token.text)])
            return token
        }
    }

    public func isUnclaimed() throws -> Bool { try read(Self.isUnclaimed) }

    private static func isUnclaimed(_ database: Database) throws -> Bool {
        try Int.fetchOne(
            database, sql: "SELECT 1 FROM memberships WHERE organization = ? AND role = 'owner'",
            arguments: [OrganizationID.default.rawValue]) == nil
    }

    public func isClaim(_ token: SecretToken) throws -> Bool { try read { try Self.isClaim(token, in: $0) } }

    private static func isClaim(_ token: SecretToken, in database: Database) throws -> Bool {
        try isUnclaimed(database)
            && Int.fetchOne(database, sql: "SELECT 1 FROM claim_token WHERE hash = ?", arguments: [token.digest]) != nil
    }

    public func claim(
        with token: SecretToken, _ draft: UserDraft, _ password: Password, at now: Timestamp
    ) async throws -> User {
        guard try isClaim(token) else { throw PeopleError.linkUnusable }
        let hash = try await passwords.hash(password)
        return try change { database, audit in
            // Somebody else may have been faster meanwhile.
            guard try Self.isClaim(token, in: database) else { throw PeopleError.linkUnusable }
            let user = try Self.insert(draft, hash, at: now, into: database)
            try Self.join(user.id, .default, as: .owner, at: now, in: database)
            try database.execute(sql: "DELETE FROM claim_token")
            let owner = Member(user: user, role: .owner, joinedAt: now)
            try audit.record(.ownerClaimed, of: user.id, in: .default, by: user, to: owner.audited)
            return user
        }
    }

    // MARK: Users

    public func user(_ email: EmailAddress, _ password: Password) async throws -> User? {
        let found = try Self.found(try read { try Self.row(of: email, in: $0) })
        let isRight = try await passwords.matches(password, found?.hash)
        return isRight ? found?.user : nil
    }

    public func update(_ user: User.ID, name: String, language: Language?) throws {
        try change { database, audit in
            let before = try Row.fetchOne(
                database, sql: "SELECT \(PeopleRow.users) FROM users WHERE id = ?", arguments: [user]
            ).map(PeopleRow.user)
            guard let before, before.name != name || before.language != language else { return }
            try database.execute(
                sql: "UPDATE users SET name = ?, language = ? WHERE id = ?", arguments: [name, language?.code, user])
            let after = User(id: user, email: before.email, name: name, language: language)
            try audit.record(
                .userChanged, of: user, in: audit.author.organization, from: before.audited, to: after.audited)
        }
    }

    public func changePassword(of user: User.ID, from old: Password, to new: Password) async throws {
        let text = try read {
            try String.fetchOne($0, sql: "SELECT password FROM users WHERE id = ?", arguments: [user])
        }
        guard try await passwords.matches(old, text.flatMap { $0.isEmpty ? nil : PasswordHash(stored: $0) }) else {
            throw PeopleError.wrongPassword
        }
        let hash = try await passwords.hash(new)
        try change { database, audit in
            try audit.record(.passwordChanged, of: user, in: audit.author.organization)
            try database.execute(sql: "UPDATE users SET password = ? WHERE id = ?", arguments: [hash.text, user])
            try database.execute(sql: "DELETE FROM sessions WHERE user = ?", arguments: [user])
        }
    }

    private static func row(of email: EmailAddress, in database: Database) throws -> Row? {
        try Row.fetchOne(
            database, sql: "SELECT \(PeopleRow.users), password FROM users WHERE email = ?", arguments: [email.text])
    }

    private static func found(_ row: Row?) throws -> (user: User, hash: PasswordHash?)? {
        try row.map { row in
            let text: String = row["password"]
            return (try PeopleRow.user(row), text.isEmpty ? nil : PasswordHash(stored: text))
        }
    }

    /// - Parameter hash: nil for somebody whom only an identity provider knows: no password is theirs.
    static func insert(
        _ draft: UserDraft, _ hash: PasswordHash?, at now: Timestamp, into database: Database
    ) throws -> User {
        // An address that is there already has its own password, which nobody gets around by a link.
        guard try row(of: draft.email, in: database) == nil else { throw PeopleError.linkUnusable }
        let user = User(
            id: "usr_" + RandomText.base62(count: 16), email: draft.email, name: draft.name, language: draft.language)
        try database.execute(
            sql: "INSERT INTO users (id, email, name, language, password, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [user.id, user.email.text, user.name, user.language?.code, hash?.text ?? "", now.microseconds])
        return user
    }

    static func join(
        _ user: User.ID, _ organization: OrganizationID, as role: Role, at now: Timestamp, in database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO memberships (organization, user, role, joined_at) VALUES (?, ?, ?, ?)",
            arguments: [organization.rawValue, user, role.rawValue, now.microseconds])
    }

    // MARK: Accepting an invitation

    public func invitation(for token: SecretToken, at now: Timestamp) throws -> (Invitation, isKnown: Bool)? {
        try read { database in
            guard let invitation = try Self.invitation(token, at: now, in: database) else { return nil }
            return (invitation, try Self.row(of: invitation.email, in: database) != nil)
        }
    }

    private static func invitation(
        _ token: SecretToken, at now: Timestamp, in database: Database
    ) throws -> Invitation? {
        try Row.fetchOne(
            database, sql: PeopleRow.invitations + " WHERE hash = ? AND expires_at > ?",
            arguments: [token.digest, now.microseconds]
        ).map(PeopleRow.invitation)
    }

    public func accept(
        _ token: SecretToken, name: String, language: Language?, _ password: Password, at now: Timestamp
    ) async throws -> (user: User, organization: OrganizationID) {
        guard let (invitation, _) = try invitation(for: token, at: now) else { throw PeopleError.linkUnusable }
        let known = try Self.found(try read { try Self.row(of: invitation.email, in: $0) })
        if let known, try await !passwords.matches(password, known.hash) { throw PeopleError.wrongPassword }
        let hash = known == nil ? try await passwords.hash(password) : nil
        return try change { database, audit in
            guard let invitation = try Self.invitation(token, at: now, in: database) else {
                throw PeopleError.linkUnusable
            }
            let draft = UserDraft(email: invitation.email, name: name, language: language)
            guard let user = try known?.user ?? hash.map({ try Self.insert(draft, $0, at: now, into: database) }) else {
                throw PeopleError.linkUnusable
            }
            let organization = invitation.organization.id
            try Self.join(user.id, organization, as: invitation.role, at: now, in: database)
            try database.execute(sql: "DELETE FROM invitations WHERE id = ?", arguments: [invitation.id])
            let member = Member(user: user, role: invitation.role, joinedAt: now)
            try audit.record(
                .memberJoined, of: user.id, in: organization, by: user,
                to: member.audited.adding(["invitation": .text(invitation.id)]))
            return (user, organization)
        }
    }
}

extension User {
    /// As an entry of the admin audit has it.
    fileprivate var audited: AuditValue { ["name": .text(name), "language": AuditValue(language?.code)] }
}
