import CustodyLog
import Domain
import Foundation

/// Gathers entries, and sends them with one statement for each phase: a row of its own for each would take as long on its
/// way as all of them together.
final class PostgresEntryWriter {
    private let connection: PostgresConnection
    private let opening: String
    private var opened: [Taken] = []
    private var substituted: [Taken] = []
    private var closed: [Taken] = []

    init(in connection: PostgresConnection, of node: Node) {
        self.connection = connection
        opening = EntrySQL.opening(
            "SELECT id, organization, opened_at, 'open', record, has_drift, '\(node.id)' FROM \(Self.rows)) \(Self.names))"
        )
    }

    private struct Taken {
        let id: Data
        let organization: String
        let openedAt: Timestamp
        let record: Data
        let hasDrift: Bool
        let usage: UsageEntry?

        init(_ entry: JournalEntry, _ bytes: UnsafeRawBufferPointer) {
            id = Data(bytes[entry.idBytes])
            organization = String(decoding: bytes[entry.organization], as: UTF8.self)
            openedAt = entry.openedAt
            record = Data(bytes[entry.record])
            hasDrift = entry.hasDrift
            usage = UsageSection.read(UnsafeRawBufferPointer(rebasing: bytes[entry.usage]))
        }
    }

    func take(_ entry: JournalEntry, _ bytes: UnsafeRawBufferPointer) {
        let taken = Taken(entry, bytes)
        switch entry.phase {
        case .opened: opened.append(taken)
        case .substituted: substituted.append(taken)
        case .closed: closed.append(taken)
        }
    }

    func finish(_ sequencer: inout LogSequencer, _ usage: inout UsageTally) throws {
        defer { (opened, substituted, closed) = ([], [], []) }
        // A statement takes a row but once.
        try insert(Self.firstOfEach(opened.sorted { $0.record.count > $1.record.count }), with: opening)
        try insert(Self.firstOfEach(substituted), with: Self.substituting)
        try close(Self.firstOfEach(closed), &sequencer, &usage)
    }

    private static func firstOfEach(_ entries: [Taken]) -> [Taken] {
        var ids: Set<Data> = []
        return entries.filter { ids.insert($0.id).inserted }
    }

    private func insert(_ entries: [Taken], with text: String) throws {
        guard !entries.isEmpty else { return }
        try connection.run(text, Self.columns(of: entries))
    }

    /// Those that were closed before have their places in the log. Nobody else closes any meanwhile: this transaction is
    /// the only one that writes.
    private func close(_ entries: [Taken], _ sequencer: inout LogSequencer, _ usage: inout UsageTally) throws {
        guard !entries.isEmpty else { return }
        let found = try connection.run(Self.known, [PostgresArgument(entries.map(\.id))])
        let known = Set((0..<found.count).compactMap { found.value($0, at: 0) as Data? })
        let new = entries.filter { !known.contains($0.id) }
        guard !new.isEmpty else { return }
        if sequencer.claim == nil {
            try connection.run(Self.closing, Self.columns(of: new))
        } else {
            var (salts, leaves): ([Data], [Int64]) = ([], [])
            for entry in new {
                let place = sequencer.nextPlace()
                salts.append(Data(place.salt.bytes))
                leaves.append(Int64(place.index))
                entry.record.withUnsafeBytes { sequencer.append($0, salt: place.salt) }
            }
            try connection.run(
                Self.sequencing, Self.columns(of: new) + [PostgresArgument(salts), PostgresArgument(leaves)])
        }
        guard connection.changesCount == new.count else { throw StoreError.writtenByOthers }
        if sequencer.claim == nil { try connection.run(Self.queueing, [PostgresArgument(new.map(\.id))]) }
        for entry in new {
            if let used = entry.usage { usage.add(used, of: entry.organization, at: entry.openedAt) }
        }
    }

    private static func columns(of entries: [Taken]) -> [PostgresArgument] {
        [
            PostgresArgument(entries.map(\.id)), PostgresArgument(entries.map(\.organization)),
            PostgresArgument(entries.map(\.openedAt.microseconds)), PostgresArgument(entries.map(\.record)),
            PostgresArgument(entries.map { $0.hasDrift ? 1 : 0 as Int64 }),
        ]
    }

    private static let known = "SELECT id FROM custody_records WHERE id = ANY($1) AND state = 'closed'"
    private static let rows = "unnest($1::bytea[], $2::text[], $3::bigint[], $4::bytea[], $5::bigint[]"
    private static let names = "AS rows (id, organization, opened_at, record, has_drift"
    private static let substituting = EntrySQL.substituting(
        "SELECT id, organization, opened_at, record FROM \(rows)) \(names))")
    /// Those that another node gives their entries in the log.
    private static let closing = EntrySQL.closing(
        "SELECT id, organization, opened_at, 'closed', record, has_drift, NULL, NULL FROM \(rows)) \(names))")
    private static let queueing =
        "INSERT INTO log_queue (id) SELECT unnest($1::bytea[]) ON CONFLICT (id) DO NOTHING"
    private static let sequencing = EntrySQL.closing(
        """
        SELECT id, organization, opened_at, 'closed', record, has_drift, salt, leaf
        FROM \(rows), $6::bytea[], $7::bigint[]) \(names), salt, leaf)
        """)
}

extension StoreError {
    /// The transaction ends without anything, and is tried again.
    fileprivate static let writtenByOthers = StoreError(
        message: "Another program has closed records that this one was about to close.",
        hint: "See which other programs write to the database.")
}
