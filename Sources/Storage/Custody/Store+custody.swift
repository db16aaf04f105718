public import Domain
import Foundation
import GRDB
import GRDBSQLite

extension Store {
    /// Takes entries in one transaction. Taking them again, or in another order, makes no difference.
    ///
    /// A power cut may take them away again until ``sync()``.
    ///
    /// - Parameters:
    ///   - limit: bytes after which the transaction ends, though there may be more.
    ///   - readOn: adds entries to the batch; false when there are no more.
    /// - Returns: how many were read.
    /// - Throws: ``StoreError``; none of them was taken then.
    func record(_ batch: JournalBatch, limit: Int, readOn: () throws -> Bool) throws -> Int {
        try writeUnsynced { database in
            let opening = try EntryStatement(Self.opening, in: database)
            let closing = try EntryStatement(Self.closing, in: database)
            defer {
                opening.clear()
                closing.clear()
            }
            batch.begin()
            var goesOn = true
            while goesOn {
                goesOn = try readOn() && batch.bytesRead < limit
                try batch.take(isLast: !goesOn) { entry, bytes in
                    try (entry.phase == .opened ? opening : closing).execute(entry, bytes)
                }
            }
            return batch.entriesRead
        }
    }

    /// A request that is sent to another route is opened once more, with one more attempt: the longer record knows more.
    private static let opening = """
        INSERT INTO custody_records (id, organization, opened_at, state, record, has_drift)
        VALUES (?, ?, ?, 'open', ?, ?)
        ON CONFLICT (id) DO UPDATE SET record = excluded.record, has_drift = excluded.has_drift
        WHERE state = 'open' AND length(excluded.record) > length(record)
        """

    /// A record that isn't JSON is kept as it is: it must not keep all that come after it out of the store.
    private static let closing = """
        INSERT INTO custody_records (id, organization, opened_at, state, record, has_drift)
        VALUES (?, ?, ?, 'closed', ?, ?)
        ON CONFLICT (id) DO UPDATE SET
            state = 'closed', record = excluded.record, has_drift = excluded.has_drift WHERE state = 'open'
        """

    /// Closes whatever is still open. Only for what an earlier process has left: call it before a journal is handed out.
    ///
    /// - Returns: how many there were.
    func closeInterrupted(at now: Timestamp) throws -> Int {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE custody_records SET state = 'closed', record =
                        CASE WHEN json_valid(record) THEN json_set(
                            record, '$.state', 'closed', '$.outcome', 'interrupted', '$.closed_at', ?)
                        ELSE record END
                    WHERE state = 'open'
                    """,
                arguments: [now.description])
            return database.changesCount
        }
    }

    /// A record as JSON text; nil when the organization has none with this id.
    ///
    /// Use ``Ledger`` instead while serving: what was recorded last may not have arrived here.
    public func custodyRecord(_ id: RequestID, of organization: OrganizationID) throws -> [UInt8]? {
        try read { database in
            try Data.fetchOne(
                database,
                sql: "SELECT CAST(record AS BLOB) FROM custody_records WHERE id = ? AND organization = ?",
                arguments: [id.data, organization.rawValue])
        }.map(Array.init)
    }

    /// Records that have a drift, as JSON text, with the newest first.
    ///
    /// - Parameters:
    ///   - before: those of later requests are left out, and that request's own; nil: none are.
    ///   - limit: how many at most.
    func driftedRecords(before id: RequestID?, atMost limit: Int) throws -> [(id: RequestID, json: [UInt8])] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT hex(id) AS id, CAST(record AS BLOB) AS record
                    FROM custody_records INDEXED BY custody_records_drift
                    WHERE has_drift = 1 AND id < ? ORDER BY id DESC LIMIT ?
                    """,
                arguments: [(id ?? RequestID(high: .max, low: .max)).data, limit])
        }.compactMap { row in
            let (id, record): (String, Data) = (row["id"], row["record"])
            return RequestID(hex: id).map { ($0, Array(record)) }
        }
    }
}

extension RequestID {
    /// 16 bytes that sort as the id does.
    fileprivate var data: Data {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Data($0) }
    }
}
