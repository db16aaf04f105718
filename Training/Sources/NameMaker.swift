import Privacy

/// Names of people from all the lists, with cultures that keep together and names that nobody bears.
struct NameMaker {
    struct Culture {
        var given: [String] = []
        var family: [String] = []
        var inventedGiven = NameInventor([])
        var inventedFamily = NameInventor([])
    }

    private var cultures: [String: Culture] = [:]
    let wordGiven: [String]
    let wordFamily: [String]

    init(_ lists: Lists, _ lexicon: Lexicon) {
        var cultures: [String: Culture] = [:]
        for given in lists.given {
            for culture in Set(given.locales.map(Self.culture)).sorted() {
                cultures[culture, default: Culture()].given.append(given.name)
            }
        }
        for family in lists.family {
            for culture in Set(family.locales.map(Self.culture)).sorted() {
                cultures[culture, default: Culture()].family.append(family.name)
            }
        }
        for (name, culture) in cultures {
            cultures[name]?.inventedGiven = NameInventor(culture.given)
            cultures[name]?.inventedFamily = NameInventor(culture.family)
        }
        self.cultures = cultures
        func isWord(_ name: String) -> Bool {
            let facts = lexicon.facts(of: LexiconBuilder.folded(name))
            return facts.contains(.englishWord) && !facts.contains(.rareEnglish) || facts.contains(.frenchWord)
        }
        func isCommon(_ culture: String) -> Bool { culture == "english" || culture == "french" }
        wordGiven = lists.given.filter { isWord($0.name) && $0.locales.contains { isCommon(Self.culture($0)) } }.map(
            \.name)
        wordFamily = lists.family.filter { isWord($0.name) && $0.locales.contains { isCommon(Self.culture($0)) } }
            .map(\.name)
    }

    private static func culture(_ locale: Substring) -> String {
        switch locale {
        case "en", "en_US", "en_GB", "en_NZ", "en_IE", "ga_IE": "english"
        case "en_IN", "en_PK", "own-south-asian": "south-asian"
        case "own-indigenous": "indigenous"
        case "own-african", "yo_NG", "ig_NG", "ha_NG", "en_NG", "zu_ZA", "tw_GH", "sw", "en_KE": "african"
        case "own-other": "other"
        case "zh_CN", "zh_TW", "ja_JP", "vi_VN", "id_ID", "en_TH", "tr_TR", "az_AZ", "uz_UZ": "asian"
        default: locale.hasPrefix("fr_") || locale == "own-french" ? "french" : "european"
        }
    }

    private func culture(_ random: inout Random, isFrench: Bool) -> Culture {
        let name = random.pick(weighted: [
            (isFrench ? 0.12 : 0.32, "english"), (isFrench ? 0.45 : 0.14, "french"), (0.14, "south-asian"),
            (0.12, "indigenous"), (0.11, "african"), (0.1, "other"), (0.06, "asian"), (0.07, "european"),
        ])
        return cultures[name] ?? Culture()
    }

    func given(_ random: inout Random, isFrench: Bool) -> String {
        given(of: culture(&random, isFrench: isFrench), &random)
    }

    func family(_ random: inout Random, isFrench: Bool) -> String {
        family(of: culture(&random, isFrench: isFrench), &random)
    }

    private func given(of culture: Culture, _ random: inout Random) -> String {
        if random.chance(0.13) || culture.given.isEmpty { return culture.inventedGiven.name(&random) }
        let name = random.pick(culture.given)
        return random.chance(0.03) ? name + "-" + random.pick(culture.given) : name
    }

    private func family(of culture: Culture, _ random: inout Random) -> String {
        if random.chance(0.13) || culture.family.isEmpty { return culture.inventedFamily.name(&random) }
        let name = random.pick(culture.family)
        return random.chance(0.05) ? name + "-" + random.pick(culture.family) : name
    }

    /// Given and family name, now and then with another given name or an initial between.
    func full(_ random: inout Random, isFrench: Bool) -> (given: String, family: String) {
        let own = culture(&random, isFrench: isFrench)
        let other = random.chance(0.15) ? culture(&random, isFrench: isFrench) : own
        var given = random.chance(0.05) ? random.pick(wordGiven) : given(of: own, &random)
        if random.chance(0.06) {
            given += " " + self.given(of: own, &random)
        } else if random.chance(0.06) {
            given += " " + Self.initial(of: self.given(of: own, &random)) + (random.chance(0.8) ? "." : "")
        }
        return (given, random.chance(0.08) ? random.pick(wordFamily) : family(of: other, &random))
    }

    static func initial(of name: String) -> String {
        name.first.map { $0.uppercased() } ?? "A"
    }
}
