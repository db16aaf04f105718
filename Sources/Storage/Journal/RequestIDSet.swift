import Domain

/// Ids of requests, for as long as a batch lasts.
///
/// Ids end in 64 random bits, so there is nothing to hash: a set of the standard library took longer for an entry than
/// its checksum.
struct RequestIDSet {
    private var slots: [RequestID] = []
    private var count = 0
    /// Marks the empty slots. The id itself, which no gateway gives, is never found: that costs a row and no record.
    private static let zero = RequestID(high: 0, low: 0)

    func contains(_ id: RequestID) -> Bool { count > 0 && id != Self.zero && slots[place(of: id)] == id }

    mutating func insert(_ id: RequestID) {
        guard id != Self.zero else { return }
        if count * 2 >= slots.count { grow() }
        let place = place(of: id)
        if slots[place] == Self.zero { count += 1 }
        slots[place] = id
    }

    mutating func removeAll() {
        count = 0
        for index in slots.indices { slots[index] = Self.zero }
    }

    /// Where it is, or would be.
    private func place(of id: RequestID) -> Int {
        let mask = slots.count - 1
        // Spread, for ids of other programs' files: whatever they are, it ends, since half of the slots are empty.
        var place = Int(truncatingIfNeeded: ((id.low ^ id.high) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while slots[place] != id, slots[place] != Self.zero { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Self.zero, count: max(64, old.count * 2))
        for id in old where id != Self.zero { slots[place(of: id)] = id }
    }
}
