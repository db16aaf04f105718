import CustodyLog
public import Domain
import Foundation

extension Store {
    /// Takes entries in one transaction. Taking them again, or in another order, makes no difference.
    ///
    /// A power cut may take them away again until ``sync()``.
    ///
    /// - Parameters:
    ///   - sequencer: gives closed records their entries in the log, or has them wait where another node does.
    ///   - node: whose records they are, as long as they are open.
    ///   - limit: bytes after which the transaction ends, though there may be more.
    ///   - readOn: adds entries to the batch; false when there are no more.
    /// - Returns: how many were read.
    /// - Throws: ``StoreError``; none of them was taken then.
    func record(
        _ batch: JournalBatch, of node: Node, sequencer: inout LogSequencer, limit: Int, readOn: () throws -> Bool
    ) throws -> Int {
        let sharesLimits = sharing != nil
        return try sequencing(&sequencer) { database, sequencer in
            let entries = try EntryWriter(in: database, of: node)
            defer { entries.end() }
            batch.begin()
            var usage = UsageTally()
            var goesOn = true
            while goesOn {
                goesOn = try readOn() && batch.bytesRead < limit
                try batch.take(isLast: !goesOn) { entry, bytes in
                    try entries.take(entry, bytes, &sequencer, &usage)
                }
                try entries.finish(&sequencer, &usage)
            }
            try usage.store(in: database, outOfSharesOf: sharesLimits ? node : nil)
            return batch.entriesRead
        }
    }

    /// Changes records in a transaction that appends to the log. A power cut may take it away until ``sync()``.
    func sequencing<Value>(
        _ sequencer: inout LogSequencer, _ work: (Database, inout LogSequencer) throws -> Value
    ) throws -> Value {
        let (value, next) = try writeUnsynced { database in
            var next = try sequencer.begun(in: database)
            let value = try work(database, &next)
            try next.store(in: database)
            return (value, next)
        }
        sequencer = next
        return value
    }

    /// Closes whatever a node has open. Only for what an earlier process of its own has left: call it before a journal is
    /// handed out. What other nodes have open is theirs; what says nothing of a node is from before there were several.
    ///
    /// - Returns: how many there were.
    func closeInterrupted(of node: Node, at now: Timestamp, sequencer: inout LogSequencer) throws -> Int {
        try sequencing(&sequencer) { database, sequencer in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, organization, opened_at, CAST(record AS BLOB) AS record
                    FROM custody_records WHERE state = 'open' AND (node = ? OR node IS NULL) ORDER BY id
                    """,
                arguments: [node.id])
            var usage = UsageTally()
            for row in rows {
                let (id, opened): (Data, Data) = (row["id"], row["record"])
                let members = JSONObject(opened)
                if let members { usage.add(interrupted: members, row) }
                // Each of the members is there already, so they stay in their order.
                let record =
                    members.map {
                        Data($0.replacing(["closed_at": now.description, "outcome": "interrupted", "state": "closed"]))
                    } ?? opened
                let place = sequencer.claim == nil ? nil : sequencer.nextPlace()
                try database.execute(
                    sql: """
                        UPDATE custody_records SET state = 'closed', record = CAST(? AS TEXT), salt = ?, leaf = ?
                        WHERE id = ?
                        """,
                    arguments: [record, (place?.salt.bytes).map { Data($0) }, place?.index, id])
                if let place {
                    record.withUnsafeBytes { sequencer.append($0, salt: place.salt) }
                } else {
                    try database.queue(id)
                }
            }
            try usage.store(in: database)
            return rows.count
        }
    }

    /// Nil when the organization has none with this id.
    ///
    /// Use ``Ledger`` instead while serving: what was recorded last may not have arrived here.
    public func custodyRecord(_ id: RequestID, of organization: OrganizationID) throws -> ArchivedRecord? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT id, CAST(record AS BLOB) AS record, state = 'open' AS is_open, salt, leaf
                    FROM custody_records WHERE id = ? AND organization = ?
                    """,
                arguments: [id.data, organization.rawValue])
        }.flatMap(ArchivedRecord.init)
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
                    SELECT id, CAST(record AS BLOB) AS record
                    FROM custody_records INDEXED BY custody_records_drift
                    WHERE has_drift = 1 AND id < ? ORDER BY id DESC LIMIT ?
                    """,
                arguments: [(id ?? RequestID(high: .max, low: .max)).data, limit])
        }.compactMap { row in
            let (id, record): (Data, Data) = (row["id"], row["record"])
            return RequestID(data: id).map { ($0, Array(record)) }
        }
    }
}

extension RequestID {
    /// 16 bytes that sort as the id does.
    var data: Data {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Data($0) }
    }

    /// Nil for anything but 16 bytes.
    init?(data: Data) {
        guard data.count == 16 else { return nil }
        let (high, low) = data.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
    }
}
