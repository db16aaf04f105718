import Domain
import Storage
import Web
import Wire

/// The drifts that stand in the records of the ledger.
struct StoredDrifts: DriftReader {
    let ledger: Ledger

    func drifts(before request: RequestID?, ofAtMost limit: Int) async throws -> DriftPage {
        let records = try ledger.driftedRecords(before: request, atMost: limit)
        return DriftPage(
            drifts: records.flatMap { RecordedDrift.all(of: $0.json, $0.id) },
            next: records.count < limit ? nil : records.last?.id)
    }
}

extension RecordedDrift {
    /// What a record has of drifts. A record that something else has changed has none.
    fileprivate static func all(of record: [UInt8], _ request: RequestID) -> [RecordedDrift] {
        guard let record = try? JSON(parsing: record), let organization = record["organization"]?.string else {
            return []
        }
        return (record["attempts"]?.array ?? []).flatMap { attempt in
            (attempt["drifts"]?.array ?? []).compactMap { RecordedDrift($0, in: attempt, request, organization) }
        }
    }

    private init?(_ drift: JSON, in attempt: JSON, _ request: RequestID, _ organization: String) {
        guard let kind = drift["kind"]?.string, let expected = drift["expected"]?.string,
            let seen = drift["seen"]?.string, let route = attempt["route"]?.string,
            let provider = attempt["provider"]?.string, let host = attempt["host"]?.string,
            let time = attempt["started_at"]?.string
        else { return nil }
        self.init(
            request: request, organization: organization, kind: kind, expected: expected, seen: seen, route: route,
            provider: provider, host: host,
            address: attempt["address"]?.string ?? attempt["refused_address"]?.string,
            list: attempt["address_check"]?["list"]?.string, time: time,
            wasSent: attempt["sent_bytes"]?.int ?? 0 > 0)
    }
}
