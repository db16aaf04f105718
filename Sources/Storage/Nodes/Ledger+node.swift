public import Domain

/// The ledger's node among others on the same store.
extension Ledger {
    /// Tells the others that the node is there, and takes or keeps the log where it can. To be called every second: it asks
    /// the store for little in most of them.
    ///
    /// A store that can't be asked is told of by the drainer.
    public func beat(at now: Timestamp) {
        if heartbeat.isDue(at: now) { try? tell(at: now) }
        try? drainer.sequenceQueued()
    }

    private func tell(at now: Timestamp) throws {
        let options = journal.options
        guard try store.beat(node, at: now) else { return options.onEvent(.nodeTwice(node)) }
        let held = try drainer.keepLog(for: node, until: now.adding(seconds: options.term), at: now)
        if let limits {
            // Others may have taken what wasn't renewed.
            if limits.term.isOver(at: now) { try limits.fill(at: now, everything: true) }
            try limits.lookAround(at: now)
            limits.term.extend(to: now.adding(seconds: LimitShares.paceTerm))
        }
        heartbeat.worked(at: now, every: options.heartbeat)
        if held.before != held.now { options.onEvent(.logHeld(held.now)) }
    }

    /// The node stops: others needn't wait for its term to end. Call it last, after ``stop()`` and the last checkpoint.
    public func leave(at now: Timestamp) {
        try? drainer.releaseLog()
        if limits != nil, journal.undrainedBytes == 0 { try? store.removeShares(of: node, pace: false) }
        try? store.leave(node, at: now)
    }

    /// Whether the node gives records their entries in the log, and signs checkpoints.
    public var holdsLog: Bool { (try? drainer.publishableEdge()) != nil }
}
