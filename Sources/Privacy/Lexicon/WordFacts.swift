/// What the lists say about a word, whatever its case.
public struct WordFacts: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let givenFemale = Self(rawValue: 1 << 0)
    public static let givenMale = Self(rawValue: 1 << 1)
    /// A given name, of whatever gender.
    public static let given = Self(rawValue: 1 << 2)
    public static let family = Self(rawValue: 1 << 3)
    /// In an English dictionary; how common it is say the two that follow.
    public static let englishWord = Self(rawValue: 1 << 4)
    public static let commonEnglish = Self(rawValue: 1 << 5)
    public static let rareEnglish = Self(rawValue: 1 << 6)
    public static let frenchWord = Self(rawValue: 1 << 7)
    /// A city or town of Canada, of the United States, of another country.
    public static let canadianCity = Self(rawValue: 1 << 8)
    public static let americanCity = Self(rawValue: 1 << 9)
    public static let worldCity = Self(rawValue: 1 << 10)
    /// A province, a state or a part of any other country.
    public static let region = Self(rawValue: 1 << 11)
    /// A province or territory of Canada or a state of the United States, or its abbreviation.
    public static let state = Self(rawValue: 1 << 12)
    public static let country = Self(rawValue: 1 << 13)
    public static let software = Self(rawValue: 1 << 14)
    /// The first word of a place or of a known person of several words: see ``Lexicon/phrase(_:)``.
    public static let phraseStart = Self(rawValue: 1 << 15)
    /// Known to everyone, so that it is knowledge and no personal information.
    public static let famous = Self(rawValue: 1 << 16)
    /// A company, a product, a holiday, a language: written with a capital, and no name of a person.
    public static let properNoun = Self(rawValue: 1 << 17)
    /// Stands before a name: Dr, Mme, Sgt.
    public static let title = Self(rawValue: 1 << 18)
    /// Kin and other people whose name often follows: sister, voisin, boss.
    public static let relation = Self(rawValue: 1 << 19)
    /// Work and office: nurse, directrice, lawyer.
    public static let role = Self(rawValue: 1 << 20)
    /// A part of a name that is no name alone: van, de, al, bin.
    public static let particle = Self(rawValue: 1 << 21)
    /// What people do who are named: said, wrote, a dit, habite.
    public static let action = Self(rawValue: 1 << 22)
    /// Days and months.
    public static let calendar = Self(rawValue: 1 << 23)
    /// Stands before or after a place: in, near, à, Hospital, University.
    public static let placeHint = Self(rawValue: 1 << 24)
    /// A name of the field that holds a name: name, patient, assignee, prénom.
    public static let nameField = Self(rawValue: 1 << 25)
    /// A name of the field that holds a place: city, ville, birthplace.
    public static let placeField = Self(rawValue: 1 << 26)
    /// May end with a full stop that ends no sentence: Dr, St, Inc.
    public static let abbreviation = Self(rawValue: 1 << 27)
    /// A given or family name that many bear, in English, French or several languages.
    public static let commonGiven = Self(rawValue: 1 << 28)
    public static let commonFamily = Self(rawValue: 1 << 29)

    public static let anyGiven: Self = [.givenFemale, .givenMale, .given]
    public static let city: Self = [.canadianCity, .americanCity, .worldCity]
    public static let name: Self = [.givenFemale, .givenMale, .given, .family]
    public static let word: Self = [.englishWord, .frenchWord]
}
