import CustodyLog
public import Domain
import Foundation

extension Store {
    /// Holds the whole admin audit against the transparency log, and against itself.
    ///
    /// A text that was changed isn't the one that the log has. Entries are numbered, and each names the commitment of the
    /// one before it, so that none is taken out or put in between. Of the newest ones the store knows how many there were;
    /// whoever takes that back too leaves entries of the log that nothing is of.
    ///
    /// - Parameter deletes: whether records may have been deleted because they were old. Entries of the log that nothing is
    ///   of aren't looked for then.
    /// - Throws: ``StoreError``.
    public func checkAdminAudit(deletes: Bool) throws -> AdminAuditCheck {
        try read { database in
            var chain = AuditChain(try LoggedEntries(in: database))
            let rows = try Row.fetchCursor(
                database, sql: "SELECT \(AdminAuditRow.columns) FROM admin_audit ORDER BY number")
            while let row = try rows.next() { try chain.take(row) }
            let known = try Int.fetchOne(database, sql: "SELECT admin_entries FROM log_state") ?? 0
            chain.end(at: known)
            if !deletes, let lost = try database.unclaimedEntries(), lost > 0 { chain.faults.append(.unclaimed(lost)) }
            return AdminAuditCheck(count: chain.count, faults: chain.faults)
        }
    }
}

extension Database {
    fileprivate func unclaimedEntries() throws -> Int? {
        try Int.fetchOne(
            self,
            sql: """
                SELECT size - (SELECT count(leaf) FROM custody_records) - (SELECT count(DISTINCT leaf) FROM admin_audit)
                FROM log_state
                """)
    }
}

/// Goes through the entries in their order.
private struct AuditChain {
    private(set) var count = 0
    var faults: [AdminAuditCheck.Fault] = []
    private var last = 0
    private var previous: String?
    private var index = -1
    private var logged: LoggedEntries

    init(_ logged: LoggedEntries) { self.logged = logged }

    mutating func take(_ row: Row) throws {
        let (number, leaf): (Int, Int) = (row["number"], row["leaf"])
        let commitment = AdminAuditRow.commitment(row)
        count += 1
        // Only what comes after a gap can't know what it comes after.
        let isNext = number == last + 1
        if number > last + 1 { faults.append(.missing(last + 1...number - 1)) }
        let own = JSONObject(row["entry"] as Data)
        let isItself = own?.number("number") == number && own?.text("id") == row["id"] as String
        if try !isItself || !logged.has(commitment, at: leaf) {
            faults.append(.changed(number: number))
        } else if leaf <= index || (isNext && own?.text("previous") != previous) {
            faults.append(.outOfOrder(number: number))
        }
        last = number
        index = leaf
        previous = commitment?.hex
    }

    mutating func end(at known: Int) {
        if known > last { faults.append(.missing(last + 1...known)) }
    }
}
