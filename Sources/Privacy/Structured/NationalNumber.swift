internal import Domain

/// Social Security and taxpayer numbers of the United States, Social Insurance Numbers of Canada.
///
/// Where the text says what a number is, it counts with a wrong check digit too: a typing error is personal as well.
extension Scan {
    /// In words. No other number has these shapes, so the word for it may be farther away than for a telephone.
    private static let reach = 12

    func nationalNumberInContext() -> Entity? {
        let last: Int
        switch (chain.shape(1), chain.shape(2), chain.shape(3)) {
        case (_, _, 0x324), (_, _, 0x333):
            guard chain.isSeparated(1...2, by: .space, .dash, .dot, .spacedDash) else { return nil }
            last = 2
        case (9, _, _): last = 0
        default: return nil
        }
        guard endsNumber(with: last) else { return nil }
        let (isSSN, isSIN) = (isExpected(.ssn), isExpected(.sin))
        guard isSSN || isSIN else { return nil }
        let digits = chain.digits.prefix(9)
        let isCanadian = isSIN && (!isSSN || chain.shape(3) == 0x333 || (last == 0 && Checksum.luhn(digits)))
        return number(isCanadian ? .canadianSIN : .usSSN, endingWith: last, certainty: 230)
    }

    private func isExpected(_ topic: Topic) -> Bool {
        if columns.isAbout(topic) { return true }
        return context.isNearest(topic, within: Self.reach, of: [.reference])
            || (chain.count > 0 && !context.isNear(.reference, within: 6)
                && follows(.topic(topic), after: chain.groups[min(2, chain.count - 1)].range.upperBound, within: 4))
    }

    /// Without a word for it: three, two and four digits with dashes or spaces, as the Social Security Administration (POMS
    /// RM 10201.030) and the Internal Revenue Service (taxpayer numbers) give them out.
    func socialSecurityNumber() -> Entity? {
        guard chain.shape(3) == 0x324, chain.isSeparated(1...2, by: .dash, .space), endsNumber(with: 2) else {
            return nil
        }
        let (area, group, serial) = (chain.value(0), chain.value(1), chain.value(2))
        guard area != 0, area != 666, group != 0, serial != 0, !isReference(unless: .ssn) else { return nil }
        guard area < 900 || (50...65).contains(group) || (70...88).contains(group) || (90...99).contains(group) else {
            return nil
        }
        if chain.groups[1].separator == .space {
            // Three numbers of a series; the last one may well be a year.
            guard chain.count == 3, !continuesSeries, !(1900...2099).contains(serial) else { return nil }
        }
        return number(.usSSN, endingWith: 2, certainty: 210)
    }

    /// Without a word for it: three times three digits with a check digit (ISO/IEC 7812-1), not from 0 or 8.
    func socialInsuranceNumber() -> Entity? {
        guard chain.shape(3) == 0x333, chain.isSeparated(1...2, by: .dash, .space), endsNumber(with: 2),
            chain.count < 4 || chain.groups[3].separator != .space, chain.digits[0] != 8,
            chain.value(1) + chain.value(2) > 0,
            Checksum.luhn(chain.digits.prefix(9)), !isReference(unless: .sin)
        else { return nil }
        if chain.groups[1].separator == .space, chain.digits[0] != 0 {
            // Nine digits with spaces are a quantity as well, in French and by ISO 80000.
            let next = text.skippingSpaces(chain.groups[2].range.upperBound)
            guard text.byte(next) != UInt8(ascii: "$"), text.byte(next) != UInt8(ascii: "%"),
                text.byte(chain.start - 1) < 0x80, !text.byte(next).isDigit,
                !continuesSeries
            else { return nil }
            // "… habitants" counts; "… for box 12" doesn't.
            if let word = vocabulary.word(at: next, in: text), !word.meaning.contains(.stopword) { return nil }
            if text.byte(next) >= 0x80, text.letter(at: next) == nil { return nil }
        }
        return number(.canadianSIN, endingWith: 2, certainty: 200)
    }

    func number(_ type: EntityType, endingWith last: Int, certainty: UInt8) -> Entity {
        Entity(type, at: chain.start..<chain.groups[last].range.upperBound, certainty: certainty)
    }
}
