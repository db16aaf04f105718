/// Reads one word: letters, with the hyphens and apostrophes that belong to it.
///
/// `O’Brien`, `Jean-Pierre` and `L’Heureux` are one word; `Mary’s` is two, `d’Ottawa` too, and `Calgary-based` as well.
struct WordScan {
    private let text: UnsafeBufferPointer<UInt8>
    private let lexicon: Lexicon
    private let start: Int
    private let limit: Int
    private(set) var end: Int
    private(set) var folded = FoldedWord()
    private(set) var kind = Token.Kind.word
    private(set) var marks: Token.Marks = []
    /// Where what stands between hyphens, apostrophes and underscores begins; what all such parts and each of them are.
    private var partStart: Int
    private var parts: (WordFacts, WordFacts, Int) = ([], [], 0)

    /// Longer words are nobody's name, and only their first letters are looked at.
    private static let longest = 64

    /// - Parameter limit: where the text ends for this word; at most the number of bytes.
    init(_ text: UnsafeBufferPointer<UInt8>, at start: Int, limit: Int, lexicon: Lexicon) {
        self.text = text
        self.lexicon = lexicon
        self.start = start
        self.limit = limit
        end = start
        partStart = start
    }

    mutating func run() {
        while end < limit {
            let (scalar, length) = UTF8Reader.scalar(in: text, at: end)
            guard end + length <= limit else { return }
            if Letters.isLetter(scalar) {
                take(scalar, length)
            } else if scalar == 0x5F || scalar &- 0x30 < 10 {
                kind = .code
                if scalar == 0x5F { closePart(next: end + length) }
                take(scalar, length)
            } else if scalar == 0x2D || scalar == 0x2010 || scalar == 0x2011 {
                guard takeHyphen(scalar, length) else { return }
            } else if scalar == 0x27 || scalar == 0x2019 || scalar == 0x2BC {
                guard takeApostrophe(scalar, length) else { return }
            } else if scalar == 0x3A, takeColon() {
                continue
            } else {
                if scalar == 0x2E { takeFullStop() }
                return
            }
        }
    }

    private mutating func take(_ scalar: UInt32, _ length: Int) {
        if end - start < Self.longest {
            folded.append(scalar)
        } else {
            kind = .code
        }
        end += length
    }

    private mutating func closePart(next: Int) {
        let range = partStart..<end
        partStart = next
        guard !range.isEmpty, range.count <= Self.longest else { return }
        let facts = lexicon.facts(of: FoldedWord(UnsafeBufferPointer(rebasing: text[range])))
        parts = (parts.0.union(facts), parts.2 == 0 ? facts : parts.1.intersection(facts), parts.2 + 1)
    }

    private mutating func takeHyphen(_ scalar: UInt32, _ length: Int) -> Bool {
        let next = Letters.end(in: text, from: end + length, limit: limit)
        let goesOn = next < limit && text[next] == 0x2D
        guard next > end + length, goesOn || !isTail(end + length..<next) else { return false }
        closePart(next: end + length)
        marks.insert(.hyphen)
        if end - start < Self.longest { folded.append(0x2D) }
        end += length
        return true
    }

    /// Mohawk writes a long vowel with a colon: `Kahnawà:ke`.
    private mutating func takeColon() -> Bool {
        guard end - start >= 2, text[end - 1] >= 0x80, end + 1 < limit, text[end + 1] &- 0x61 < 26 else { return false }
        end += 1
        return true
    }

    /// What hangs on names of places and people without being a part of them.
    private func isTail(_ range: Range<Int>) -> Bool {
        guard range.count >= 2, range.count <= 7, let first = range.first, text[first] >= 0x61 else { return false }
        let tail = UnsafeBufferPointer(rebasing: text[range])
        return Self.tails.contains { $0.utf8CodeUnitCount == tail.count && memcmpEqual($0, tail) }
    }

    private func memcmpEqual(_ tail: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        tail.withUTF8Buffer { $0.elementsEqual(bytes) }
    }

    private static let tails: [StaticString] = [
        "based", "born", "area", "bound", "style", "raised", "led", "region", "wide", "trained", "native", "made", "ci",
        "moi", "toi", "nous", "vous", "elle", "elles", "ils", "il", "tu", "je", "ce", "le", "la", "les", "lui", "leur",
        "like", "type", "era", "esque",
    ]

    private mutating func takeApostrophe(_ scalar: UInt32, _ length: Int) -> Bool {
        let after = end + length
        let next = Letters.end(in: text, from: after, limit: limit)
        guard next > after else { return false }
        if isElision(before: after) {
            folded.append(0x27)
            end = after
            marks.insert(.apostrophe)
            return false
        }
        let rest = next - after
        let first = text[after] | 0x20
        // s, m, d, re, ve, ll; but the t of don't stays.
        if rest == 1, first == 0x73 || first == 0x6D || first == 0x64 { return false }
        if rest == 2, first == 0x72 || first == 0x76 || first == 0x6C,
            text[after + 1] | 0x20 == first || text[after + 1] | 0x20 == 0x65
        {
            return false
        }
        closePart(next: after)
        marks.insert(.apostrophe)
        if end - start < Self.longest { folded.append(0x27) }
        end += length
        return true
    }

    /// French `d’`, `l’`, `qu’` before a name. A capital before a capital is a part of the name, as in `L’Heureux`.
    private func isElision(before after: Int) -> Bool {
        let letters = end - start
        guard marks.isEmpty, letters <= 7 else { return false }
        let first = text[start]
        if letters == 1 {
            guard [0x6C, 0x64, 0x6A, 0x6D, 0x6E, 0x73, 0x74, 0x63].contains(first | 0x20) else { return false }
            guard first & 0x20 == 0 else { return true }
            let (scalar, _) = UTF8Reader.scalar(in: text, at: after)
            return Letters.lowercase(scalar) == scalar
        }
        return text[end - 1] | 0x20 == 0x75 && text[end - 2] | 0x20 == 0x71
    }

    /// Of an initial, or of an abbreviation that the lists know.
    private mutating func takeFullStop() {
        if end - start == 1, text[start] &- 0x41 < 26 {
            kind = .initial
            end += 1
            while end + 1 < limit, text[end] &- 0x41 < 26, text[end + 1] == 0x2E {
                folded.append(UInt32(text[end]))
                end += 2
            }
            marks.insert(.dotted)
        } else if end - start <= 5, lexicon.facts(of: folded).contains(.abbreviation) {
            end += 1
            marks.insert(.dotted)
        }
    }

    /// What the lists say about the word or, if they don't know it, about its parts: it is a name if one of them is, and
    /// an ordinary word if all are.
    mutating func facts() -> WordFacts {
        let facts = lexicon.facts(of: folded)
        guard parts.2 > 0, facts.isDisjoint(with: [.name, .word, .city]) else { return facts }
        closePart(next: end)
        return facts.union(parts.0.intersection(.name)).union(parts.1.intersection(.word))
    }
}
