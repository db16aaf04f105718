public import Domain

/// Port: what was replaced in requests.
public protocol PIIAuditReader: Sendable {
    /// With the newest request first.
    func piiAudit(_ query: PIIAuditQuery) async throws -> [PIIAuditEntry]
}
