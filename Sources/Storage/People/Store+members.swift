public import Domain
import Foundation

extension Store: PeopleDirectory {
    public func organizations() throws -> [Organization] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT \(PeopleRow.organizations) FROM organizations ORDER BY created_at, id"
            ).map(PeopleRow.organization)
        }
    }

    public func memberships(of user: User.ID) throws -> [Membership] {
        try read { database in
            try Row.fetchAll(
                database, sql: PeopleRow.memberships + " WHERE memberships.user = ? ORDER BY organizations.name",
                arguments: [user]
            ).map(PeopleRow.membership)
        }
    }

    public func createOrganization(_ name: String, owner: User.ID?, at now: Timestamp) throws -> Organization {
        let organization = Organization(
            id: OrganizationID(rawValue: "org_" + RandomText.base62(count: 16)), name: name, createdAt: now)
        try change { database, audit in
            try audit.record(
                .organizationCreated, of: organization.id.rawValue, in: nil,
                to: ["name": .text(name), "owner": AuditValue(owner)])
            try database.execute(
                sql: "INSERT INTO organizations (id, name, created_at) VALUES (?, ?, ?)",
                arguments: [organization.id.rawValue, name, now.microseconds])
            guard let owner else { return }
            try database.execute(
                sql: "INSERT INTO memberships (organization, user, role, joined_at) VALUES (?, ?, 'owner', ?)",
                arguments: [organization.id.rawValue, owner, now.microseconds])
        }
        return organization
    }

    public func members(of organization: OrganizationID) throws -> [Member] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: PeopleRow.memberships + " WHERE memberships.organization = ? ORDER BY joined_at, user_id",
                arguments: [organization.rawValue]
            ).map(PeopleRow.member)
        }
    }

    public func changeRole(
        of user: User.ID, in organization: OrganizationID, to role: Role, check: @Sendable (Role) throws -> Void
    ) throws -> Member {
        try change { database, audit in
            let member = try Self.member(user, of: organization, in: database)
            try check(member.role)
            if role != .owner { try Self.keepAnOwner(without: member, of: organization, in: database) }
            try database.execute(
                sql: "UPDATE memberships SET role = ? WHERE user = ? AND organization = ?",
                arguments: [role.rawValue, user, organization.rawValue])
            try Self.endSessions(of: user, in: organization, in: database)
            let changed = try Self.member(user, of: organization, in: database)
            if changed.role != member.role {
                try audit.record(
                    .memberRoleChanged, of: user, in: organization, from: member.audited, to: changed.audited)
            }
            return changed
        }
    }

    public func removeMember(
        _ user: User.ID, from organization: OrganizationID, check: @Sendable (Role) throws -> Void
    ) throws {
        try change { database, audit in
            let member = try Self.member(user, of: organization, in: database)
            try check(member.role)
            try audit.record(.memberRemoved, of: user, in: organization, from: member.audited)
            try Self.keepAnOwner(without: member, of: organization, in: database)
            try database.execute(
                sql: "DELETE FROM memberships WHERE user = ? AND organization = ?",
                arguments: [user, organization.rawValue])
            try Self.endSessions(of: user, in: organization, in: database)
        }
    }

    private static func member(
        _ user: User.ID, of organization: OrganizationID, in database: Database
    ) throws -> Member {
        guard let member = try knownMember(user, of: organization, in: database) else {
            throw PeopleError.memberNotFound
        }
        return member
    }

    static func knownMember(
        _ user: User.ID, of organization: OrganizationID, in database: Database
    ) throws -> Member? {
        try Row.fetchOne(
            database, sql: PeopleRow.memberships + " WHERE memberships.user = ? AND memberships.organization = ?",
            arguments: [user, organization.rawValue]
        ).map(PeopleRow.member)
    }

    private static func keepAnOwner(
        without member: Member, of organization: OrganizationID, in database: Database
    ) throws {
        if try isLastOwner(member, of: organization, in: database) { throw PeopleError.lastOwner }
    }

    static func isLastOwner(_ member: Member, of organization: OrganizationID, in database: Database) throws -> Bool {
        guard member.role == .owner else { return false }
        let owners = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM memberships WHERE organization = ? AND role = 'owner'",
            arguments: [organization.rawValue])
        return owners ?? 0 < 2
    }

    static func endSessions(
        of user: User.ID, in organization: OrganizationID, in database: Database
    ) throws {
        try database.execute(
            sql: "DELETE FROM sessions WHERE user = ? AND organization = ?", arguments: [user, organization.rawValue])
    }

    // MARK: Invitations

    public func invitations(of organization: OrganizationID, at now: Timestamp) throws -> [Invitation] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: PeopleRow.invitations
                    + " WHERE invitations.organization = ? AND expires_at > ? ORDER BY invitations.created_at",
                arguments: [organization.rawValue, now.microseconds]
            ).map(PeopleRow.invitation)
        }
    }

    public func invite(
        _ email: EmailAddress, to organization: OrganizationID, as role: Role, at now: Timestamp
    ) throws -> (invitation: Invitation, token: SecretToken) {
        let token = SecretToken.random()
        let id = "inv_" + RandomText.base62(count: 16)
        let invitation = try change { database, audit in
            let present = try Int.fetchOne(
                database,
                sql: "SELECT 1 FROM memberships JOIN users ON users.id = user WHERE email = ? AND organization = ?",
                arguments: [email.text, organization.rawValue])
            guard present == nil else { throw PeopleError.alreadyMember }
            try database.execute(
                sql: "DELETE FROM invitations WHERE expires_at <= ? OR (email = ? AND organization = ?)",
                arguments: [now.microseconds, email.text, organization.rawValue])
            try database.execute(
                sql: """
                    INSERT INTO invitations (id, organization, email, role, hash, created_at, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, organization.rawValue, email.text, role.rawValue, token.digest, now.microseconds,
                    now.adding(seconds: Invitation.lifetime).microseconds,
                ])
            let row = try Row.fetchOne(
                database, sql: PeopleRow.invitations + " WHERE invitations.id = ?", arguments: [id])
            let invitation = try row.map(PeopleRow.invitation)
            let token = try audit.digest(token.text)
            let made = invitation?.audited.adding(["token": token])
            try audit.record(.memberInvited, of: id, in: organization, to: made)
            return invitation
        }
        guard let invitation else { throw StoreError.unreadable(table: "invitations", id: id) }
        return (invitation, token)
    }

    public func withdraw(
        _ invitation: Invitation.ID, of organization: OrganizationID, check: @Sendable (Role) throws -> Void
    ) throws {
        try change { database, audit in
            let row = try Row.fetchOne(
                database, sql: PeopleRow.invitations + " WHERE invitations.id = ? AND invitations.organization = ?",
                arguments: [invitation, organization.rawValue])
            guard let row else { throw PeopleError.invitationNotFound }
            try check(try PeopleRow.role(row))
            try audit.record(
                .invitationWithdrawn, of: invitation, in: organization, from: try PeopleRow.invitation(row).audited)
            try database.execute(sql: "DELETE FROM invitations WHERE id = ?", arguments: [invitation])
        }
    }
}

extension Member {
    /// As an entry of the admin audit has it.
    var audited: AuditValue {
        ["email": .text(user.email.text), "name": .text(user.name), "role": .text(role.rawValue)]
    }
}

extension Invitation {
    var audited: AuditValue {
        ["email": .text(email.text), "role": .text(role.rawValue), "expires_at": .text(expiresAt.description)]
    }
}
