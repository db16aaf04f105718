public import Domain

/// What the node holds of limits that it shares with others; nothing to do where it has its store for itself.
extension Ledger {
    /// Fills what runs low. To be called a few times a second: mostly it asks the store for nothing.
    ///
    /// Where the store can't be asked, the node serves what it holds, and the drainer tells of it.
    public func fillLimits(at now: Timestamp) { try? limits?.fill(at: now) }

    /// Fills everything. To be called before keys that were read are handed to event loops: a key that nothing is held of
    /// is refused.
    ///
    /// - Throws: ``StoreError``.
    public func fillAllLimits(at now: Timestamp) throws { try limits?.fill(at: now, everything: true) }
}
