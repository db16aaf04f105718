import Domain

@testable import Web

/// Records of organizations, in memory, the newest first.
struct FixedRecords: RecordsReader {
    var all: [OrganizationID: [ArchivedRecord]] = [:]
    var rows: [OrganizationID: [UsageRow]] = [:]
    var status = LogStatus(identity: LogIdentity(origin: "log.example.test", keys: []), checkpoint: nil)

    func usage(_ query: UsageQuery, of organization: OrganizationID) async throws -> [UsageRow] {
        (rows[organization] ?? []).filter { row in row.day.map(query.days.contains) ?? true }
    }

    func usageFile(
        _ query: UsageQuery, _ format: UsageFileFormat, of organization: OrganizationID
    ) async throws -> [UInt8] {
        let routes = try await usage(query, of: organization).compactMap(\.route)
        return Array("\(format) \(query.days) \(routes)".utf8)
    }

    func record(_ id: RequestID, of organization: OrganizationID) async throws -> ArchivedRecord? {
        all[organization]?.first { $0.id == id }
    }

    func records(_ query: CustodyQuery, of organization: OrganizationID) async throws -> CustodyPage {
        let own = all[organization] ?? []
        let later = query.cursor.flatMap { id in own.firstIndex { $0.id == id } }.map { $0 + 1 } ?? 0
        let page = Array(own.dropFirst(later).prefix(query.limit))
        return CustodyPage(records: page, next: later + page.count < own.count ? page.last?.id : nil)
    }

    func receipt(_ id: RequestID, of organization: OrganizationID) async throws -> CustodyReceipt? {
        try await record(id, of: organization).map { $0.isOpen ? .open : .file(Array("receipt of \(id)".utf8)) }
    }

    func export(_ query: CustodyQuery, of organization: OrganizationID) async throws -> LedgerPart? {
        let page = try await records(query, of: organization)
        let lines = page.records.flatMap { $0.json + [UInt8(ascii: "\n")] }
        return LedgerPart(ndjson: lines, recordCount: page.records.count, next: page.next)
    }

    func logStatus() async throws -> LogStatus { status }
}
