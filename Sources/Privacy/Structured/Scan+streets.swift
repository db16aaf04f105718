internal import Domain

/// Streets with a number, in English (number, name, type) and French (number, type, name), after the lists of Canada
/// Post (Addressing Guidelines) and the United States Postal Service (Publication 28). The unit belongs to it, the
/// city doesn't.
extension Scan {
    static let maximumStreetWords = 6

    /// `14 Capstan Row`, `4-305 Harbour Pkwy W`, `221B Baker Street`, `412, rue des Pins`, `1205, 3e Avenue`.
    func streetAddress() -> Entity? {
        let first = chain.groups[0]
        guard first.range.count <= 6 else { return nil }
        var number = first
        if chain.count > 1, chain.groups[1].range.count <= 6,
            [.dash, .slash, .spacedDash].contains(chain.groups[1].separator)
        {
            number = chain.groups[1]
        }
        guard chain.value(0) > 0, number.range == first.range || !isYear(chain.value(0)) || !isYear(chain.value(1))
        else {
            return nil
        }
        if let end = endOfNumberedStreet() { return street(upTo: end) }
        guard let name = startOfStreet(after: number.range.upperBound) else { return nil }
        let isYear = number.range == first.range && first.range.count == 4 && isYear(chain.value(0)) && followsYearWord
        guard !isYear,
            let end = englishStreet(at: name.offset) ?? frenchStreet(at: name.offset, hasComma: name.hasComma)
        else { return nil }
        return street(upTo: end)
    }

    private func street(upTo end: Int) -> Entity {
        Entity(.location, at: startOfUnit(before: chain.start)..<endOfUnit(after: end), certainty: 215)
    }

    /// `10025 106 Street NW`, `1510 - 14A St SW`: streets that are numbered without a suffix.
    private func endOfNumberedStreet() -> Int? {
        guard chain.count > 1, chain.groups[0].range.count > 1, chain.groups[1].range.count <= 3,
            [.space, .dash, .spacedDash].contains(chain.groups[1].separator)
        else { return nil }
        var offset = chain.groups[1].range.upperBound
        if text.byte(offset).isUppercase { offset += 1 }
        let start = text.skippingSpaces(offset, atMost: 1)
        guard start > offset, let type = vocabulary.word(at: start, in: text), type.isCapitalized,
            type.meaning.contains(.bareEnglishType)
        else { return nil }
        return endOfDirection(after: type.range.upperBound)
    }

    /// "In 2019 Wall Street lost": a year, and no house.
    private var followsYearWord: Bool {
        // The number itself was counted as the last word.
        guard let before = context.lastButOne else { return false }
        // "(C) 2019 Elm Grove"
        let isCopyright = before.range.count == 1 && text.byte(before.range.upperBound) == UInt8(ascii: ")")
        return before.meaning.contains(.beforeYear) || before.meaning.month > 0 || isCopyright
    }

    /// Behind the number's letter and the space or comma that follow it.
    private func startOfStreet(after end: Int) -> (offset: Int, hasComma: Bool)? {
        var offset = end
        if text.byte(offset).isLetter, text.endsWord(at: offset + 1), text.letter(at: offset + 1) == nil { offset += 1 }
        // "12 1/2 Elm Street"
        if text.byte(offset) == UInt8(ascii: " "), text.byte(offset + 1) == 0x31, text.byte(offset + 2) == 0x2F,
            text.byte(offset + 3) == 0x32
        {
            offset += 4
        }
        let hasComma = text.byte(offset) == UInt8(ascii: ",")
        if hasComma { offset += 1 }
        let name = text.skippingSpaces(offset)
        return name > offset && (text.letter(at: name) != nil || text.byte(name).isDigit) ? (name, hasComma) : nil
    }

    /// `5th`, `42nd`, `3e`.
    func endOfOrdinal(at start: Int) -> Int? {
        var offset = start
        while offset - start < 4, text.byte(offset).isDigit { offset += 1 }
        guard offset > start, let suffix = vocabulary.word(at: offset, in: text),
            suffix.meaning.contains(.ordinalSuffix)
        else { return nil }
        return suffix.range.upperBound
    }

    /// Where the next word of a name begins: behind one space, a hyphen, an apostrophe, or the point of "St.".
    func nextWord(after word: Word) -> Int? {
        var offset = word.range.upperBound
        if text.byte(offset) == UInt8(ascii: "."),
            word.range.count <= 3 || (word.meaning.contains(.frenchStreetType) && word.range.count == 4)
        {
            offset += 1
        }
        if case let apostrophe = text.apostrophe(at: offset), apostrophe > 0 {
            offset += apostrophe
        } else if text.byte(offset) == UInt8(ascii: "-") {
            offset += 1
        } else {
            let space = text.skippingSpaces(offset, atMost: 1)
            guard space > offset else { return nil }
            offset = space
        }
        return offset
    }

    /// Behind "West", "N." or "Ouest", if that comes next.
    func endOfDirection(after end: Int) -> Int {
        let start = text.skippingSpaces(end, atMost: 1)
        guard start > end, let word = vocabulary.word(at: start, in: text), word.meaning.contains(.direction),
            word.isCapitalized
                || (word.range.count != 1 && word.range.count != 3 && !word.meaning.contains(.stopword)
                    && word.meaning.isDisjoint(with: .onStreet) && !isNegation(word))
        else { return end }
        let hasPoint = word.range.count <= 2 && text.byte(word.range.upperBound) == UInt8(ascii: ".")
        return word.range.upperBound + (hasPoint && !endsText(word.range.upperBound + 1) ? 1 : 0)
    }

    /// "So" and "no" are directions only in capitals: "14 Larch Street so far".
    private func isNegation(_ word: Word) -> Bool {
        word.range.count == 2 && text.byte(word.range.lowerBound + 1) == 0x6F
    }

    func endsText(_ offset: Int) -> Bool {
        offset >= text.count || text.byte(offset) == UInt8(ascii: "\n")
            || text.letter(at: text.skippingSpaces(offset))?.isCapital ?? false
    }
}
