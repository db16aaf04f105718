import CustodyLog
import Domain

/// Who sequences.
extension Drainer {
    /// The edge of the log as the store has it, with what others than the drainer have appended, and the right to publish a
    /// checkpoint of it; nil where another node has that.
    ///
    /// - Throws: ``StoreError``.
    func publishableEdge() throws -> (edge: LogEdge, claim: LogClaim)? {
        try withSequencer { sequencer in
            guard sequencer.claim != nil else { return nil }
            sequencer = try store.brought(upToDate: sequencer)
            return sequencer.claim.map { (sequencer.edge, $0) }
        }
    }

    /// Renews the claim, or takes the log where nobody has it.
    ///
    /// - Returns: whether it has it now, and whether it had it before.
    /// - Throws: ``StoreError``.
    func keepLog(
        for node: Node, isStarting: Bool = false, until term: Timestamp, at now: Timestamp
    ) throws -> (before: Bool, now: Bool) {
        try withSequencer { sequencer in
            let before = sequencer.claim
            if let before, try store.renew(before, until: term) { return (true, true) }
            sequencer.claim = nil
            sequencer.claim = try store.claimLog(for: node, isStarting: isStarting, until: term, at: now)
            return (before != nil, sequencer.claim != nil)
        }
    }

    /// Gives the records that other nodes have stored their entries.
    ///
    /// - Throws: ``StoreError``.
    func sequenceQueued() throws {
        // Whoever drains meanwhile waits for one batch only.
        while try withSequencer({ try store.sequenceQueued(&$0) }) > 0 {}
    }

    /// - Throws: ``StoreError``.
    func releaseLog() throws {
        try withSequencer { sequencer in
            guard let claim = sequencer.claim.take() else { return }
            try store.release(claim)
        }
    }
}
