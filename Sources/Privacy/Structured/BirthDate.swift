internal import Domain

/// Dates where the text says that someone was born on them; no other date.
extension Scan {
    func isBirthNear(at start: Int) -> Bool {
        if context.isInSentence(.birth, within: 12) || columns.isAbout(.birth) { return true }
        if columns.isTable { return false }
        // "b. 12/03/1975"
        if let last = context.lastButOne, last.range.count == 1, text.byte(last.range.lowerBound) == UInt8(ascii: "b"),
            start - last.range.upperBound <= 2, text.byte(last.range.upperBound) == UInt8(ascii: ".")
        {
            return true
        }
        // One of several: "1941-04-02 and 1988-11-30".
        return lastBirthEnd >= 0 && start > lastBirthEnd && start - lastBirthEnd <= 5
    }

    func isYear(_ value: Int) -> Bool { (1900...2029).contains(value) }

    /// A date that begins with a digit.
    func birthDate() -> Entity? {
        let length = chain.groups[0].range.count
        guard length <= 4 || length == 8 else { return nil }
        let isNear = isBirthNear(at: chain.start)
        guard let end = numericDate() ?? dayFirstDate(), text.endsWord(at: end) || text.byte(end) == UInt8(ascii: "T")
        else {
            return nil
        }
        guard isNear || (end - chain.start >= 6 && followsBirth(end)) else { return nil }
        return Entity(.dateOfBirth, at: chain.start..<end, certainty: 235)
    }

    /// "1941-04-02 (DOB)"; not "on May 4, for her birthday".
    private func followsBirth(_ end: Int) -> Bool {
        var offset = text.skippingSpaces(end)
        let dash = text.dash(at: offset)
        if dash > 0 || [0x28, 0x2C, 0x3A].contains(text.byte(offset)) { offset += max(dash, 1) }
        for _ in 0..<5 {
            offset = text.skippingSpaces(offset)
            guard let word = vocabulary.word(at: offset, in: text) else { return false }
            if word.meaning.contains(.topic(.birth)), !word.meaning.contains(.birthday) { return true }
            offset = word.range.upperBound
        }
        return false
    }

    private func numericDate() -> Int? {
        if chain.shape(1) == 8 {
            let value = chain.value(0)
            let isForward = isYear(value / 10_000) && Self.isDay(value % 100, month: value / 100 % 100)
            let isBackward = isYear(value % 10_000) && Self.isDay(value / 1_000_000, month: value / 10_000 % 100)
            return isForward || isBackward ? chain.groups[0].range.upperBound : nil
        }
        guard chain.count >= 3, chain.isSeparated(1...2, by: .dash, .slash, .dot, .space, .spacedDash) else {
            return nil
        }
        let lengths = (chain.groups[0].range.count, chain.groups[1].range.count, chain.groups[2].range.count)
        let values = (chain.value(0), chain.value(1), chain.value(2))
        guard lengths.1 <= 2 else { return nil }
        if lengths.0 == 4 {
            guard lengths.2 <= 2, isYear(values.0), Self.isDay(values.2, month: values.1) else { return nil }
        } else {
            guard lengths.0 <= 2, lengths.2 == 2 || (lengths.2 == 4 && isYear(values.2)) else { return nil }
            guard
                Self.isDay(values.0, month: values.1) || Self.isDay(values.1, month: values.0)
                    || (lengths.2 == 2 && Self.isDay(values.2, month: values.1))
            else { return nil }
        }
        return chain.groups[2].range.upperBound
    }

    private static func isDay(_ day: Int, month: Int) -> Bool { (1...31).contains(day) && (1...12).contains(month) }

