public import Domain
import Foundation

extension Store {
    /// What was decided for single organizations.
    ///
    /// - Throws: ``StoreError``.
    public func retentions() throws -> [RecordRetention] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM custody_retention ORDER BY organization").map { row in
                RecordRetention(
                    organization: OrganizationID(rawValue: row["organization"]), days: row["days"],
                    isOnLegalHold: row["legal_hold"])
            }
        }
    }

    /// - Throws: ``StoreError``.
    public func setRetention(_ retention: RecordRetention) throws {
        let organization = retention.organization
        let before = try retentions().first { $0.organization == organization }
        guard before != retention else { return }
        try change { database, audit in
            try audit.record(
                .retentionChanged, of: organization.rawValue, in: organization, from: before?.audited,
                to: retention.audited)
            try database.execute(
                sql: """
                    INSERT INTO custody_retention (organization, days, legal_hold) VALUES (?, ?, ?)
                    ON CONFLICT (organization) DO UPDATE SET days = excluded.days, legal_hold = excluded.legal_hold
                    """,
                arguments: [retention.organization.rawValue, retention.days, retention.isOnLegalHold])
        }
    }

    /// Deletes closed records that are older than they are to be, some at a time, and with each its salt. Its entry in the
    /// log stays: without the salt it says nothing of the record any more. What the audit log of personal information says
    /// of requests goes with their records.
    ///
    /// - Parameter usual: days, for organizations for which nothing was decided; nil: for ever.
    /// - Returns: how many there were; fewer than ``deletionLimit`` once there are no more.
    /// - Throws: ``StoreError``.
    public func deleteExpiredRecords(usual: Int?, at now: Timestamp) throws -> Int {
        let decided = try retentions()
        return try askWriter { database in
            // What is deleted is overwritten, in place of only being forgotten.
            try database.overwriteWhatIsDeleted(true)
            defer { try? database.overwriteWhatIsDeleted(false) }
            var count = 0
            for retention in decided where !retention.isOnLegalHold {
                guard let days = retention.days else { continue }
                count += try database.deleteRecords(
                    openedBefore: now.adding(seconds: -Int64(days) * 86_400), "organization = ?",
                    [retention.organization.rawValue])
            }
            guard let usual else { return count }
            let others = repeatElement("?", count: decided.count).joined(separator: ",")
            let isUndecided = decided.isEmpty ? "TRUE" : "organization NOT IN (\(others))"
            return try count
                + database.deleteRecords(
                    openedBefore: now.adding(seconds: -Int64(usual) * 86_400), isUndecided,
                    StatementArguments(decided.map(\.organization.rawValue)))
        }
    }

    /// Records of one organization, or of all that nothing was decided for, that are deleted at a time.
    public static let deletionLimit = 1_000
}

extension RecordRetention {
    /// As an entry of the admin audit has it.
    fileprivate var audited: AuditValue { ["days": AuditValue(days), "legal_hold": .flag(isOnLegalHold)] }
}

extension Database {
    fileprivate func deleteRecords(
        openedBefore time: Timestamp, _ condition: String, _ arguments: StatementArguments
    ) throws -> Int {
        let end = RequestID(high: UInt64(max(0, time.milliseconds)) << 16, low: 0)
        try execute(
            sql: """
                DELETE FROM custody_records WHERE id IN (
                    SELECT id FROM custody_records WHERE id < ? AND state = 'closed' AND \(condition)
                    ORDER BY id LIMIT \(Store.deletionLimit))
                """,
            arguments: [end.data] + arguments)
        let count = changesCount
        // After the records: what is left when the process ends in between goes the next time.
        try execute(
            sql: """
                DELETE FROM pii_audit_log WHERE id IN (
                    SELECT id FROM pii_audit_log WHERE id < ? AND \(condition)
                        AND id NOT IN (SELECT id FROM custody_records) ORDER BY id LIMIT \(Store.deletionLimit))
                """,
            arguments: [end.data] + arguments)
        return max(count, changesCount)
    }
}
