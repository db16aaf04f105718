import CustodyLog
import Domain
import Foundation

/// Gives closed records, and changes that the admin audit tells of, their entries in the transparency log, within the
/// transaction that stores them: a record and its entry are there together or not at all, so no entry is ever given twice.
///
/// It holds the edge of the log's tree, which is all that an entry is added to. A value: it is taken over once the
/// transaction has worked.
struct LogSequencer {
    private(set) var edge: LogEdge
    /// Tiles that were filled since the last store.
    private var filled: [LogTile] = []
    private var storedSize: Int
    private var randomness = BlockRandomness()
    /// Nil where another node gives the entries: records wait in a queue then.
    var claim: LogClaim?

    /// The log as the store has it.
    init(in database: Database, claim: LogClaim? = nil) throws {
        storedSize = try database.logSize()
        edge = try LogEdge(size: storedSize) { try database.tile($0) }
        self.claim = claim
    }

    /// Whether it continues the log that the store has. A transaction whose end isn't known may have been stored all the
    /// same.
    func fits(_ database: Database) throws -> Bool { try database.logSize() == storedSize }

    /// The same for a transaction that appends, at the end that the log has now: nobody else appends until the transaction
    /// is over. Without the claim where that was lost.
    func begun(in database: Database) throws -> LogSequencer {
        guard let claim else { return self }
        let state = try database.lockedLogState()
        if state.isHeld(by: claim) {
            return state.size == storedSize ? self : try LogSequencer(in: database, claim: claim)
        }
        var loser = self
        loser.claim = nil
        return loser
    }

    /// For a record, or an entry of the admin audit, that is about to be stored: its index in the log, and its salt.
    mutating func nextPlace() -> (index: Int, salt: Salt) { (edge.size, Salt(using: &randomness)) }

    /// It was stored with that salt, and hadn't been before.
    mutating func append(_ record: UnsafeRawBufferPointer, salt: Salt) {
        filled += edge.append(Commitment(salt: salt, record: record))
    }

    /// Stores what was appended.
    mutating func store(in database: Database) throws {
        guard edge.size != storedSize else { return }
        for tile in filled { try database.store(tile) }
        for tile in edge.openTiles(changedSince: storedSize) { try database.store(tile) }
        let statement = try database.cachedStatement(
            sql: "UPDATE log_state SET size = ? WHERE size = ? RETURNING size")
        // The row is locked, so it always is one.
        guard try Int.fetchOne(statement, arguments: [edge.size, storedSize]) != nil else { throw LogClaimLost() }
        filled = []
        storedSize = edge.size
    }
}

extension Database {
    /// Entries that the log has, published or not.
    func logSize() throws -> Int {
        try Int.fetchOne(self, sql: "SELECT size FROM log_state") ?? 0
    }

    /// The bytes of a tile: what it had at its width, or what it has grown to; none where there is no such tile.
    func tile(_ id: LogTile.ID) throws -> [UInt8] {
        let statement = try cachedStatement(sql: "SELECT bytes FROM log_tiles WHERE layer = ? AND number = ?")
        return Array(try Data.fetchOne(statement, arguments: [id.layer.column, id.number]) ?? Data())
    }

    fileprivate func store(_ tile: LogTile) throws {
        let statement = try cachedStatement(
            sql: """
                INSERT INTO log_tiles (layer, number, bytes) VALUES (?, ?, ?)
                ON CONFLICT (layer, number) DO UPDATE SET bytes = excluded.bytes
                WHERE length(excluded.bytes) > length(log_tiles.bytes)
                """)
        try statement.execute(arguments: [tile.id.layer.column, tile.id.number, Data(tile.bytes)])
    }
}

extension LogTile.Layer {
    /// As the store numbers it.
    fileprivate var column: Int {
        switch self {
        case .entries: -1
        case .hashes(let level): level
        }
    }
}

extension Store {
    /// - Throws: ``StoreError``.
    func makeSequencer() throws -> LogSequencer { try read { try LogSequencer(in: $0) } }

    /// The same one, where nobody else has appended to the log meanwhile; without the claim where that was lost.
    ///
    /// - Throws: ``StoreError``.
    func brought(upToDate sequencer: LogSequencer) throws -> LogSequencer {
        try read { database in
            var current = try sequencer.fits(database) ? sequencer : LogSequencer(in: database, claim: sequencer.claim)
            if let claim = current.claim, try !database.isInForce(claim) { current.claim = nil }
            return current
        }
    }
}
