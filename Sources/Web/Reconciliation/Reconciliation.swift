import Domain

/// What we have recorded, held against what a provider bills.
package struct Reconciliation: Sendable {
    enum Verdict: String, CaseIterable {
        case agrees, differs
        case onlyOurs = "only_ours"
        case onlyTheirs = "only_theirs"
    }

    struct Row: Sendable {
        let place: BilledPlace
        let ours: BilledSum?
        let theirs: BilledSum?
        let verdict: Verdict
    }

    /// By days and models.
    let rows: [Row]

    /// - Parameters:
    ///   - tolerance: of each number, in per cent of the provider's.
    ///   - columns: what the invoice tells; nothing else is compared.
    init(
        ours: [BilledPlace: BilledSum], theirs: [BilledPlace: BilledSum], tolerance: Double, columns: InvoiceColumns
    ) {
        rows = Set(ours.keys).union(theirs.keys).sorted().compactMap { place in
            let (own, other) = (ours[place], theirs[place])
            let verdict = Self.verdict(own ?? BilledSum(), other ?? BilledSum(), tolerance, columns)
            guard let verdict else { return nil }
            return Row(place: place, ours: own, theirs: other, verdict: verdict)
        }
    }

    /// Nil where neither side has anything that is compared.
    private static func verdict(
        _ ours: BilledSum, _ theirs: BilledSum, _ tolerance: Double, _ columns: InvoiceColumns
    ) -> Verdict? {
        var pairs: [(ours: Int128, theirs: Int128)] = []
        if columns.hasTokens { pairs += [(ours.input, theirs.input), (ours.output, theirs.output)] }
        if columns.hasCost { pairs.append((ours.cost, theirs.cost)) }
        let (hasOurs, hasTheirs) = (pairs.contains { $0.ours != 0 }, pairs.contains { $0.theirs != 0 })
        switch (hasOurs, hasTheirs) {
        case (false, false): return nil
        case (true, false): return .onlyOurs
        case (false, true): return .onlyTheirs
        case (true, true):
            let isWithin = pairs.allSatisfy { pair in
                guard let difference = difference(pair.ours, pair.theirs) else { return pair.ours == 0 }
                return abs(difference) <= tolerance
            }
            return isWithin ? .agrees : .differs
        }
    }

    /// In per cent of the provider's number; nil where that is zero.
    static func difference(_ ours: Int128, _ theirs: Int128) -> Double? {
        theirs == 0 ? nil : (Double(ours) - Double(theirs)) / Double(theirs).magnitude * 100
    }

    package var agrees: Bool { rows.allSatisfy { $0.verdict == .agrees } }

    func count(_ verdict: Verdict) -> Int { rows.count { $0.verdict == verdict } }
}
