internal import PrivacyData

/// What is known about words: names, places, dictionaries; and the names that stand in for others.
///
/// A view of bytes in the program, so making one costs next to nothing and lookups allocate nothing.
public struct Lexicon: Sendable {
    /// What stand-ins are chosen from.
    public enum Pool: CaseIterable, Sendable {
        case givenFemale, givenMale, givenFemaleFrench, givenMaleFrench, family, town, street
    }

    private let tables: Tables

    package var file: DataFile { tables.file }

    package init(_ file: DataFile) throws(DataFileError) {
        tables = try Tables(file)
    }

    /// The lists in this program.
    ///
    /// - Throws: when the program was linked with something else than the data file: see Training/README.md.
    public static var shared: Lexicon {
        get throws { try loaded.get() }
    }

    private static let loaded = Result {
        let bytes = UnsafeRawBufferPointer(
            start: northern_privacy_data_start(), count: Int(northern_privacy_data_count()))
        return try Lexicon(DataFile(unowned: bytes))
    }

    /// What the lists say about a word, in whatever case and with or without its accents.
    public func facts(of word: UnsafeBufferPointer<UInt8>) -> WordFacts {
        facts(of: FoldedWord(word))
    }

    public func standIns(_ pool: Pool) -> WordList {
        // One list for each case, in that order: see the initializer.
        tables.pools[pool.index]
    }

    @inline(__always)
    package func facts(of word: FoldedWord) -> WordFacts {
        let facts = WordFacts(rawValue: tables.words[word.hash.value])
        guard !word.isPlain else { return facts }
        return facts.union(WordFacts(rawValue: tables.words[word.plainHash.value]).subtracting(.accented))
    }

    /// What is known about several words in a row, which are in the hash without accents and with one space between.
    @inline(__always)
    package func phrase(_ hash: WordHash) -> WordFacts {
        WordFacts(rawValue: tables.phrases[hash.value])
    }
}

/// In one object, so that a copy of the lexicon counts one reference and no more.
private final class Tables: Sendable {
    let file: DataFile
    let words: WordTable
    let phrases: WordTable
    let pools: [WordList]

    init(_ file: DataFile) throws(DataFileError) {
        self.file = file
        words = try WordTable(.words, of: file)
        phrases = try WordTable(.phrases, of: file)
        var pools: [WordList] = []
        for pool in Lexicon.Pool.allCases { pools.append(try WordList(pool.section, of: file)) }
        self.pools = pools
    }
}

extension WordFacts {
    /// What another word without accents says nothing about: `marie` is a name, `marié` isn't one the other way round.
    fileprivate static let accented: Self = [.englishWord, .commonEnglish, .rareEnglish, .frenchWord]
}

extension Lexicon.Pool {
    fileprivate var index: Int {
        switch self {
        case .givenFemale: 0
        case .givenMale: 1
        case .givenFemaleFrench: 2
        case .givenMaleFrench: 3
        case .family: 4
        case .town: 5
        case .street: 6
        }
    }

    package var section: DataFile.Section {
        switch self {
        case .givenFemale: .givenFemale
        case .givenMale: .givenMale
        case .givenFemaleFrench: .givenFemaleFrench
        case .givenMaleFrench: .givenMaleFrench
        case .family: .family
        case .town: .town
        case .street: .street
        }
    }
}
