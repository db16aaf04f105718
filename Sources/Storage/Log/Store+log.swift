public import CustodyLog
import Domain
import Foundation

/// The last checkpoint that was published.
public struct PublishedCheckpoint: Hashable, Sendable {
    /// Entries of the log.
    public let size: Int
    public let note: SignedNote

    public init(size: Int, note: SignedNote) {
        self.size = size
        self.note = note
    }

    var text: String { String(decoding: note.bytes, as: UTF8.self) }
}

extension Store {
    /// The log's name, which is given to it for good before the first checkpoint.
    ///
    /// - Throws: ``LogOriginUnusable`` or ``StoreError``.
    func settleOrigin(_ wanted: String?) throws -> KeyName {
        if let wanted, KeyName(wanted) == nil { throw LogOriginUnusable(origin: wanted, present: nil) }
        let text = try write { database in
            let present = try String.fetchOne(database, sql: "SELECT origin FROM log_state")
            if let present, wanted == nil || wanted == present { return present }
            if let present, let wanted, try database.publishedCheckpoint() != nil {
                throw LogOriginUnusable(origin: wanted, present: present)
            }
            let origin = wanted ?? "northern-\(RandomText.base62(count: 10).lowercased()).invalid/log"
            // Keys have the name in them; their secret halves stay.
            try database.execute(sql: "UPDATE log_state SET origin = ?", arguments: [origin])
            try database.execute(sql: "DELETE FROM log_keys")
            return origin
        }
        guard let name = KeyName(text) else { throw StoreError.unreadable(table: "log_state", id: "1") }
        return name
    }

    /// Nil as long as it has none.
    func settledOrigin() throws -> KeyName? {
        try read { try String.fetchOne($0, sql: "SELECT origin FROM log_state") }.flatMap { KeyName($0) }
    }

    /// Makes a checkpoint the last one. It is on the disk afterwards.
    ///
    /// - Throws: ``LogClaimLost`` where another node publishes by now, or ``StoreError``.
    func publish(_ checkpoint: PublishedCheckpoint, under claim: LogClaim) throws {
        try write { database in
            guard try database.lockedLogState().isHeld(by: claim) else { throw LogClaimLost() }
            try database.execute(
                sql: """
                    INSERT INTO log_checkpoint (id, size, note) VALUES (1, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET size = excluded.size, note = excluded.note
                    WHERE excluded.size >= log_checkpoint.size
                    """,
                arguments: [checkpoint.size, checkpoint.text])
        }
    }

    /// Nil before the first.
    func publishedCheckpoint() throws -> PublishedCheckpoint? { try read { try $0.publishedCheckpoint() } }

    /// Nil for a tile that the last checkpoint's tree doesn't have.
    func publishedTile(_ id: LogTile.ID) throws -> LogTile? {
        try read { database in
            guard let published = try database.publishedCheckpoint(), id.isCovered(bySize: published.size) else {
                return nil
            }
            return LogTile(id, bytes: try database.tile(id))
        }
    }

    /// - Throws: ``StoreError``, or ``TileIncomplete`` where the log has fewer entries.
    func root(ofFirst size: Int) throws -> MerkleHash {
        try read { database in try TreeEdge(size: size) { try database.tile($0) }.root }
    }

    /// - Throws: ``StoreError``, ``NotInTree`` for a size that the tree never had, or ``TileIncomplete``.
    func consistencyProof(from earlier: Int, to size: Int) throws -> ConsistencyProof {
        try read { database in
            var prover = TreeProver(size: size) { try database.tile($0) }
            return try prover.consistency(from: earlier)
        }
    }

    /// Nil as long as the log has no name.
    func logIdentity() throws -> LogIdentity? {
        let keys = try logKeys().map { entry in
            LogIdentity.Key(
                id: entry.key.idText, publicKey: entry.key.publicKeyBase64, verifierKey: entry.key.text,
                notBefore: entry.notBefore, notAfter: entry.notAfter)
        }
        return try settledOrigin().map { LogIdentity(origin: $0.text, keys: keys) }
    }
}

extension Database {
    func publishedCheckpoint() throws -> PublishedCheckpoint? {
        let statement = try cachedStatement(sql: "SELECT size, note FROM log_checkpoint")
        guard let row = try Row.fetchOne(statement) else { return nil }
        let (size, text): (Int, String) = (row["size"], row["note"])
        guard let note = try? SignedNote(parsing: Array(text.utf8)) else {
            throw StoreError.unreadable(table: "log_checkpoint", id: "1")
        }
        return PublishedCheckpoint(size: size, note: note)
    }
}

extension Store {
    /// Nil when the organization has no record with this id.
    func receipt(_ id: RequestID, of organization: OrganizationID) throws -> CustodyReceipt? {
        guard let record = try custodyRecord(id, of: organization) else { return nil }
        guard let place = record.place, let salt = Salt(hex: place.salt) else {
            if record.isOpen { return .open }
            return try read { try $0.isQueued(id) } ? .unpublished : .unlogged
        }
        return try read { try $0.receipt(for: record.json, salt: salt, index: place.index) }
    }
}

extension Database {
    /// - Parameter text: what the log has a commitment to at the index.
    func receipt(for text: [UInt8], salt: Salt, index: Int) throws -> CustodyReceipt {
        guard let published = try publishedCheckpoint(), index < published.size else { return .unpublished }
        var prover = TreeProver(size: published.size) { try self.tile($0) }
        let file = ProofFile(
            receiptFor: text, salt: salt, index: index, proof: try prover.inclusion(of: index),
            checkpoint: published.note)
        return .file(file.bytes)
    }
}
