import Privacy
import Testing

@Suite struct LexiconTests {
    private func facts(_ word: String) throws -> WordFacts {
        let lexicon = try Lexicon.shared
        return Array(word.utf8).withUnsafeBufferPointer { lexicon.facts(of: $0) }
    }

    @Test(arguments: [
        ("Mary", WordFacts.givenFemale), ("mary", .givenFemale), ("MARY", .givenFemale), ("Gurpreet", .givenMale),
        ("Wanjiru", .givenFemale), ("Elisapee", .givenFemale), ("Étienne", .givenMale), ("etienne", .givenMale),
        ("Tremblay", .family), ("TRÉPANIER", .family), ("trepanier", .family), ("Okonkwo", .family),
        ("Iqaluit", .canadianCity), ("Wemindji", .canadianCity), ("Verdun", .canadianCity), ("Lagos", .worldCity),
        ("Ontario", .region), ("France", .country), ("house", .englishWord), ("maison", .frenchWord),
        ("Mme", .title), ("voisine", .relation), ("assignee", .nameField), ("ville", .placeField),
    ])
    func `knows a word in any case and without its accents`(word: String, expected: WordFacts) throws {
        #expect(try facts(word).isSuperset(of: expected))
    }

    @Test func `knows how common an English word is`() throws {
        #expect(try facts("will").contains(.commonEnglish))
        #expect(try facts("denotations").contains(.rareEnglish))
        #expect(try !facts("denotations").contains(.commonEnglish))
    }

    @Test func `knows nothing about what is in no list`() throws {
        for word in ["", "xqzvvk", "\u{FFFD}", "0", "ᐃᖃᓗᐃᑦ"] { #expect(try facts(word) == []) }
    }

    @Test func `a French word's accents are its own`() throws {
        #expect(try facts("médecin").contains(.frenchWord))
        #expect(try !facts("zoé").contains(.englishWord))
    }

    @Test func `finds a place of several words however it is written`() throws {
        let lexicon = try Lexicon.shared
        for place in ["Saint-Jean-sur-Richelieu", "saint jean sur richelieu", "SAINT-JEAN-SUR-RICHELIEU", "St. John’s"]
        {
            var phrase = Phrase()
            for scalar in place.unicodeScalars { phrase.append(scalar.value) }
            #expect(lexicon.phrase(phrase.hash).contains(.canadianCity), "\(place)")
        }
    }

    @Test(arguments: Lexicon.Pool.allCases)
    func `each pool of stand-ins has different ASCII words`(pool: Lexicon.Pool) throws {
        let words = try Lexicon.shared.standIns(pool)
        let all = (0..<words.count).map { words[$0] }
        #expect(all.count >= 60)
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCII) })
        #expect(words[words.count] == words[0])
        #expect(words[-1] == words[Int(UInt.max % UInt(words.count))])
    }

    @Test func `broken UTF-8 is no word and no crash`() throws {
        let lexicon = try Lexicon.shared
        for first in UInt8.min...UInt8.max {
            for tail in [[], [0x80], [0xBF, 0xBF], [0xFF, 0x41], [0xED, 0xA0, 0x80]] as [[UInt8]] {
                ([first] + tail).withUnsafeBufferPointer { _ = lexicon.facts(of: $0) }
            }
        }
    }
}
