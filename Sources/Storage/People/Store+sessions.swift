public import Domain
import Foundation

extension Store {
    public func startSession(
        _ user: User.ID, in organization: OrganizationID?, at now: Timestamp
    ) throws -> SecretToken {
        let token = SecretToken.random()
        try write { database in
            try database.execute(sql: "DELETE FROM sessions WHERE expires_at <= ?", arguments: [now.microseconds])
            let first = try String.fetchOne(
                database, sql: "SELECT organization FROM memberships WHERE user = ? ORDER BY joined_at LIMIT 1",
                arguments: [user])
            try database.execute(
                sql: """
                    INSERT INTO sessions (hash, user, organization, created_at, last_seen_at, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    token.digest, user, organization?.rawValue ?? first, now.microseconds, now.microseconds,
                    now.adding(seconds: Session.lifetime).microseconds,
                ])
        }
        return token
    }

    public func session(_ token: SecretToken, at now: Timestamp) throws -> Session? {
        let found = try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT \(PeopleRow.users), sessions.created_at AS began_at, last_seen_at, sessions.organization AS place
                    FROM sessions JOIN users ON users.id = sessions.user
                    WHERE hash = ? AND expires_at > ? AND last_seen_at > ?
                    """,
                arguments: [
                    token.digest, now.microseconds, now.adding(seconds: -Session.idleLimit).microseconds,
                ]
            ).map { row in
                let user = try PeopleRow.user(row)
                let membership = try Row.fetchOne(
                    database,
                    sql: PeopleRow.memberships + " WHERE memberships.user = ? AND memberships.organization = ?",
                    arguments: [user.id, row["place"] as String?])
                return Session(
                    user: user, membership: try membership.map(PeopleRow.membership),
                    createdAt: Timestamp(microseconds: row["began_at"]),
                    lastSeenAt: Timestamp(microseconds: row["last_seen_at"]))
            }
        }
        if let found { try see(token, lastSeen: found.lastSeenAt, at: now) }
        return found
    }

    /// Once a minute is enough, and what is lost with the power is a minute.
    private func see(_ token: SecretToken, lastSeen: Timestamp, at now: Timestamp) throws {
        guard now > lastSeen.adding(seconds: 60) else { return }
        try writeUnsynced {
            try $0.execute(
                sql: "UPDATE sessions SET last_seen_at = ? WHERE hash = ?", arguments: [now.microseconds, token.digest])
        }
    }

    public func sessionCount(of user: User.ID, at now: Timestamp) throws -> Int {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM sessions WHERE user = ? AND expires_at > ? AND last_seen_at > ?",
                arguments: [user, now.microseconds, now.adding(seconds: -Session.idleLimit).microseconds]) ?? 0
        }
    }

    public func endSession(_ token: SecretToken) throws {
        try write { try $0.execute(sql: "DELETE FROM sessions WHERE hash = ?", arguments: [token.digest]) }
    }

    public func endSessions(of user: User.ID, except token: SecretToken) throws {
        try write {
            try $0.execute(
                sql: "DELETE FROM sessions WHERE user = ? AND hash <> ?", arguments: [user, token.digest])
        }
    }
}
