internal import Domain

/// Health card numbers of the provinces and territories, and of the National Health Service.
extension Scan {
    /// Any number of a length that is in use, where the text says what it is.
    func healthNumberInContext() -> Entity? {
        guard isHealthExpected else { return nil }
        var best: Int?
        for (index, group) in chain.groups.enumerated() {
            if index > 0, !chain.isSeparated(1...index, by: .space, .dash, .dot, .spacedDash) { break }
            // Alberta, Manitoba, New Brunswick and Saskatchewan 9, Ontario and others 10, Newfoundland 12, Prince
            // Edward Island 8, Manitoba's registration 6.
            if [8, 9, 10, 12].contains(group.total)
                || (index == 0 && group.total == 6 && context.isNear(.health, within: 2))
            {
                best = index
            }
        }
        guard let best, !isDate(endingWith: best), chain.groups[best].total > 8 || isHealthAdjacent else { return nil }
        return health(endingWith: best, certainty: 225)
    }

    var isHealthExpected: Bool {
        if columns.isAbout(.health) || context.isNearest(.health, within: 12, of: Self.others) { return true }
        guard context.isNearest(.care, within: 8, of: Self.others) || columns.isAbout(.care) else { return false }
        return context.isNear(.card, within: 6) || context.isNear(.number, within: 6)
    }

    private static let others: [Topic] = [.phone, .ssn, .sin, .iban, .reference, .birth]

    /// Short numbers follow their word at once: "PEI health card 12345678".
    private var isHealthAdjacent: Bool {
        context.isNear(.health, within: 5) || context.isNear(.care, within: 5) || columns.isAbout(.health)
    }

    private func isDate(endingWith last: Int) -> Bool {
        last == 2 && chain.groups[last].total == 8 && (chain.shape(3) == 0x422 || chain.shape(3) == 0x224)
    }

    /// Without a word for it: what has a check digit and the grouping of Ontario or British Columbia.
    func healthNumber() -> Entity? {
        if chain.shape(1) == 10, context.isNearest(.card, within: 3), Checksum.britishColumbia(chain.digits.prefix(10))
        {
            return health(endingWith: 0, certainty: 200)
        }
        guard chain.shape(3) == 0x433, chain.isSeparated(1...2, by: .dash, .space), !isReference(unless: .health),
            !continuesSeries
        else {
            return nil
        }
        let digits = chain.digits.prefix(10)
        guard Checksum.luhn(digits) || Checksum.britishColumbia(digits) else { return nil }
        return health(endingWith: 2, certainty: 200)
    }

    /// With the two letters of an Ontario card's version, where they stand.
    private func health(endingWith last: Int, certainty: UInt8) -> Entity? {
        let end = chain.groups[last].range.upperBound
        if chain.groups[last].total == 10, let version = endOfVersion(after: end) {
            return Entity(.healthNumber, at: chain.start..<version, certainty: certainty)
        }
        guard endsNumber(with: last) else { return nil }
        return Entity(.healthNumber, at: chain.start..<end, certainty: certainty)
    }

    private func endOfVersion(after end: Int) -> Int? {
        let offset = end + max(text.dash(at: end), text.space(at: end))
        guard text.byte(offset).isUppercase,
            text.byte(offset + 1).isUppercase || (offset == end || text.dash(at: end) > 0)
        else { return nil }
        let version = text.byte(offset + 1).isUppercase ? offset + 2 : offset + 1
        return text.endsWord(at: version) && text.letter(at: version) == nil ? version : nil
    }

    /// Of Québec: four letters of the name, then year, month (plus 50 for women) and day of birth, and two digits.
    func quebecHealthNumber(at word: Word) -> Entity? {
        guard word.range.count == 4, !word.isAccented else { return nil }
        let isExpected = isHealthExpected
        guard word.isUppercase || (isExpected && word.meaning.rawValue == 0) else { return nil }
        var (offset, digits, number) = (word.range.upperBound, 0, 0)
        while digits < 8 {
            let byte = text.byte(offset)
            if byte.isDigit {
                (number, digits, offset) = (number * 10 + Int(byte &- 0x30), digits + 1, offset + 1)
            } else {
                let gap = max(text.space(at: offset), text.dash(at: offset))
                guard gap > 0, digits % 2 == 0, text.byte(offset + gap).isDigit else { return nil }
                offset += gap
            }
        }
        let (month, day) = (number / 10_000 % 100, number / 100 % 100)
        let isPlausible = (1...12).contains(month > 50 ? month - 50 : month) && (1...31).contains(day)
        guard text.endsWord(at: offset), isPlausible || isExpected else { return nil }
        return Entity(.healthNumber, at: word.range.lowerBound..<offset, certainty: 240)
    }

    /// Of the Northwest Territories (`N1234567`, also D, M, T) and Nunavut (nine digits, found by their word).
    func territorialHealthNumber(at word: Word) -> Entity? {
        let start = word.range.lowerBound
        guard word.range.count == 1, word.isUppercase, isHealthExpected || context.isNear(.care, within: 4) else {
            return nil
        }
        guard
            [UInt8(ascii: "D"), UInt8(ascii: "H"), UInt8(ascii: "M"), UInt8(ascii: "N"), UInt8(ascii: "T")]
                .contains(text.byte(start))
        else { return nil }
        var offset = start + 1
        while text.byte(offset).isDigit, offset - start <= 8 { offset += 1 }
        guard (7...8).contains(offset - start - 1), text.endsWord(at: offset) else { return nil }
        return Entity(.healthNumber, at: start..<offset, certainty: 220)
    }
}
