public import Domain

extension Ledger: CustodyArchive {
    /// Whatever was committed before the call is found.
    public func record(_ id: RequestID, of organization: OrganizationID) throws -> [UInt8]? {
        try drainNow()
        return try store.custodyRecord(id, of: organization)
    }
}
