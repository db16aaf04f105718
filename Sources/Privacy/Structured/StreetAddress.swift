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

    /// `Maple Avenue` without a number, behind a word such as "on".
    func bareEnglishStreet(at word: Word) -> Entity? {
        guard let before = context.lastButOne, before.meaning.contains(.onStreet),
            before.range.upperBound + 1 == word.range.lowerBound, text.byte(before.range.upperBound) == 0x20,
            word.meaning.isDisjoint(with: [.famousStreet, .bareEnglishType, .stopword])
        else { return nil }
        var last = word
        for _ in 0..<3 {
            guard let next = nextWord(after: last), let following = vocabulary.word(at: next, in: text),
                following.isCapitalized
            else { return nil }
            if following.meaning.contains(.bareEnglishType),
                text.byte(following.range.lowerBound - 1) == UInt8(ascii: " ")
            {
                let end = endOfDirection(after: following.range.upperBound)
                return Entity(.location, at: word.range.lowerBound..<end, certainty: 150)
            }
            last = following
        }
        return nil
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
            guard
                isSmall
                    ? words < 4
                    : word.isCapitalized || isLink(word) || isGlued(word) || best == nil && isPlainType(word)
            else {
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
    private func isGlued(_ word: Word) -> Bool {
        let before = text.byte(word.range.lowerBound - 1)
        return before == UInt8(ascii: "'") || before == UInt8(ascii: "-") || before == 0x99
    }
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
            if meaning.contains(.shortStreetType), words < 3, opensNothing(end) { return end }
            guard meaning.contains(.plainStreetType) || (meaning.contains(.smallStreetType) && isAddressed && words < 3)
            else {
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

    /// Whether an address could end here: no other word follows.
    private func opensNothing(_ end: Int) -> Bool {
        [0, UInt8(ascii: "\n"), UInt8(ascii: ","), UInt8(ascii: "\"")].contains(text.byte(end))
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
