import Domain
import Storage
import Web

/// The audit log of personal information, as the store has it.
struct StoredPIIAudit: PIIAuditReader {
    let ledger: Ledger

    func piiAudit(_ query: PIIAuditQuery) async throws -> [PIIAuditEntry] { try ledger.piiAudit(query) }
}
