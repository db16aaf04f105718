public import Domain
import Foundation

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
        return try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, organization, at, CAST(entries AS BLOB) AS entries FROM pii_audit_log
                    WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC
                    """,
                arguments: arguments)
            var found: [PIIAuditEntry] = []
            while found.count < query.limit, let row = try rows.next() {
                let (id, entries, time): (Data, Data, Int64) = (row["id"], row["entries"], row["at"])
                guard let id = RequestID(data: id), query.asks(for: entries) else { continue }
                found.append(
                    PIIAuditEntry(
                        request: id, organization: row["organization"], json: Array(entries),
                        time: Timestamp(microseconds: time)))
            }
            return found
        }
    }
}

extension PIIAuditQuery {
    /// By what stands in the entries themselves.
    fileprivate func asks(for entries: Data) -> Bool {
        guard key != nil || type != nil else { return true }
        guard let members = JSONObject(entries) else { return false }
        if let key, members.text("key") != key { return false }
        guard let type else { return true }
        return members.objects("entries").contains { $0.text("type") == type.name }
    }
}

extension Ledger {
    /// What was replaced in requests, with the newest first; also what was recorded last.
    public func piiAudit(_ query: PIIAuditQuery) throws -> [PIIAuditEntry] {
        try drainNow()
        return try store.piiAudit(query)
    }
}
