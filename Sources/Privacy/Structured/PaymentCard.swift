internal import Domain

/// ISO/IEC 7812-1: an issuer's prefix, its lengths and the check digit.
extension Scan {
    func paymentCard() -> Entity? {
        guard chain.digits.count >= 13 else { return nil }
        for (index, group) in chain.groups.enumerated() {
            guard group.total <= 19 else { return nil }
            if index > 0 {
                guard chain.isSeparated(1...index, by: .space, .dash, .dot) else { return nil }
            }
            guard group.total >= 13, isGrouped(upTo: index), endsNumber(with: index) else { continue }
            let digits = chain.digits.prefix(group.total)
            guard Self.isIssued(digits), Checksum.luhn(digits), !isOtherThanCard else { continue }
            return Entity(.creditCard, at: chain.start..<group.range.upperBound, certainty: 250)
        }
        return nil
    }

    /// As cards are embossed: by fours, as of 4, 6 and 4 or 5 digits, or in halves. Beside a word for a card any groups
    /// of three digits and more, which without one are the numbers of a series.
    private func isGrouped(upTo last: Int) -> Bool {
        guard last > 0 else { return true }
        if context.isNearest(.card, within: 4) {
            return chain.groups[..<last].allSatisfy { (3...8).contains($0.range.count) }
        }
        if last == 1 { return chain.shape(2) == 0x88 && !continuesSeries }
        if last == 2, [0x465, 0x464, 0x448].contains(chain.shape(3)) { return !continuesSeries }
        return chain.groups[..<last].allSatisfy { $0.range.count == 4 } && !continuesSeries
    }

    /// Tracking codes and orders have as many digits, and one in ten has the check digit.
    private var isOtherThanCard: Bool {
        guard context.isInSentence(.reference, within: 6) else {
            return !context.isNear(.card, within: 12) && chain.count > 0 && followsReference
        }
        return !context.isNearest(.card, within: 12, of: [.reference])
    }

    private var followsReference: Bool {
        let end = chain.groups[min(3, chain.count - 1)].range.upperBound
        return follows(.topic(.reference), after: end, within: 4) && !follows(.topic(.card), after: end, within: 4)
    }

    private static func isIssued(_ digits: ArraySlice<UInt8>) -> Bool {
        let prefix = digits.prefix(4).reduce(0) { $0 * 10 + Int($1) }
        let length = digits.count
        switch prefix {
        case 4000...4999: return length == 13 || length == 16 || length == 19
        case 5100...5599, 2221...2720: return length == 16
        case 3400...3499, 3700...3799: return length == 15
        case 3000...3059, 3095, 3600...3699, 3800...3999: return (14...19).contains(length)
        case 3528...3589: return (16...19).contains(length)
        case 6011, 6440...6599: return (16...19).contains(length)
        case 6200...6299, 8100...8171: return (16...19).contains(length)
        case 5000...5099, 5600...5999, 6000...6999: return (13...19).contains(length) && length != 14
        case 2200...2204: return (16...19).contains(length)
        default: return false
        }
    }
}
