/// A word, number, sign or line break of a text, with what the tagger asks about it again and again.
package struct Token {
    package enum Kind: UInt8 {
        /// `initial` is one or more capitals with full stops; `code` holds digits or underscores among letters.
        case word, initial, number, code, sign, lineBreak, structured
    }

    package struct Marks: OptionSet {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        package static let startsLine = Self(rawValue: 1 << 0)
        package static let startsSentence = Self(rawValue: 1 << 1)
        package static let afterSpace = Self(rawValue: 1 << 2)
        package static let hyphen = Self(rawValue: 1 << 3)
        package static let apostrophe = Self(rawValue: 1 << 4)
        package static let dotted = Self(rawValue: 1 << 5)
        /// The first word of a place of several words, or a further one.
        package static let startsPlace = Self(rawValue: 1 << 6)
        package static let continuesPlace = Self(rawValue: 1 << 7)
        package static let startsFamous = Self(rawValue: 1 << 8)
        package static let continuesFamous = Self(rawValue: 1 << 9)
        package static let namePhrase = Self(rawValue: 1 << 10)
        package static let accented = Self(rawValue: 1 << 11)
    }

    /// How a line is written, because capitals say little in a headline and nothing in a line of them.
    package enum Regime: UInt8 {
        case ordinary, lower, upper, title
    }

    package var start: Int32
    package var end: Int32
    package var kind: Kind
    package var letterCase = FoldedWord.Case.none
    package var marks: Marks = []
    package var regime = Regime.ordinary
    package var count: UInt8 = 0
    package var facts: WordFacts = []
    /// Of the word without case, and also without accents.
    package var word: UInt32 = 0
    package var plain: UInt32 = 0
    package var prefix: UInt32 = 0
    package var suffix: UInt32 = 0
    /// The word before the colon or equals sign that this stands behind, and what it says.
    package var field: UInt32 = 0
    package var fieldFacts: WordFacts = []
    /// What it is to its neighbors: itself if it is an ordinary word, otherwise its kind alone.
    package var context: UInt32 = 0
    /// What the lists say, in full and in short.
    package var fine: UInt32 = 0
    package var coarse: UInt32 = 0

    init(_ kind: Kind, _ start: Int, _ end: Int) {
        self.kind = kind
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
    }

    package var range: Range<Int> { Int(start)..<Int(end) }

    package var isWord: Bool { kind == .word || kind == .initial }

    /// A lower-case word of a dictionary that is no name: never worth asking the tagger about.
    var isPlainWord: Bool {
        kind == .word && letterCase == .lower && !facts.isDisjoint(with: .word)
            && facts.isDisjoint(with: [.given, .family, .canadianCity, .americanCity, .worldCity])
            && marks.isDisjoint(with: [.startsPlace, .continuesPlace])
    }
}
