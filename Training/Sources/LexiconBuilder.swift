import Privacy

/// Makes the tables of words and phrases.
struct LexiconBuilder {
    private var words: [UInt64: WordFacts] = [:]
    private var phrases: [UInt64: WordFacts] = [:]

    init(_ lists: Lists) {
        for (word, level) in lists.english {
            let commonness: WordFacts = level <= 20 ? .commonEnglish : level >= 40 ? .rareEnglish : []
            addWord(word, commonness.union(.englishWord))
        }
        for word in lists.french { addWord(word, .frenchWord) }
        for word in lists.software { addWord(word, .software) }
        for given in lists.given {
            addName(given.name, Self.isCommon(given.locales) ? given.facts.union(.commonGiven) : given.facts)
        }
        for family in lists.family {
            addName(family.name, Self.isCommon(family.locales) ? [.family, .commonFamily] : .family)
        }
        for place in lists.places { addPlace(place.name, place.facts) }
        for other in lists.others { addName(other.name, other.facts) }
    }

    /// The shorter lists hold what many bear.
    private static func isCommon(_ locales: [Substring]) -> Bool {
        locales.count >= 4 || locales.contains { $0.hasPrefix("own-") || commonLocales.contains($0) }
    }

    private static let commonLocales: Set<Substring> = ["en_US", "en_GB", "fr_FR", "fr_QC", "fr_CA", "fr_CH", "en_IN"]

    /// Whole words of a dictionary, whose accents tell them apart.
    private mutating func addWord(_ word: String, _ facts: WordFacts) {
        words[Self.folded(word).hash.value, default: []].formUnion(facts)
    }

    /// Names are found with and without their accents.
    private mutating func addName(_ name: String, _ facts: WordFacts) {
        if name.contains(where: { $0 == " " || $0 == "-" }) {
            addPhrase(name, facts)
            if name.contains(" ") { return }
        }
        let folded = Self.folded(name)
        words[folded.hash.value, default: []].formUnion(facts)
        if !folded.isPlain { words[folded.plainHash.value, default: []].formUnion(facts) }
    }

    private mutating func addPlace(_ name: String, _ facts: WordFacts) {
        for spelling in Self.spellings(name) { addName(spelling, facts) }
    }

    private mutating func addPhrase(_ name: String, _ facts: WordFacts) {
        var phrase = Phrase()
        for scalar in name.unicodeScalars {
            // Each beginning is in the table as well, so that a reader soon sees that nothing known begins so.
            if scalar == " " || scalar == "-" { phrases[phrase.hash.value, default: []].insert(.phraseStart) }
            phrase.append(scalar.value)
        }
        phrases[phrase.hash.value, default: []].formUnion(facts)
        // The reader may cut the first word at any of these, depending on what surrounds them.
        for separators in [" ", " -", " '’", " -'’"] {
            guard let first = name.split(whereSeparator: { separators.contains($0) }).first else { continue }
            let folded = Self.folded(first.hasSuffix(".") ? String(first.dropLast()) : String(first))
            words[folded.hash.value, default: []].insert(.phraseStart)
            if !folded.isPlain { words[folded.plainHash.value, default: []].insert(.phraseStart) }
        }
    }

    /// As it is, and with its saint, fort or mountain cut short.
    private static func spellings(_ name: String) -> [String] {
        let short = [
            ("Saint-", "St-"), ("Sainte-", "Ste-"), ("Saint ", "St "), ("Mount ", "Mt "), ("Fort ", "Ft "),
            ("St. ", "Saint "), ("St-", "Saint-"), ("Ste-", "Sainte-"),
        ]
        return [name]
            + short.filter { name.hasPrefix($0.0) }.map { $0.1 + name.dropFirst($0.0.count) }
    }

    static func folded(_ word: String) -> FoldedWord {
        var folded = FoldedWord()
        for scalar in word.unicodeScalars { folded.append(scalar.value) }
        return folded
    }

    func wordTable() -> [UInt8] { Self.table(words) }
    func phraseTable() -> [UInt8] { Self.table(phrases) }

    /// In the order of the hashes, so that the same lists make the same bytes.
    private static func table(_ entries: [UInt64: WordFacts]) -> [UInt8] {
        let count = UInt64(entries.count * 3 / 2 + 16)
        var slots = [UInt32](repeating: 0, count: Int(count) * 2)
        for (hash, facts) in entries.sorted(by: { $0.key < $1.key }) {
            var slot = Int(WordTable.slot(of: hash, count: count))
            var steps = 0
            while slots[slot * 2] != 0 {
                slot = slot + 1 == Int(count) ? 0 : slot + 1
                steps += 1
            }
            precondition(steps < WordTable.longestChain, "A chain of the word table is too long: make it larger.")
            slots[slot * 2] = WordTable.fingerprint(of: hash)
            slots[slot * 2 + 1] = facts.rawValue
        }
        return slots.flatMap { $0.littleEndianBytes }
    }
}

extension UInt32 {
    var littleEndianBytes: [UInt8] {
        [UInt8(self & 255), UInt8(self >> 8 & 255), UInt8(self >> 16 & 255), UInt8(self >> 24)]
    }
}
