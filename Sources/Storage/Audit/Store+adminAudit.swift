import CustodyLog
public import Domain
import Foundation
import GRDB

/// Rows, read.
enum AdminAuditRow {
    static let columns = "number, id, salt, leaf, CAST(entry AS BLOB) AS entry"

    /// A member of the entry's text; NULL where that isn't JSON any more.
    static func member(_ path: String) -> String {
        "CASE WHEN json_valid(entry) THEN json_extract(entry, '$.\(path)') END"
    }

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
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT \(AdminAuditRow.columns) FROM admin_audit
                    WHERE \(query.conditions.joined(separator: " AND ")) ORDER BY number DESC LIMIT :limit
                    """,
                arguments: query.arguments
            ).map { try Self.entry($0, &logged) }
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
        let query = AdminAuditQuery(reach, limit: 1)
        return try Row.fetchOne(
            database,
            sql: """
                SELECT \(AdminAuditRow.columns) FROM admin_audit
                WHERE id = :id AND \(query.conditions.joined(separator: " AND ")) LIMIT :limit
                """,
            arguments: query.arguments + ["id": id])
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
    fileprivate var conditions: [String] {
        let member = AdminAuditRow.member
        var conditions = ["TRUE"]
        switch reach {
        case .everything: break
        case .organization: conditions.append("\(member("organization")) = :reach")
        case .installation: conditions.append("coalesce(\(member("organization")), :reach) = :reach")
        }
        if organization != nil { conditions.append("\(member("organization")) = :organization") }
        if action != nil { conditions.append("\(member("action")) = :action") }
        if object != nil { conditions.append("\(member("object")) = :object") }
        // Times have one form, so that they sort as texts.
        if since != nil { conditions.append("\(member("time")) >= :since") }
        if until != nil { conditions.append("\(member("time")) < :until") }
        if actor != nil {
            let names = ["id", "email", "kind"].map { member("actor.\($0)") }
            conditions.append(":actor IN (\(names.joined(separator: ", ")))")
        }
        if before != nil { conditions.append("number < (SELECT number FROM admin_audit WHERE id = :before)") }
        return conditions
    }

    fileprivate var arguments: StatementArguments {
        var arguments: StatementArguments = ["limit": limit]
        switch reach {
        case .everything: break
        case .organization(let organization): arguments += ["reach": organization.rawValue]
        case .installation: arguments += ["reach": OrganizationID.default.rawValue]
        }
        if let organization { arguments += ["organization": organization.rawValue] }
        if let action { arguments += ["action": action.rawValue] }
        if let object { arguments += ["object": object] }
        if let since { arguments += ["since": since.description] }
        if let until { arguments += ["until": until.description] }
        if let actor { arguments += ["actor": actor] }
        if let before { arguments += ["before": before] }
        return arguments
    }
}
