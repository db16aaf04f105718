public import Domain

/// Port: what an organization has used and has on record, and the log that holds the records. What it throws is logged,
/// and whoever asked is told of an internal error.
public protocol RecordsReader: Sendable {
    func usage(_ query: UsageQuery, of organization: OrganizationID) async throws -> [UsageRow]
    /// The same as a file, as `/api/usage` gives it.
    func usageFile(
        _ query: UsageQuery, _ format: UsageFileFormat, of organization: OrganizationID
    ) async throws -> [UInt8]

    /// Nil when the organization has none with this id.
    func record(_ id: RequestID, of organization: OrganizationID) async throws -> ArchivedRecord?
    /// The newest first.
    func records(_ query: CustodyQuery, of organization: OrganizationID) async throws -> CustodyPage
    /// Nil when the organization has no record with this id.
    func receipt(_ id: RequestID, of organization: OrganizationID) async throws -> CustodyReceipt?
    /// Closed records with their proofs, the oldest first. Nil as long as nothing was published.
    func export(_ query: CustodyQuery, of organization: OrganizationID) async throws -> LedgerPart?

    func logStatus() async throws -> LogStatus
}

/// How a file of usage is written.
public enum UsageFileFormat: String, CaseIterable, Sendable {
    /// RFC 4180, with a line of names.
    case csv
    /// A JSON object on each line.
    case ndjson
}

/// A part of an export, as `/api/usage/custody/export` gives it.
public struct LedgerPart: Sendable {
    /// Lines of JSON: a checkpoint, records with their proofs, and where it goes on.
    public let ndjson: [UInt8]
    public let recordCount: Int
    /// The ``Domain/CustodyQuery/cursor`` of the next part; nil at the end.
    public let next: RequestID?

    public init(ndjson: [UInt8], recordCount: Int, next: RequestID?) {
        self.ndjson = ndjson
        self.recordCount = recordCount
        self.next = next
    }
}

/// The transparency log, as everybody may see it.
public struct LogStatus: Sendable {
    public let identity: LogIdentity
    /// A signed note; nil before the first.
    public let checkpoint: String?

    public init(identity: LogIdentity, checkpoint: String?) {
        self.identity = identity
        self.checkpoint = checkpoint
    }
}
