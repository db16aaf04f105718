import Domain

/// The prefixes of one version, flattened: intervals side by side, each with the longest prefix that holds it.
///
/// Prefixes are nested or apart, never half over each other, so n of them make at most 2n + 1 intervals. One search among
/// their sorted first addresses replaces a walk through lengths.
struct AddressIntervals<Bits: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    /// Where each interval begins; it ends where the next one begins.
    private var starts: [Bits] = []
    /// What holds each interval; nil where nothing does.
    private var matches: [AddressMatch?] = []

    /// - Parameter prefixes: of one version, each once, sorted by network and then by length.
    init(_ prefixes: [ClaimedPrefix]) {
        var open: [Block] = []
        for prefix in prefixes {
            let block = Block(prefix)
            while let inner = open.last, inner.last < block.first { close(inner, of: &open) }
            if block.isVague, open.contains(where: { !$0.isVague }) { continue }
            open.append(block)
            begin(at: block.first, block.match)
        }
        while let inner = open.last { close(inner, of: &open) }
    }

    func match(of address: Bits) -> AddressMatch? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= address { low = middle + 1 } else { high = middle }
        }
        // The first start behind the address was found: the interval before it holds the address.
        return low == 0 ? nil : matches[low - 1]
    }

    /// Behind the innermost block, the one around it goes on.
    private mutating func close(_ inner: Block, of open: inout [Block]) {
        open.removeLast()
        // Behind the last of all addresses nothing goes on.
        if inner.last < .max { begin(at: inner.last + 1, open.last?.match) }
    }

    private mutating func begin(at start: Bits, _ match: AddressMatch?) {
        if starts.last == start {
            starts.removeLast()
            matches.removeLast()
        }
        if let last = matches.last, last == match { return }
        starts.append(start)
        matches.append(match)
    }

    private struct Block {
        let first: Bits
        let last: Bits
        let match: AddressMatch
        let isVague: Bool

        init(_ claimed: ClaimedPrefix) {
            let hostBits = Bits.bitWidth - claimed.prefix.length
            first = Bits(truncatingIfNeeded: claimed.prefix.network.bits)
            // A shift by all bits leaves no mask, as it should for a length of zero.
            last = first | ~(Bits.max << hostBits)
            match = AddressMatch(claim: claimed.claim, length: claimed.prefix.length)
            isVague = claimed.isVague
        }
    }
}
