import CustodyLog
public import Domain

/// Whatever was committed before a call is found.
extension Ledger: CustodyArchive {
    public func record(_ id: RequestID, of organization: OrganizationID) throws -> ArchivedRecord? {
        try drainNow()
        return try store.custodyRecord(id, of: organization)
    }

    public func records(_ query: CustodyQuery, of organization: OrganizationID) throws -> CustodyPage {
        try drainNow()
        return try store.custodyRecords(query, of: organization)
    }

    public func receipt(_ id: RequestID, of organization: OrganizationID) throws -> CustodyReceipt? {
        try drainNow()
        return try store.receipt(id, of: organization)
    }

    public func export(_ query: CustodyQuery, of organization: OrganizationID) throws -> CustodyExport? {
        try drainNow()
        return try store.provenRecords(query, of: organization)
    }

    /// The records of all organizations that have a drift, the newest first, with what was committed before the call.
    ///
    /// - Parameters:
    ///   - before: only those of requests that came before this one; nil: all.
    ///   - limit: how many at most.
    public func driftedRecords(before id: RequestID?, atMost limit: Int) throws -> [(id: RequestID, json: [UInt8])] {
        try drainNow()
        return try store.driftedRecords(before: id, atMost: limit)
    }
}
