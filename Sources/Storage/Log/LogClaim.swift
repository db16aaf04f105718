import Domain

/// The right to give records their entries in the transparency log, and to sign checkpoints. One node has it at a time.
///
/// It is lent for a term, and anybody may take it once that is over. What keeps the log from forking is the token: each
/// transaction that appends, or publishes, looks whether it is still the newest, with the log's row locked until its end. So
/// a node that was paused finds out in the transaction in which it would have done harm.
struct LogClaim: Hashable, Sendable {
    let run: String
    let token: Int
}

/// Another node sequences by now.
public struct LogClaimLost: Error, Sendable, CustomStringConvertible {
    public var description: String {
        "Another node gives the entries of the custody log, and signs its checkpoints, by now."
    }
}

extension Store {
    /// Takes the log where nobody has it, where its holder's term is over, or where the holder is the node's own earlier
    /// process.
    ///
    /// - Parameters:
    ///   - isStarting: whether an earlier process of the node's may be the holder: once it runs, it is another's copy.
    ///   - term: for how long, unless it is renewed.
    /// - Returns: nil where somebody else has it.
    /// - Throws: ``StoreError``.
    func claimLog(for node: Node, isStarting: Bool, until term: Timestamp, at now: Timestamp) throws -> LogClaim? {
        try writeUnsynced { database in
            let state = try database.lockedLogState()
            let isFree = state.holder == nil || state.heldUntil < now || (isStarting && state.holder == node.id)
            guard isFree || state.run == node.run else { return nil }
            let token = state.run == node.run ? state.token : state.token + 1
            try database.execute(
                sql: "UPDATE log_state SET token = ?, holder = ?, holder_run = ?, held_until = ?",
                arguments: [token, node.id, node.run, term.microseconds])
            return LogClaim(run: node.run, token: token)
        }
    }

    /// - Returns: false where it is lost.
    /// - Throws: ``StoreError``.
    func renew(_ claim: LogClaim, until term: Timestamp) throws -> Bool {
        try writeUnsynced { database in
            let row = try Row.fetchOne(
                database,
                sql: "UPDATE log_state SET held_until = ? WHERE token = ? AND holder_run = ? RETURNING token",
                arguments: [term.microseconds, claim.token, claim.run])
            return row != nil
        }
    }

    /// Gives the log back, so that another node has it at once.
    ///
    /// - Throws: ``StoreError``.
    func release(_ claim: LogClaim) throws {
        try writeUnsynced { database in
            try database.execute(
                sql: """
                    UPDATE log_state SET holder = NULL, holder_run = NULL, held_until = 0
                    WHERE token = ? AND holder_run = ?
                    """,
                arguments: [claim.token, claim.run])
        }
    }

    /// The node that sequences, or did last; nil: nobody.
    ///
    /// - Throws: ``StoreError``.
    public func logHolder() throws -> String? {
        try read { try String.fetchOne($0, sql: "SELECT holder FROM log_state") }
    }
}

/// The log's row, as it stays until the end of the transaction that has asked for it.
struct LogState {
    let size: Int
    let token: Int
    let holder: String?
    let run: String?
    let heldUntil: Timestamp

    func isHeld(by claim: LogClaim) -> Bool { token == claim.token && run == claim.run }
}

extension Database {
    /// As far as can be told before anything is written.
    func isInForce(_ claim: LogClaim) throws -> Bool {
        let statement = try cachedStatement(sql: "SELECT token FROM log_state WHERE token = ? AND holder_run = ?")
        return try Int.fetchOne(statement, arguments: [claim.token, claim.run]) != nil
    }

    /// Whoever else would append waits from here on.
    func lockedLogState() throws -> LogState {
        let statement = try cachedStatement(
            sql: "UPDATE log_state SET size = size RETURNING size, token, holder, holder_run, held_until")
        guard let row = try Row.fetchOne(statement) else { throw StoreError.unreadable(table: "log_state", id: "1") }
        return LogState(
            size: row["size"], token: row["token"], holder: row["holder"], run: row["holder_run"],
            heldUntil: Timestamp(microseconds: row["held_until"]))
    }
}
