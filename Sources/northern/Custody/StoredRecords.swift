import Domain
import Gateway
import NIOPosix
import Storage
import Web

/// What the ledger and the log have, for the portal. They wait for the disk, so they are asked on a thread that may.
struct StoredRecords: RecordsReader {
    let ledger: Ledger
    let log: any PublishedLog

    private func ask<Answer: Sendable>(_ question: @Sendable @escaping () throws -> Answer) async throws -> Answer {
        try await NIOThreadPool.singleton.runIfActive(question)
    }

    func usage(_ query: UsageQuery, of organization: OrganizationID) async throws -> [UsageRow] {
        try await ask { [ledger] in try ledger.usage(query, of: organization) }
    }

    func usageFile(
        _ query: UsageQuery, _ format: UsageFileFormat, of organization: OrganizationID
    ) async throws -> [UInt8] {
        let rows = try await usage(query, of: organization)
        return switch format {
        case .csv: UsageText.csv(rows, of: query)
        case .ndjson: UsageText.ndjson(rows)
        }
    }

    func record(_ id: RequestID, of organization: OrganizationID) async throws -> ArchivedRecord? {
        try await ask { [ledger] in try ledger.record(id, of: organization) }
    }

    func records(_ query: CustodyQuery, of organization: OrganizationID) async throws -> CustodyPage {
        try await ask { [ledger] in try ledger.records(query, of: organization) }
    }

    func receipt(_ id: RequestID, of organization: OrganizationID) async throws -> CustodyReceipt? {
        try await ask { [ledger] in try ledger.receipt(id, of: organization) }
    }

    func export(_ query: CustodyQuery, of organization: OrganizationID) async throws -> LedgerPart? {
        try await ask { [ledger] in
            try ledger.export(query, of: organization).map {
                LedgerPart(ndjson: CustodyText.export($0), recordCount: $0.records.count, next: $0.next)
            }
        }
    }

    func logStatus() async throws -> LogStatus {
        try await ask { [log] in LogStatus(identity: try log.identity(), checkpoint: try log.checkpoint()) }
    }
}