    /// `2 April 1941`, `2nd of April, 1941`, `1er mai 1988`, `30-Nov-88`, `02APR1941`, `1941 April 2`.
    private func dayFirstDate() -> Int? {
        let first = chain.value(0)
        let isYearFirst = chain.groups[0].range.count == 4 && isYear(first)
        guard (1...31).contains(first) || isYearFirst else { return nil }
        var offset = chain.groups[0].range.upperBound
        if let suffix = vocabulary.word(at: offset, in: text), suffix.meaning.contains(.ordinalSuffix) {
            offset = suffix.range.upperBound
        }
        offset = skippingDateGap(offset)
        if let of = vocabulary.word(at: offset, in: text), of.meaning.contains(.of) {
            offset = text.skippingSpaces(of.range.upperBound)
        }
        guard let month = vocabulary.word(at: offset, in: text), month.meaning.month > 0 else { return nil }
        if isYearFirst {
            offset = skippingDateGap(month.range.upperBound)
            return day(at: offset)
        }
        return endOfYear(after: month.range.upperBound)
    }

    /// `April 2, 1941`, `Apr. 2nd 1941`, `Nov 30/88`.
    func monthFirstDate(at word: Word) -> Entity? {
        let offset = skippingDateGap(word.range.upperBound)
        guard offset > word.range.upperBound, !continuesIdentifier(word.range.lowerBound), let day = day(at: offset),
            let end = endOfYear(after: day),
            isBirthNear(at: word.range.lowerBound) || (end > day && followsBirth(end))
        else { return nil }
        return Entity(.dateOfBirth, at: word.range.lowerBound..<end, certainty: 235)
    }

    /// The end of a day of the month at an offset, with its suffix.
    private func day(at start: Int) -> Int? {
        var (offset, value) = (start, 0)
        while offset - start < 3, text.byte(offset).isDigit {
            value = value * 10 + Int(text.byte(offset) &- 0x30)
            offset += 1
        }
        guard offset > start, (1...31).contains(value) else { return nil }
        if let suffix = vocabulary.word(at: offset, in: text) {
            guard suffix.meaning.contains(.ordinalSuffix) else { return nil }
            offset = suffix.range.upperBound
        }
        return offset
    }

    /// The end of a date whose day and month end at an offset; nil where its year is none of a living person.
    private func endOfYear(after end: Int) -> Int? {
        if let year = year(after: end) { return year }
        var offset = skippingDateGap(end)
        let start = offset
        while offset - start < 5, text.byte(offset).isDigit { offset += 1 }
        return offset - start == 4 ? nil : end
    }

    /// The end of the year behind a day and a month: of four digits, or of two behind a sign.
    private func year(after end: Int) -> Int? {
        var offset = skippingDateGap(end)
        if let of = vocabulary.word(at: offset, in: text), of.meaning.contains(.of) {
            offset = text.skippingSpaces(of.range.upperBound)
        }
        let apostrophe = text.apostrophe(at: offset)
        offset += apostrophe
        let start = offset
        var value = 0
        while offset - start < 5, text.byte(offset).isDigit {
            value = value * 10 + Int(text.byte(offset) &- 0x30)
            offset += 1
        }
        let isWhole = offset - start == 4 && isYear(value)
        // Two digits after a space could begin the next thing: "April 2, 19 people".
        let isOpen = text.space(at: start - 1) == 0 || text.letter(at: text.skippingSpaces(offset)) == nil
        let isShort = offset - start == 2 && (apostrophe > 0 || (start > end && isOpen)) && text.byte(offset) != 0x3A
        return (isWhole || isShort) && !text.byte(offset).isAlphanumeric ? offset : nil
    }

    /// Spaces, and one comma, point, dash or slash among them.
    private func skippingDateGap(_ start: Int) -> Int {
        var offset = text.skippingSpaces(start)
        switch text.byte(offset) {
        case UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"):
            offset = text.skippingSpaces(offset + 1)
            // "Nov., 1988", "nov.-1988"
            if text.byte(offset) == UInt8(ascii: ",") || text.byte(offset) == UInt8(ascii: "-") {
                offset = text.skippingSpaces(offset + 1)
            }
        default: break
        }
        return offset
    }
}
