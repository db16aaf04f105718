internal import Domain

extension Scan {
    /// What begins at a letter; the offset to go on from.
    mutating func word(at start: Int) -> Int {
        guard let word = vocabulary.word(at: start, in: text) else { return start + 1 }
        if let end = take(ledByLetters(word)) {
            context.seeNumber()
            return end
        }
        context.see(word)
        noteInitial(word)
        if word.meaning.rawValue != 0 || word.hasHump { note(word) }
        if let end = take(ledByWord(word)) { return end }
        let end = word.range.upperBound
        return text.byte(end).isDigit ? endOfIdentifier(end) : end
    }

    /// What is written with letters and digits, in which letters come first.
    private func ledByLetters(_ word: Word) -> Entity? {
        let start = word.range.lowerBound
        guard word.range.count <= 4, !continuesIdentifier(start) else { return nil }
        let next = text.byte(word.range.upperBound)
        if next.isDigit {
            return ibanAt(word) ?? postalCode(at: word) ?? britishPostcode(at: word) ?? quebecHealthNumber(at: word)
                ?? territorialHealthNumber(at: word) ?? ipv6Address(at: start)
        }
        if next == UInt8(ascii: ":") { return ipv6Address(at: start) }
        return word.range.count == 4 && word.isUppercase || isHealthExpected
            ? quebecHealthNumber(at: word) : nil
    }

    /// What a word leads: a date, a street, a box.
    private mutating func ledByWord(_ word: Word) -> Entity? {
        let meaning = word.meaning
        if meaning.month != 0, let date = monthFirstDate(at: word) {
            return date
        }
        if meaning.contains(.bareStreetType), let street = bareFrenchStreet(at: word) { return street }
        if meaning.contains(.unit) { noteUnit(word) }
        if word.isCapitalized, let street = bareEnglishStreet(at: word) { return street }
        return postOfficeBox(at: word)
    }

    /// Names what a word means beyond the topics in it.
    private mutating func note(_ word: Word) {
        var meaning = word.meaning
        if word.hasHump { meaning.formUnion(vocabulary.meaningOfHumps(in: word, of: text)) }
        if word.meaning.contains(.otherDate) { context.forget(.birth) }
        // The sine of something.
        if meaning.contains(.topic(.sin)), text.byte(word.range.upperBound) == UInt8(ascii: "(") {
            meaning.remove(.topic(.sin))
            context.forget(.sin)
        }
        if word.meaning.contains(.born), word.isAccented || opensFrenchBirth(word) {
            meaning.insert(.topic(.birth))
        }
        context.name(meaning)
        columns.see(meaning)
        guard let before = context.lastButOne else { return }
        if before.meaning.contains(.taxpayer), !meaning.isDisjoint(with: [.topic(.reference), .topic(.number)]) {
            context.name(.topic(.ssn))
        }
        guard before.meaning.contains(.social) else { return }
        if meaning.contains(.insurance) { context.forget(.ssn) }
        if meaning.contains(.security) { context.forget(.sin) }
    }

    /// "Nee le 3 mai", without the accent that would tell it from the negation and from a maiden name.
    private func opensFrenchBirth(_ word: Word) -> Bool {
        var offset = text.skippingSpaces(word.range.upperBound)
        if let next = vocabulary.word(at: offset, in: text), next.meaning.contains(.le) {
            offset = text.skippingSpaces(next.range.upperBound)
            return text.byte(offset).isDigit
        }
        return false
    }

    /// Names what the letters of `D.O.B.`, `S.S.N.` and `N.A.S.` stand for.
    private mutating func noteInitial(_ word: Word) {
        guard word.range.count == 1, word.isUppercase else {
            initials = 0
            return
        }
        initials = (initials << 8 | UInt32(text.byte(word.range.lowerBound))) & 0xFF_FFFF
        switch initials {
        case 0x444F42, 0x44444E: context.name(.topic(.birth))
        case 0x53534E: context.name(.topic(.ssn))
        case 0x53494E, 0x4E4153: context.name(.topic(.sin))
        case 0x4E414D, 0x50484E: context.name(.topic(.health))
        default: break
        }
    }

    /// The end of a run of letters and digits; of a mixed one also what dashes join to it, as in a UUID.
    func endOfIdentifier(_ start: Int) -> Int {
        var offset = start
        while true {
            let begin = offset
            while text.byte(offset).isAlphanumeric || text.byte(offset) == UInt8(ascii: "_") { offset += 1 }
            guard offset > begin, text.byte(offset) == UInt8(ascii: "-"), text.byte(offset + 1).isAlphanumeric else {
                return max(offset, start)
            }
            offset += 1
        }
    }

    /// Whether a letter or digit belongs to something longer that began before it.
    func continuesIdentifier(_ start: Int) -> Bool {
        let before = text.byte(start - 1)
        if before.isAlphanumeric || before == UInt8(ascii: "_") { return true }
        let second = text.byte(start - 2)
        switch before {
        case UInt8(ascii: "-"):
            // From one entity to another, as in a range of addresses.
            if found.last?.range.upperBound == start - 1 { return false }
            guard second.isAlphanumeric else { return false }
            return !(context.last.map { $0.range.upperBound == start - 1 && $0.meaning.rawValue != 0 } ?? false)
        case UInt8(ascii: "."): return second.isDigit
        case UInt8(ascii: "$"): return true
        case UInt8(ascii: ","): return second.isDigit && text.byte(start + 3) == UInt8(ascii: ",")
        default: return false
        }
    }
}
