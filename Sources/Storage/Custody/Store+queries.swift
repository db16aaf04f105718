import CustodyLog
import Domain
import Foundation

extension Store {
    /// Records that a page looks at, so that a filter that few records pass doesn't hold up others.
    private static let scanLimit = 20_000

    /// Those of an organization that a query asks for, the newest first.
    func custodyRecords(_ query: CustodyQuery, of organization: OrganizationID) throws -> CustodyPage {
        try read { database in
            let upper = min(query.lastID, query.cursor?.before ?? query.lastID)
            return try page(query, organization, in: database, query.firstID...max(query.firstID, upper), .newestFirst)
        }
    }

    /// Closed ones that the last checkpoint has, the oldest first; nil before the first checkpoint.
    func provenRecords(_ query: CustodyQuery, of organization: OrganizationID) throws -> CustodyExport? {
        try read { database in
            guard let published = try database.publishedCheckpoint() else { return nil }
            let lower = max(query.firstID, query.cursor?.after ?? query.firstID)
            let page = try page(
                query, organization, in: database, lower...max(lower, query.lastID), .oldestFirst(size: published.size))
            var prover = TreeProver(size: published.size) { try database.tile($0) }
            return CustodyExport(
                checkpoint: published.text,
                records: try page.records.compactMap { record in
                    guard let place = record.place else { return nil }
                    let proof = try prover.inclusion(of: place.index)
                    return CustodyExport.Proven(json: record.json, place: place, proof: proof.hashes.map(\.base64))
                },
                next: page.next)
        }
    }

    private enum Order {
        case newestFirst
        /// And only what a log of so many entries has.
        case oldestFirst(size: Int)

        var direction: String { if case .newestFirst = self { "DESC" } else { "ASC" } }
        /// Indexes of entries that are left out begin here.
        var end: Int? { if case .oldestFirst(let size) = self { size } else { nil } }
    }

    private func page(
        _ query: CustodyQuery, _ organization: OrganizationID, in database: Database, _ ids: ClosedRange<RequestID>,
        _ order: Order
    ) throws -> CustodyPage {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, state = 'open' AS is_open, salt, leaf, CASE
                    WHEN organization = :organization AND opened_at >= :from AND opened_at < :to
                        AND (leaf < :end OR :end IS NULL)
                    THEN CAST(record AS BLOB) END AS record
                FROM custody_records WHERE id BETWEEN :first AND :last
                ORDER BY custody_records.id \(order.direction) LIMIT \(Self.scanLimit)
                """,
            arguments: [
                "organization": organization.rawValue, "end": order.end,
                "from": query.from?.microseconds ?? .min, "to": query.to?.microseconds ?? .max,
                "first": ids.lowerBound.data, "last": ids.upperBound.data,
            ])
        var records: [ArchivedRecord] = []
        var looked = 0
        while let row = try rows.next() {
            looked += 1
            if let record = ArchivedRecord(row), query.asks(for: record) { records.append(record) }
            guard records.count < query.limit, looked < Self.scanLimit else {
                return CustodyPage(records: records, next: RequestID(data: row["id"]))
            }
        }
        return CustodyPage(records: records, next: nil)
    }
}

extension CustodyQuery {
    /// Ids begin with the milliseconds of the time of opening.
    fileprivate var firstID: RequestID {
        guard let from else { return RequestID(high: 0, low: 0) }
        return RequestID(high: UInt64(max(0, from.milliseconds)) << 16, low: 0)
    }

    fileprivate var lastID: RequestID {
        guard let to else { return RequestID(high: .max, low: .max) }
        return RequestID(high: UInt64(max(0, to.milliseconds) + 1) << 16, low: 0).before
    }

    /// A record that isn't JSON passes no filter.
    fileprivate func asks(for record: ArchivedRecord) -> Bool {
        let wanted = [("route", route), ("key", key), ("outcome", outcome?.rawValue)].filter { $0.1 != nil }
        guard !wanted.isEmpty else { return true }
        guard let members = JSONObject(record.json) else { return false }
        return wanted.allSatisfy { members.text($0.0) == $0.1 }
    }
}

extension RequestID {
    /// The one that sorts just before; itself where there is none.
    fileprivate var before: RequestID {
        if low > 0 { return RequestID(high: high, low: low - 1) }
        return high > 0 ? RequestID(high: high - 1, low: .max) : self
    }

    fileprivate var after: RequestID {
        if low < .max { return RequestID(high: high, low: low + 1) }
        return high < .max ? RequestID(high: high + 1, low: 0) : self
    }
}

extension ArchivedRecord {
    /// Nil for a row without a record, or whose id isn't one.
    init?(_ row: Row) {
        let (bytes, json): (Data, Data?) = (row["id"], row["record"])
        let (salt, leaf): (Data?, Int?) = (row["salt"], row["leaf"])
        guard let json, let id = RequestID(data: bytes) else { return nil }
        let place = salt.flatMap { Salt(bytes: $0) }.flatMap { salt in
            leaf.map { LogPlace(index: $0, salt: salt.hex) }
        }
        self.init(id: id, json: Array(json), isOpen: row["is_open"], place: place)
    }
}
