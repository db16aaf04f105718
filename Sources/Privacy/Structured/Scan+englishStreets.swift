internal import Domain

extension Scan {
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

    /// The end of a name of up to five words and a type.
    func englishStreet(at start: Int) -> Int? {
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
            guard isSmall ? words < 4 : continuesName(word, hasType: best != nil) else { break }
            if let end = endOfType(word, words: words, isSmall: isSmall),
                !hasArticle || words > 1 || isAddressed || endsAddress(end)
            {
                best = end
                if isSmall { break }
            }
            let isStop = isSmall && word.meaning.contains(.stopword) && !word.meaning.contains(.direction)
            guard !isStop, let next = nextWord(after: word) else { break }
            (offset, words) = (next, words + 1)
        }
        return best.map(endOfDirection)
    }

    /// A word with a capital, a particle, what an apostrophe or hyphen joins, or a type in small letters.
    private func continuesName(_ word: Word, hasType: Bool) -> Bool {
        if word.isCapitalized || word.meaning.contains(.particle) { return true }
        if !hasType, word.meaning.contains(.plainStreetType) { return true }
        let before = text.byte(word.range.lowerBound - 1)
        // The last byte of a curved apostrophe, too.
        return before == UInt8(ascii: "'") || before == UInt8(ascii: "-") || before == 0x99
    }

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
        if isSmall { return isSmallType(word, words: words) ? end : nil }
        if meaning.contains(.streetType) {
            return meaning.contains(.abbreviation) && text.byte(end) == UInt8(ascii: ".") ? end + 1 : end
        }
        guard meaning.contains(.weakStreetType) else { return nil }
        return isAddressed || endsAddress(end) ? end : nil
    }

    /// Whether a type in small letters means a street, behind that many words of a name.
    private func isSmallType(_ word: Word, words: Int) -> Bool {
        if word.meaning.contains(.shortStreetType), words < 3, opensNothing(word.range.upperBound) { return true }
        if word.meaning.contains(.plainStreetType) { return word.range.count <= 4 || isAddressed || words < 3 }
        return word.meaning.contains(.smallStreetType) && isAddressed && words < 3
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

    private func roadNumber(after end: Int) -> Int? {
        let start = text.skippingSpaces(end, atMost: 1)
        var offset = start
        while offset - start < 5, text.byte(offset).isDigit { offset += 1 }
        guard start > end, (1...4).contains(offset - start) else { return nil }
        if text.byte(offset).isUppercase { offset += 1 }
        return text.endsWord(at: offset) ? offset : nil
    }
}
