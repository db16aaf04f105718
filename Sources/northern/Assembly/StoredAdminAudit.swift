import Domain
import Storage
import Web

/// Who has changed what, as the store has it.
struct StoredAdminAudit: AdminAuditReader {
    let store: Store

    func entries(_ query: AdminAuditQuery) async throws -> [AdminAuditEntry] { try store.adminAudit(query) }

    func entry(_ id: AdminAuditEntry.ID, within reach: AuditReach) async throws -> AdminAuditEntry? {
        try store.adminAuditEntry(id, within: reach)
    }

    func receipt(_ id: AdminAuditEntry.ID, within reach: AuditReach) async throws -> CustodyReceipt? {
        try store.adminAuditReceipt(id, within: reach)
    }
}
