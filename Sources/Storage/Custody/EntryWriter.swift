import CustodyLog
import Domain

/// Stores entries that were read from the journal, in the way that suits the engine.
///
/// SQLite takes one after the other, from where it stands. PostgreSQL is asked over a socket: what was read with one piece
/// of the journal is gathered, and sent with a statement for each phase.
enum EntryWriter {
    case sqlite(SQLiteEntryWriter)
    case postgres(PostgresEntryWriter)

    /// - Parameter node: whose records they are, as long as they are open.
    init(in database: Database, of node: Node) throws {
        switch database.engine {
        case .sqlite(let connection): self = .sqlite(try SQLiteEntryWriter(in: connection, of: node))
        case .postgres(let connection): self = .postgres(PostgresEntryWriter(in: connection, of: node))
        }
    }

    /// - Parameters:
    ///   - bytes: where the entry stands. They have to stay until the next call, or ``end()``.
    ///   - sequencer: gives a record that is closed its entry in the log, or has it wait where another node does.
    func take(
        _ entry: JournalEntry, _ bytes: UnsafeRawBufferPointer, _ sequencer: inout LogSequencer,
        _ usage: inout UsageTally
    ) throws {
        switch self {
        case .sqlite(let writer): try writer.take(entry, bytes, &sequencer, &usage)
        case .postgres(let writer): writer.take(entry, bytes)
        }
    }

    /// Stores what was taken and isn't stored yet.
    func finish(_ sequencer: inout LogSequencer, _ usage: inout UsageTally) throws {
        if case .postgres(let writer) = self { try writer.finish(&sequencer, &usage) }
    }

    /// Forgets the bytes.
    func end() {
        if case .sqlite(let writer) = self { writer.end() }
    }
}

/// The three statements that entries are stored with, one for each phase.
struct SQLiteEntryWriter {
    private let database: Database
    private let opening: EntryStatement
    private let closing: EntryStatement
    private let substituting: EntryStatement

    init(in connection: SQLiteConnection, of node: Node) throws {
        database = Database(connection)
        opening = try EntryStatement(
            EntrySQL.opening("VALUES (?, ?, ?, 'open', ?, ?, '\(node.id)')"), in: connection)
        closing = try EntryStatement(EntrySQL.closing("VALUES (?, ?, ?, 'closed', ?, ?, ?, ?)"), in: connection)
        // The flag of an entry means nothing here.
        substituting = try EntryStatement(
            EntrySQL.substituting("SELECT ?, ?, ?, ? WHERE ? IS NOT NULL"), in: connection)
    }

    func take(
        _ entry: JournalEntry, _ bytes: UnsafeRawBufferPointer, _ sequencer: inout LogSequencer,
        _ usage: inout UsageTally
    ) throws {
        switch entry.phase {
        case .opened: try opening.execute(entry, bytes)
        case .substituted: try substituting.execute(entry, bytes)
        case .closed:
            let place = sequencer.claim == nil ? nil : sequencer.nextPlace()
            guard try closing.execute(entry, bytes, place: place) else { return }
            if let place {
                sequencer.append(UnsafeRawBufferPointer(rebasing: bytes[entry.record]), salt: place.salt)
            } else {
                try database.queue(entry.id.data)
            }
            usage.add(entry, bytes)
        }
    }

    func end() {
        opening.clear()
        closing.clear()
        substituting.clear()
    }
}

/// How entries are stored, whatever the rows come from.
enum EntrySQL {
    /// A request that is sent to another route is opened once more, with one more attempt: the longer record knows more.
    static func opening(_ rows: String) -> String {
        """
        INSERT INTO custody_records (id, organization, opened_at, state, record, has_drift, node) \(rows)
        ON CONFLICT (id) DO UPDATE SET record = excluded.record, has_drift = excluded.has_drift
        WHERE custody_records.state = 'open' AND length(excluded.record) > length(custody_records.record)
        """
    }

    /// Once for each request, however often it is read.
    static func substituting(_ rows: String) -> String {
        "INSERT INTO pii_audit_log (id, organization, at, entries) \(rows) ON CONFLICT (id) DO NOTHING"
    }

    /// A record that isn't JSON is kept as it is: it must not keep all that come after it out of the store.
    static func closing(_ rows: String) -> String {
        """
        INSERT INTO custody_records (id, organization, opened_at, state, record, has_drift, salt, leaf) \(rows)
        ON CONFLICT (id) DO UPDATE SET
            state = 'closed', record = excluded.record, has_drift = excluded.has_drift, salt = excluded.salt,
            leaf = excluded.leaf
        WHERE custody_records.state = 'open'
        """
    }
}
