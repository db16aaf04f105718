extension Scan {
    /// Remembers "Unit 6" in case that a street follows.
    mutating func noteUnit(_ word: Word) {
        guard let end = endOfDesignator(after: word) else { return }
        unit = word.range.lowerBound..<end
    }

    /// Where a unit begins that stands right before a number, else the number.
    func startOfUnit(before start: Int) -> Int {
        if let unit, unit.contains(start) { return unit.lowerBound }
        if let unit, unit.upperBound <= start, start - unit.upperBound <= 6 {
            var offset = unit.upperBound
            while offset < start {
                let length = max(text.space(at: offset), text.dash(at: offset), text.byte(offset) == 0x2C ? 1 : 0)
                guard length > 0 else { break }
                offset += length
            }
            if offset == start { return unit.lowerBound }
        }
        return text.byte(start - 1) == UInt8(ascii: "#") ? start - 1 : start
    }

    /// The end of ", Unit 6", "bureau 300" or "#4" behind a street, else the street's own.
    func endOfUnit(after end: Int) -> Int {
        var offset = text.skippingSpaces(end)
        for _ in 0..<2 where text.byte(offset) == UInt8(ascii: ",") || text.dash(at: offset) > 0 {
            offset = text.skippingSpaces(offset + max(1, text.dash(at: offset)))
        }
        guard offset > end else { return end }
        if text.byte(offset) == UInt8(ascii: "#") { return endOfNumber(at: offset + 1) ?? end }
        if let ordinal = endOfOrdinal(at: offset) {
            // "3e étage", "2nd Floor"
            let next = text.skippingSpaces(ordinal, atMost: 1)
            guard let word = vocabulary.word(at: next, in: text), word.meaning.contains(.unit) else { return end }
            return word.range.upperBound
        }
        guard let word = vocabulary.word(at: offset, in: text), word.meaning.contains(.unit) else { return end }
        return endOfDesignator(after: word) ?? end
    }

    private func endOfDesignator(after word: Word) -> Int? {
        var offset = word.range.upperBound
        if text.byte(offset) == UInt8(ascii: ".") { offset += 1 }
        offset = text.skippingSpaces(offset, atMost: 2)
        if text.byte(offset) == UInt8(ascii: "#") { offset += 1 }
        return endOfNumber(at: offset)
    }

    /// The end of `6`, `3B`, `B3` or a capital alone.
    private func endOfNumber(at start: Int) -> Int? {
        var (offset, hasDigit) = (start, false)
        while offset - start < 6, text.byte(offset).isAlphanumeric {
            if text.byte(offset).isDigit { hasDigit = true }
            offset += 1
        }
        guard offset > start, text.endsWord(at: offset) else { return nil }
        return hasDigit || (offset - start == 1 && text.byte(start).isUppercase) ? offset : nil
    }
}
