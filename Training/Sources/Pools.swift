import Privacy

extension DataFileWriter {
    /// The names that stand in for others.
    mutating func addPools(_ lists: Lists) {
        var french: Set<UInt64> = []
        for given in lists.given where given.locales.contains(where: { $0.hasPrefix("fr_") || $0 == "own-french" }) {
            french.insert(LexiconBuilder.folded(given.name).plainHash.value)
        }
        func names(_ kind: String) -> [String] { lists.substitutes.filter { $0.kind == kind }.map(\.name) }
        func isFrench(_ name: String) -> Bool { french.contains(LexiconBuilder.folded(name).plainHash.value) }
        add(.givenFemale, words: names("given_f"))
        add(.givenMale, words: names("given_m"))
        add(.givenFemaleFrench, words: names("given_f").filter(isFrench))
        add(.givenMaleFrench, words: names("given_m").filter(isFrench))
        add(.family, words: names("family"))
        add(.town, words: names("town"))
        add(.street, words: names("street"))
    }
}
