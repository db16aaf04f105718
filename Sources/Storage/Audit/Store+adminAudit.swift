import CustodyLog
public import Domain
import Foundation

/// Rows, read.
enum AdminAuditRow {
    static let columns = "number, id, salt, leaf, CAST(entry AS BLOB) AS entry"

    /// Nil for what can't be one: somebody has changed it.
    static func salt(_ row: Row) -> Salt? { Salt(bytes: row["salt"] as Data) }

    static func commitment(_ row: Row) -> Commitment? {
        salt(row).map { Commitment(salt: $0, record: Array(row["entry"] as Data)) }
    }
}

/// What the transparency log has, as its last checkpoint and its tiles say it.
struct LoggedEntries {
    private let database: Database
    private let size: Int
    private let head: TreeHead?
    private var prover: TreeProver

    init(in database: Database) throws {
        self.database = database
        size = try database.logSize()
        head = try database.publishedCheckpoint().map { try Checkpoint($0.note).head }
        prover = TreeProver(size: head?.size ?? 0) { try database.tile($0) }
    }

    /// Whether the log has a commitment at an index: by a proof, where the last checkpoint has the entry.
    mutating func has(_ commitment: Commitment?, at index: Int) throws -> Bool {
        guard let commitment, 0..<size ~= index else { return false }
        if let head, index < head.size {
            return try prover.inclusion(of: index).proves(.leaf(commitment), at: index, in: head)
        }
        let place = index % LogTile.fullWidth
        guard let id = LogTile.ID(.entries, number: index / LogTile.fullWidth, size: size) else { return false }
        let bytes = try database.tile(id).dropFirst(place * Commitment.byteCount).prefix(Commitment.byteCount)
        return Array(bytes) == commitment.bytes
    }
}

extension Store {
    /// What was done, the newest first.
    ///
    /// - Throws: ``StoreError``.
    public func adminAudit(_ query: AdminAuditQuery) throws -> [AdminAuditEntry] {
        try read { database in
            var logged = try LoggedEntries(in: database)
            let earlier = query.before == nil ? "" : " WHERE number < (SELECT number FROM admin_audit WHERE id = ?)"
            let rows = try Row.fetchCursor(
                database, sql: "SELECT \(AdminAuditRow.columns) FROM admin_audit\(earlier) ORDER BY number DESC",
                arguments: StatementArguments([query.before].compactMap(\.self)))
            var found: [AdminAuditEntry] = []
            while found.count < query.limit, let row = try rows.next() {
                if query.asks(for: row["entry"]) { found.append(try Self.entry(row, &logged)) }
            }
            return found
        }
    }

    /// Nil where there is none within reach.
    ///
    /// - Throws: ``StoreError``.
    public func adminAuditEntry(_ id: AdminAuditEntry.ID, within reach: AuditReach) throws -> AdminAuditEntry? {
        try read { database in
            var logged = try LoggedEntries(in: database)
            return try Self.row(id, within: reach, in: database).map { try Self.entry($0, &logged) }
        }
    }

    /// As of a custody record, and checked in the same way. Nil where there is none within reach.
    ///
    /// - Throws: ``StoreError``.
    public func adminAuditReceipt(_ id: AdminAuditEntry.ID, within reach: AuditReach) throws -> CustodyReceipt? {
        try read { database in
            guard let row = try Self.row(id, within: reach, in: database) else { return nil }
            guard let salt = AdminAuditRow.salt(row) else { return .unlogged }
            return try database.receipt(for: Array(row["entry"] as Data), salt: salt, index: row["leaf"])
        }
    }

    private static func row(
        _ id: AdminAuditEntry.ID, within reach: AuditReach, in database: Database
    ) throws -> Row? {
        let row = try Row.fetchOne(
            database, sql: "SELECT \(AdminAuditRow.columns) FROM admin_audit WHERE id = ?", arguments: [id])
        return row.flatMap { AdminAuditQuery(reach, limit: 1).asks(for: $0["entry"]) ? $0 : nil }
    }

    private static func entry(_ row: Row, _ logged: inout LoggedEntries) throws -> AdminAuditEntry {
        let (entry, index): (Data, Int) = (row["entry"], row["leaf"])
        return AdminAuditEntry(
            id: row["id"], json: Array(entry),
            place: LogPlace(index: index, salt: AdminAuditRow.salt(row)?.hex ?? ""),
            isAsLogged: try logged.has(AdminAuditRow.commitment(row), at: index))
    }
}

extension AdminAuditQuery {
    /// What is asked for stands in the entries' text alone, so that nothing beside it can say something else. An entry that
    /// isn't JSON any more is found without a filter.
    fileprivate func asks(for entry: Data) -> Bool {
        let members = JSONObject(entry)
        return isWithinReach(members) && isOfOrganization(members) && isOfActor(members)
            && (action == nil || members?.text("action") == action?.rawValue)
            && (object == nil || members?.text("object") == object)
            && isInTime(members?.text("time"))
    }

    private func isWithinReach(_ entry: JSONObject?) -> Bool {
        switch reach {
        case .everything: true
        case .organization(let organization): entry?.text("organization") == organization.rawValue
        case .installation: [nil, OrganizationID.default.rawValue].contains(entry?.text("organization"))
        }
    }

    private func isOfOrganization(_ entry: JSONObject?) -> Bool {
        organization == nil || entry?.text("organization") == organization?.rawValue
    }

    private func isOfActor(_ entry: JSONObject?) -> Bool {
        guard let actor else { return true }
        let author = entry?.object("actor")
        return ["id", "email", "kind"].contains { author?.text($0) == actor }
    }

    /// Times have one form, so that they sort as texts.
    private func isInTime(_ time: String?) -> Bool {
        if let since { guard let time, time >= since.description else { return false } }
        if let until { guard let time, time < until.description else { return false } }
        return true
    }
}
