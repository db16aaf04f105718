import CustodyLog
import Domain
import Foundation

/// Closed records whose node doesn't sequence. They are stored like all others, and wait here for their entry in the log,
/// which the node that does gives them.
extension Store {
    /// Entries that are given in one transaction.
    private static let batch = 1_000

    /// Gives waiting records their entries, as many as a transaction takes.
    ///
    /// - Returns: how many there were; 0 without the claim.
    /// - Throws: ``StoreError``; none has one then.
    func sequenceQueued(_ sequencer: inout LogSequencer) throws -> Int {
        guard sequencer.claim != nil, try hasQueued() else { return 0 }
        return try sequencing(&sequencer) { database, sequencer in
            guard sequencer.claim != nil else { return 0 }
            // A record that was deleted meanwhile needs none any more.
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT log_queue.id AS id, CAST(record AS BLOB) AS record FROM log_queue
                    LEFT JOIN custody_records ON custody_records.id = log_queue.id AND leaf IS NULL
                    ORDER BY log_queue.id LIMIT \(Self.batch)
                    """)
            for row in rows {
                let (id, record): (Data, Data?) = (row["id"], row["record"])
                if let record { try sequencer.append(record, of: id, in: database) }
                try database.cachedStatement(sql: "DELETE FROM log_queue WHERE id = ?").execute(arguments: [id])
            }
            return rows.count
        }
    }

    private func hasQueued() throws -> Bool {
        try read { try Int.fetchOne($0, sql: "SELECT 1 FROM log_queue LIMIT 1") } != nil
    }
}

extension LogSequencer {
    /// Gives a record that is stored already its entry.
    fileprivate mutating func append(_ record: Data, of id: Data, in database: Database) throws {
        let place = nextPlace()
        try database.cachedStatement(sql: "UPDATE custody_records SET salt = ?, leaf = ? WHERE id = ?")
            .execute(arguments: [Data(place.salt.bytes), place.index, id])
        record.withUnsafeBytes { append($0, salt: place.salt) }
    }
}

extension Database {
    /// A record waits for its entry in the log.
    func queue(_ id: Data) throws {
        try cachedStatement(sql: "INSERT INTO log_queue (id) VALUES (?) ON CONFLICT (id) DO NOTHING")
            .execute(arguments: [id])
    }

    func isQueued(_ id: RequestID) throws -> Bool {
        try Int.fetchOne(self, sql: "SELECT 1 FROM log_queue WHERE id = ?", arguments: [id.data]) != nil
    }
}
