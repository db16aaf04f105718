public import Domain
import Foundation
import GRDB

extension Store {
    /// What was replaced in requests, with the newest first.
    ///
    /// - Throws: ``StoreError``.
    public func piiAudit(_ query: PIIAuditQuery) throws -> [PIIAuditEntry] {
        var conditions = ["id < ?"]
        var arguments: StatementArguments = [(query.before ?? RequestID(high: .max, low: .max)).data]
        if let organization = query.organization {
            conditions.append("organization = ?")
            arguments += [organization.rawValue]
        }
        if let request = query.request {
            conditions.append("id = ?")
            arguments += [request.data]
        }
        if let since = query.since {
            conditions.append("at >= ?")
            arguments += [since.microseconds]
        }
        if let until = query.until {
            conditions.append("at < ?")
            arguments += [until.microseconds]
        }
        if let key = query.key {
            conditions.append("json_extract(entries, '$.key') = ?")
            arguments += [key]
        }
        if let type = query.type {
            conditions.append(
                "EXISTS (SELECT 1 FROM json_each(entries, '$.entries') WHERE json_extract(value, '$.type') = ?)")
            arguments += [type.name]
        }
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT hex(id) AS id, organization, at, CAST(entries AS BLOB) AS entries FROM pii_audit_log
                    WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?
                    """,
                arguments: arguments + [query.limit])
        }.compactMap { row in
            let (id, entries, time): (String, Data, Int64) = (row["id"], row["entries"], row["at"])
            return RequestID(hex: id).map {
                PIIAuditEntry(
                    request: $0, organization: row["organization"], json: Array(entries),
                    time: Timestamp(microseconds: time))
            }
        }
    }
}

extension Ledger {
    /// What was replaced in requests, with the newest first; also what was recorded last.
    public func piiAudit(_ query: PIIAuditQuery) throws -> [PIIAuditEntry] {
        try drainNow()
        return try store.piiAudit(query)
    }
}
