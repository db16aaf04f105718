public import Domain

extension Store {
    public func signOn(_ identity: ExternalIdentity, _ grant: SignOnGrant, at now: Timestamp) throws -> User? {
        try change { database, audit in
            let known = try Self.user(of: identity, in: database)
            switch grant {
            case .asInvited: return try Self.letIn(identity, known, at: now, database, audit)
            case .role(nil, let organization):
                if let known { try Self.takeRole(of: known, in: organization, database, audit) }
                return nil
            case .role(let role?, let organization):
                guard let user = try known ?? Self.newUser(identity, at: now, database) else { return nil }
                try Self.give(role, to: user, in: organization, at: now, database, audit)
                return user
            }
        }
    }

    /// By the subject; else by the address, unless that is somebody else's at the same provider: addresses are given to
    /// another person once the first has left.
    private static func user(of identity: ExternalIdentity, in database: Database) throws -> User? {
        let bySubject = try Row.fetchOne(
            database,
            sql:
                "SELECT \(PeopleRow.users) FROM identities JOIN users ON users.id = user WHERE issuer = ? AND subject = ?",
            arguments: [identity.issuer, identity.subject])
        if let bySubject { return try PeopleRow.user(bySubject) }
        guard let email = identity.email else { return nil }
        let byAddress = try Row.fetchOne(
            database,
            sql: """
                SELECT \(PeopleRow.users) FROM users WHERE email = ?
                AND NOT EXISTS (SELECT 1 FROM identities WHERE identities.user = users.id AND issuer = ?)
                """,
            arguments: [email.text, identity.issuer])
        guard let user = try byAddress.map(PeopleRow.user) else { return nil }
        try link(identity, to: user, database)
        return user
    }

    private static func link(_ identity: ExternalIdentity, to user: User, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO identities (issuer, subject, user) VALUES (?, ?, ?)",
            arguments: [identity.issuer, identity.subject, user.id])
    }

    /// Nil without a verified address, and where the address is somebody else's.
    private static func newUser(
        _ identity: ExternalIdentity, at now: Timestamp, _ database: Database
    ) throws -> User? {
        guard let email = identity.email,
            try Int.fetchOne(database, sql: "SELECT 1 FROM users WHERE email = ?", arguments: [email.text]) == nil
        else { return nil }
        let draft = UserDraft(email: email, name: identity.name, language: nil)
        let user = try insert(draft, nil, at: now, into: database)
        try link(identity, to: user, database)
        return user
    }

    /// A member, or somebody who was invited under the address that the provider has verified.
    private static func letIn(
        _ identity: ExternalIdentity, _ known: User?, at now: Timestamp, _ database: Database, _ audit: ChangeRecorder
    ) throws -> User? {
        let invitations = try identity.email.map { email in
            try Row.fetchAll(
                database, sql: PeopleRow.invitations + " WHERE invitations.email = ? AND expires_at > ?",
                arguments: [email.text, now.microseconds]
            ).map(PeopleRow.invitation)
        }
        var user = known
        if user == nil, invitations?.isEmpty == false { user = try newUser(identity, at: now, database) }
        guard let user else { return nil }
        for invitation in invitations ?? [] {
            if try knownMember(user.id, of: invitation.organization.id, in: database) == nil {
                try join(user.id, invitation.organization.id, as: invitation.role, at: now, in: database)
                let member = Member(user: user, role: invitation.role, joinedAt: now)
                try audit.record(
                    .memberJoined, of: user.id, in: invitation.organization.id, by: user,
                    to: member.audited.adding([
                        "invitation": .text(invitation.id), "issuer": .text(identity.issuer),
                    ]))
            }
            try database.execute(sql: "DELETE FROM invitations WHERE id = ?", arguments: [invitation.id])
        }
        let isMember = try Int.fetchOne(
            database, sql: "SELECT 1 FROM memberships WHERE user = ?", arguments: [user.id])
        return isMember == nil ? nil : user
    }

    private static func give(
        _ role: Role, to user: User, in organization: OrganizationID, at now: Timestamp, _ database: Database,
        _ audit: ChangeRecorder
    ) throws {
        let given = Member(user: user, role: role, joinedAt: now)
        guard let member = try knownMember(user.id, of: organization, in: database) else {
            try audit.record(.memberJoined, of: user.id, in: organization, by: user, to: given.audited)
            return try join(user.id, organization, as: role, at: now, in: database)
        }
        guard member.role != role, try role == .owner || !isLastOwner(member, of: organization, in: database) else {
            return
        }
        try database.execute(
            sql: "UPDATE memberships SET role = ? WHERE user = ? AND organization = ?",
            arguments: [role.rawValue, user.id, organization.rawValue])
        try audit.record(
            .memberRoleChanged, of: user.id, in: organization, by: user, from: member.audited, to: given.audited)
        try endSessions(of: user.id, in: organization, in: database)
    }

    private static func takeRole(
        of user: User, in organization: OrganizationID, _ database: Database, _ audit: ChangeRecorder
    ) throws {
        guard let member = try knownMember(user.id, of: organization, in: database),
            try !isLastOwner(member, of: organization, in: database)
        else { return }
        try database.execute(
            sql: "DELETE FROM memberships WHERE user = ? AND organization = ?",
            arguments: [user.id, organization.rawValue])
        try audit.record(.memberRemoved, of: user.id, in: organization, by: user, from: member.audited)
        try endSessions(of: user.id, in: organization, in: database)
    }
}
