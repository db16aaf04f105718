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
        guard let name = startOfStreet(after: number.range.upperBound) else { return nil }
        let isYear = number.range == first.range && first.range.count == 4 && isYear(chain.value(0)) && followsYearWord
        guard !isYear,
            let end = englishStreet(at: name.offset) ?? frenchStreet(at: name.offset, hasComma: name.hasComma)
        else { return nil }
        return Entity(.location, at: startOfUnit(before: chain.start)..<endOfUnit(after: end), certainty: 215)
    }

    /// "In 2019 Wall Street lost": a year, and no house.
    private var followsYearWord: Bool {
        // The number itself was counted as the last word.
        guard let before = context.lastButOne else { return false }
        return before.meaning.contains(.beforeYear) || before.meaning.month > 0
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

    // MARK: English

    /// The end of a name of up to five words and a type.
    private func englishStreet(at start: Int) -> Int? {
        var (offset, words, best) = (start, 0, Int?.none)
        var (isSmall, hasArticle) = (false, false)
        while words < Self.maximumStreetWords {
            if let ordinal = endOfOrdinal(at: offset) {
                offset = text.skippingSpaces(ordinal, atMost: 1)
                words += 1
                continue
            }
            guard let word = vocabulary.word(at: offset, in: text) else { break }
            if words == 0 {
                isSmall = !word.isCapitalized && !word.meaning.contains(.direction)
                // "4 lane road", "4 The Way"
                if isSmall, word.meaning.contains(.streetType) { break }
                hasArticle = word.meaning.contains(.stopword)
            }
            guard isSmall ? words < 4 : word.isCapitalized || isLink(word) || best == nil && isPlainType(word) else {
                break
            }
            if let end = endOfType(word, words: words, isSmall: isSmall),
                !hasArticle || words > 1 || isAddressed || endsAddress(end)
            {
                best = end
                if isSmall { break }
            }
            guard !isSmall || !word.meaning.contains(.stopword) || word.meaning.contains(.direction) else { break }
            guard let next = nextWord(after: word) else { break }
            (offset, words) = (next, words + 1)
        }
        return best.map(endOfDirection)
    }

    private func isLink(_ word: Word) -> Bool { word.meaning.contains(.particle) }
    private func isPlainType(_ word: Word) -> Bool { word.meaning.contains(.plainStreetType) }

    /// The end of a word that is a street's type where it stands, with its number or point.
    private func endOfType(_ word: Word, words: Int, isSmall: Bool) -> Int? {
        let meaning = word.meaning
        let end = word.range.upperBound
        if meaning.contains(.numberedRoad), let number = roadNumber(after: end),
            words > 0 || !meaning.contains(.streetType) || word.range.count > 2
        {
            let isEnglish = !meaning.contains(.frenchStreetType) || words > 0
            if isEnglish, !isSmall || words > 0 { return number }
        }
        guard words > 0 else { return nil }
        if isSmall {
            guard meaning.contains(.plainStreetType) || (meaning.contains(.streetType) && isAddressed) else {
                return nil
            }
            guard word.range.count <= 4 || meaning.contains(.streetType) && (isAddressed || words < 3) else {
                return nil
            }
            return end
        }
        if meaning.contains(.streetType) {
            return text.byte(end) == UInt8(ascii: ".") && word.range.count <= 5 ? end + 1 : end
        }
        guard meaning.contains(.weakStreetType) else { return nil }
        return isAddressed || endsAddress(end) ? end : nil
    }

    /// Whether a word such as "at" or "lives" stands before the number.
    private var isAddressed: Bool {
        if let before = context.lastButOne, before.meaning.contains(.beforeAddress) { return true }
        let byte = text.byte(chain.start - 2)
        return byte == UInt8(ascii: ":") || context.isNear(.internet, within: 3)
    }

    /// Whether what follows would follow an address: the end of a line or a comma with a capital.
    private func endsAddress(_ end: Int) -> Bool {
        switch text.byte(end) {
        case UInt8(ascii: "\n"): return true
        case UInt8(ascii: ","):
            let next = text.skippingSpaces(end + 1)
            return text.letter(at: next)?.isCapital ?? false
        default: return false
        }
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

    private func roadNumber(after end: Int) -> Int? {
        let start = text.skippingSpaces(end, atMost: 1)
        var offset = start
        while offset - start < 5, text.byte(offset).isDigit { offset += 1 }
        guard start > end, (1...4).contains(offset - start) else { return nil }
        if text.byte(offset).isUppercase { offset += 1 }
        return text.endsWord(at: offset) ? offset : nil
    }

    /// Where the next word of a name begins: behind one space, a hyphen, an apostrophe, or the point of "St.".
    func nextWord(after word: Word) -> Int? {
        var offset = word.range.upperBound
        if text.byte(offset) == UInt8(ascii: "."), word.range.count <= 3 || word.meaning.contains(.frenchStreetType) {
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
            word.isCapitalized || (word.range.count > 3 && !word.meaning.contains(.stopword))
        else { return end }
        let hasPoint = word.range.count <= 2 && text.byte(word.range.upperBound) == UInt8(ascii: ".")
        return word.range.upperBound + (hasPoint && !endsText(word.range.upperBound + 1) ? 1 : 0)
    }

    func endsText(_ offset: Int) -> Bool {
        offset >= text.count || text.byte(offset) == UInt8(ascii: "\n")
            || text.letter(at: text.skippingSpaces(offset))?.isCapital ?? false
    }
}
