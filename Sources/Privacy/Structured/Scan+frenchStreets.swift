internal import Domain

extension Scan {
    /// The end of a type and a name: `rue des Pins`, `boul. René-Lévesque Ouest`, `3e Avenue`, `rang 4`.
    func frenchStreet(at start: Int, hasComma: Bool) -> Int? {
        var offset = start
        let ordinal = endOfOrdinal(at: start)
        if let ordinal { offset = text.skippingSpaces(ordinal, atMost: 1) }
        guard let type = vocabulary.word(at: offset, in: text) else { return nil }
        let isAddressed = hasComma || context.lastButOne?.meaning.contains(.beforeAddress) ?? false
        let isWeak = type.meaning.contains(.weakFrenchStreetType)
        guard type.meaning.contains(.frenchStreetType) || (isWeak && isAddressed) else {
            return isWeak ? endOfNumberedRoad(type).map(endOfDirection) : nil
        }
        if ordinal != nil {
            return frenchName(after: type, mayBeSmall: false).map(endOfDirection)
                ?? endOfDirection(after: type.range.upperBound)
        }
        return frenchName(after: type, mayBeSmall: type.meaning.contains(.frenchStreetType)).map(endOfDirection)
    }

    /// `rue Saint-Denis` without a number: the type, and a name with a capital.
    func bareFrenchStreet(at word: Word) -> Entity? {
        // The point behind "rue" ends a sentence; only "boul." is short for something.
        guard text.byte(word.range.upperBound) != UInt8(ascii: ".") || word.range.count == 4,
            let end = frenchName(after: word, mayBeSmall: false)
        else {
            return nil
        }
        return Entity(
            .location, at: word.range.lowerBound..<endOfUnit(after: endOfDirection(after: end)), certainty: 180)
    }

    /// The end of a name behind its type: particles, words with capitals, or one without; or a number.
    private func frenchName(after type: Word, mayBeSmall: Bool) -> Int? {
        guard var offset = nextWord(after: type) else { return nil }
        var (best, words) = (Int?.none, 0)
        while words < Self.maximumStreetWords {
            if text.byte(offset).isDigit {
                return best ?? (mayBeSmall || words > 0 ? endOfNumberedName(at: offset) : endOfNumberedRoad(type))
            }
            guard let word = vocabulary.word(at: offset, in: text) else { break }
            if word.isCapitalized {
                best = endOfInitial(word)
            } else if best == nil, mayBeSmall, !word.meaning.contains(.stopword) {
                best = word.range.upperBound
                if text.byte(word.range.upperBound) != UInt8(ascii: "-") { break }
            } else if !word.meaning.contains(.particle) && !isJoined(word) {
                break
            } else if isJoined(word), best != nil {
                best = word.range.upperBound
            }
            guard let next = nextWord(after: word), !endsSentence(word) else { break }
            (offset, words) = (next, words + 1)
        }
        return best
    }

    /// Behind the point of a direction's initial: "boulevard Talbot O., Saguenay".
    private func endOfInitial(_ word: Word) -> Int {
        let end = word.range.upperBound
        let hasPoint = word.meaning.contains(.direction) && word.range.count <= 2 && text.byte(end) == UInt8(ascii: ".")
        return hasPoint && !endsText(end + 1) ? end + 1 : end
    }

    /// "au 9, rue Cartier. Nous": the point ends more than the word.
    private func endsSentence(_ word: Word) -> Bool {
        text.byte(word.range.upperBound) == UInt8(ascii: ".") && !word.meaning.contains(.particle)
            && !word.meaning.contains(.frenchStreetType)
    }

    /// Whether a hyphen joins a small word to the name: `Notre-Dame-des-Neiges`, `Rivière-du-loup`.
    private func isJoined(_ word: Word) -> Bool { text.byte(word.range.lowerBound - 1) == UInt8(ascii: "-") }

    /// "55, route 132"
    private func endOfNumberedRoad(_ type: Word) -> Int? {
        guard type.meaning.contains(.numberedRoad), let offset = nextWord(after: type), text.byte(offset).isDigit else {
            return nil
        }
        return endOfNumberedName(at: offset)
    }

    private func endOfNumberedName(at start: Int) -> Int? {
        if let ordinal = endOfOrdinal(at: start) {
            return ordinal
        }
        var offset = start
        while offset - start < 5, text.byte(offset).isDigit { offset += 1 }
        return offset - start <= 4 && text.endsWord(at: offset) ? offset : nil
    }
}
