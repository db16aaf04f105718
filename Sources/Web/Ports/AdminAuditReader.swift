public import Domain

/// Port: who has changed what.
public protocol AdminAuditReader: Sendable {
    /// The newest first.
    func entries(_ query: AdminAuditQuery) async throws -> [AdminAuditEntry]
    /// Nil where there is none within reach.
    func entry(_ id: AdminAuditEntry.ID, within reach: AuditReach) async throws -> AdminAuditEntry?
    /// Nil where there is none within reach.
    func receipt(_ id: AdminAuditEntry.ID, within reach: AuditReach) async throws -> CustodyReceipt?
}
