public import Domain

extension Ledger: CustodyArchive {
    /// Whatever was committed before the call is found.
    public func record(_ id: RequestID, of organization: OrganizationID) throws -> [UInt8]? {
        try drainNow()
        return try store.custodyRecord(id, of: organization)
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
