import Domain

/// A ledger entry as it stands in bytes that were read.
struct JournalEntry {
    let id: RequestID
    let phase: LedgerEntry.Phase
    let hasDrift: Bool
    let openedAt: Timestamp
    /// Where it is. What it consists of follows from that.
    private(set) var payload: Range<Int>
    private let organizationLength: Int
    private let usageLength: Int

    /// - Parameter offset: where the payload begins.
    init?(_ payload: UnsafeRawBufferPointer, at offset: Int) {
        guard payload.count >= JournalFrame.leastPayload,
            let phase = LedgerEntry.Phase(rawValue: payload[0] & ~(JournalFrame.driftBit | JournalFrame.usageBit))
        else { return nil }
        self.phase = phase
        hasDrift = payload[0] & JournalFrame.driftBit != 0
        id = RequestID(
            high: payload.number(at: 1, as: UInt64.self).byteSwapped,
            low: payload.number(at: 9, as: UInt64.self).byteSwapped)
        openedAt = Timestamp(microseconds: payload.number(at: 17, as: Int64.self))
        organizationLength = Int(payload.number(at: 25, as: UInt32.self))
        self.payload = offset..<offset + payload.count
        let usageStart = JournalFrame.leastPayload + organizationLength
        guard usageStart <= payload.count else { return nil }
        guard payload[0] & JournalFrame.usageBit != 0 else {
            usageLength = 0
            return
        }
        let rest = UnsafeRawBufferPointer(rebasing: payload[usageStart...])
        guard let length = UsageSection.length(at: rest) else { return nil }
        usageLength = length
    }

    /// The id's 16 bytes, big-endian.
    var idBytes: Range<Int> { payload.lowerBound + 1..<payload.lowerBound + 17 }
    var organization: Range<Int> {
        let start = payload.lowerBound + JournalFrame.leastPayload
        return start..<start + organizationLength
    }
    /// Empty where the entry says nothing of usage.
    var usage: Range<Int> { organization.upperBound..<organization.upperBound + usageLength }
    var record: Range<Int> { usage.upperBound..<payload.upperBound }

    /// The same entry, after its payload was moved.
    func moved(to offset: Int) -> JournalEntry {
        var entry = self
        entry.payload = offset..<offset + payload.count
        return entry
    }
}
