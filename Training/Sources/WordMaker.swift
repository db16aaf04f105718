import Privacy

/// Ordinary words and names that programs read, so that a word is no name because it stands where one could.
struct WordMaker {
    private let english: [String]
    private let commonEnglish: [String]
    private let french: [String]
    private let commonFrench: [String]
    private let software: [String]

    init(_ lists: Lists, _ lexicon: Lexicon) {
        func facts(_ word: String) -> WordFacts { lexicon.facts(of: LexiconBuilder.folded(word)) }
        func isOrdinary(_ word: String) -> Bool {
            word.count > 1 && facts(word).isDisjoint(with: [.given, .family, .city, .region, .country])
        }
        english = lists.english.filter { $0.level <= 35 && isOrdinary($0.word) }.map(\.word)
        commonEnglish = lists.english.filter { $0.level <= 20 && isOrdinary($0.word) }.map(\.word)
        french = lists.french.filter(isOrdinary)
        // Words of both languages and short ones are the common ones: the French list doesn't say which are.
        commonFrench = french.filter { $0.count < 7 }
        software = lists.software.filter(isOrdinary)
    }

    /// In lower case.
    func word(_ random: inout Random, isFrench: Bool) -> String {
        if isFrench { return random.pick(random.chance(0.5) ? commonFrench : french) }
        return random.pick(random.chance(0.5) ? commonEnglish : english)
    }

    /// Several words written as one, an abbreviation, or a piece of software.
    func identifier(_ random: inout Random, isFrench: Bool) -> String {
        func word() -> String { Self.ascii(self.word(&random, isFrench: isFrench && random.chance(0.6))) }
        switch random.next() % 12 {
        case 0, 1: return word() + "_" + word()
        case 2, 3: return word() + NameInventor.capitalized(word())
        case 4: return NameInventor.capitalized(word()) + NameInventor.capitalized(word())
        case 5: return word() + "-" + word()
        case 6: return NameInventor.capitalized(word())
        case 7: return random.pick(software)
        case 8: return abbreviation(&random)
        case 9: return word().uppercased() + "_" + word().uppercased()
        default: return word()
        }
    }

    /// `fmt`, `cfg`, `idx`: a word without most of its vowels.
    private func abbreviation(_ random: inout Random) -> String {
        let word = random.pick(commonEnglish)
        let letters = word.dropFirst().filter { !"aeiouy".contains($0) }
        return String(word.prefix(1) + letters.prefix(Int(random.next() % 3) + 1))
    }

    private static func ascii(_ word: String) -> String {
        String(String.UnicodeScalarView(word.unicodeScalars.compactMap { Unicode.Scalar(Example.withoutAccent($0.value)) }))
    }
}
