import Domain
import Storage
import Web

/// What all organizations have used, for the pages of those who run the installation.
struct StoredUsage: InstallationUsageReader {
    let ledger: Ledger
    let store: Store

    func usageOfEverybody(on days: ClosedRange<CalendarDate>) async throws -> [UsageRow] {
        try ledger.drainNow()
        return try store.usageOfEverybody(on: days)
    }
}
