extension Token {
    private static let fineFacts: WordFacts = [
        .given, .family, .englishWord, .commonEnglish, .rareEnglish, .frenchWord, .canadianCity, .americanCity,
        .worldCity, .region, .state, .country, .software, .properNoun, .title, .calendar, .particle, .famous, .relation,
        .role, .placeHint, .commonGiven, .commonFamily,
    ]
    private static let known: WordFacts = [
        .word, .title, .relation, .role, .action, .calendar, .placeHint, .nameField, .placeField, .abbreviation,
        .particle,
    ]

    /// How it is written.
    package var shape: UInt32 {
        UInt32(kind.rawValue) | UInt32(letterCase.rawValue) << 3 | (count == 1 ? 1 << 6 : 0)
            | UInt32((marks.rawValue >> 3) & 3) << 7
    }

    /// Marks of phrases.
    package var phrase: UInt32 { UInt32(marks.rawValue >> 6) & 31 }

    package mutating func summarize() {
        fine = facts.intersection(Self.fineFacts).rawValue &* 0x9E37_79B1 &+ phrase &* 0x85EB_CA6B
        var short: UInt32 = 0
        if facts.contains(.given) { short |= 1 }
        if facts.contains(.family) { short |= 2 }
        if facts.contains(.commonEnglish) {
            short |= 4
        } else if !facts.isDisjoint(with: .word) {
            short |= 8
        }
        if !facts.isDisjoint(with: .city) { short |= 16 }
        if !facts.isDisjoint(with: [.region, .country, .state]) { short |= 32 }
        if !facts.isDisjoint(with: [.title, .relation, .role]) { short |= 64 }
        coarse = short | phrase << 7
        if !facts.isDisjoint(with: [.properNoun, .famous]) { coarse |= 1 << 12 }
        if facts.contains(.calendar) { coarse |= 1 << 13 }
        if facts.contains(.commonGiven) { coarse |= 1 << 14 }
        if facts.contains(.commonFamily) { coarse |= 1 << 15 }
        context = contextIdentity(short)
    }

    private func contextIdentity(_ short: UInt32) -> UInt32 {
        switch kind {
        case .word:
            let isName = letterCase != .lower && !facts.isDisjoint(with: .name) && !facts.contains(.commonEnglish)
            if !facts.isDisjoint(with: Self.known), !isName { return word }
            return 0x5151_0000 ^ short << 4 ^ UInt32(letterCase.rawValue)
        case .sign: return word
        case .number: return 0x6161_0000 ^ UInt32(min(count, 5))
        case .initial, .code, .lineBreak, .structured: return 0x7171_0000 ^ UInt32(kind.rawValue)
        }
    }
}
