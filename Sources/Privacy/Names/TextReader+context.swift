/// What tokens learn from each other before the tagger sees them.
extension TextReader {
    /// The longest place of several words that is looked for.
    private static let longestPhrase = 7

    package mutating func finish() {
        markLines()
        markPhrases()
        markFields()
        for index in tokens.indices { tokens[index].summarize() }
    }

    private mutating func markPhrases() {
        var index = 0
        while index < tokens.count {
            index += tokens[index].facts.contains(.phraseStart) ? max(1, markPhrase(at: index)) : 1
        }
    }

    /// - Returns: the number of tokens of the longest phrase that begins here.
    private mutating func markPhrase(at first: Int) -> Int {
        var phrase = Phrase()
        var best: (count: Int, facts: WordFacts) = (0, [])
        var position = Int(tokens[first].start)
        for index in first..<min(first + Self.longestPhrase, tokens.count) {
            let token = tokens[index]
            guard token.kind != .lineBreak, token.kind != .structured, Int(token.end) - Int(tokens[first].start) < 64
            else {
                break
            }
            if Int(token.start) > position { phrase.append(0x20) }
            position = Int(token.start)
            while position < Int(token.end) {
                let (scalar, length) = UTF8Reader.scalar(in: text, at: position)
                phrase.append(scalar)
                position += length
            }
            guard index > first || token.marks.contains(.hyphen) else { continue }
            let facts = lexicon.phrase(phrase.hash)
            if !facts.subtracting(.phraseStart).isEmpty { best = (index - first + 1, facts) }
            // Nothing known begins with these words.
            if facts.isEmpty, index + 1 < tokens.count, tokens[index + 1].marks.contains(.afterSpace) { break }
        }
        // In ordinary writing `la salle` is a room.
        if tokens[first].letterCase == .lower, tokens[first].facts.contains(.particle),
            tokens[first].regime == .ordinary
        {
            return best.count
        }
        mark(best.facts, from: first, count: best.count)
        return best.count
    }

    private mutating func mark(_ facts: WordFacts, from first: Int, count: Int) {
        for index in first..<(first + count) {
            if !facts.isDisjoint(with: .city) {
                tokens[index].marks.insert(index == first ? .startsPlace : .continuesPlace)
            } else if !facts.isDisjoint(with: [.famous, .region, .country, .state, .properNoun]) {
                tokens[index].marks.insert(index == first ? .startsFamous : .continuesFamous)
            } else if !facts.isDisjoint(with: .name) {
                tokens[index].marks.insert(.namePhrase)
            }
            tokens[index].facts.formUnion(facts.intersection([.state, .country, .region, .famous]))
        }
    }

    /// Beginnings of lines and sentences, and how each line is written.
    private mutating func markLines() {
        var first = 0
        var starts: Token.Marks = [.startsLine, .startsSentence]
        for index in tokens.indices {
            let token = tokens[index]
            if token.kind == .lineBreak {
                setRegime(first..<index)
                first = index + 1
                starts = [.startsLine, .startsSentence]
            } else if token.isWord || token.kind == .structured || token.kind == .code {
                tokens[index].marks.formUnion(starts)
                starts = []
            } else if token.kind == .sign, Self.isSentenceEnd(text[Int(token.start)]) {
                starts.insert(.startsSentence)
            }
        }
        setRegime(first..<tokens.count)
    }

    private static func isSentenceEnd(_ byte: UInt8) -> Bool {
        byte == 0x2E || byte == 0x21 || byte == 0x3F
    }

    private mutating func setRegime(_ range: Range<Int>) {
        var counts = (lower: 0, capital: 0, upper: 0)
        for token in tokens[range] where token.kind == .word && token.count > 1 {
            switch token.letterCase {
            case .lower: counts.lower += 1
            case .upper: counts.upper += 1
            case .capital, .mixed: counts.capital += 1
            case .none: break
            }
        }
        let all = counts.lower + counts.capital + counts.upper
        guard all > 0 else { return }
        let regime: Token.Regime =
            counts.lower == all
            ? .lower
            : counts.upper * 4 >= all * 3
                ? .upper
                : counts.lower * 5 <= all && all > 2 ? .title : .ordinary
        guard regime != .ordinary else { return }
        for index in range { tokens[index].regime = regime }
    }

    /// `name: …`, `"guest": …`, `assignee=…`, `<city>…`.
    private mutating func markFields() {
        var field: (word: UInt32, facts: WordFacts) = (0, [])
        var left = 0
        for index in tokens.indices {
            let token = tokens[index]
            if token.kind == .lineBreak || left == 0 { field = (0, []) }
            left -= 1
            guard token.kind == .sign else {
                tokens[index].field = field.word
                tokens[index].fieldFacts = field.facts
                continue
            }
            let sign = text[Int(token.start)]
            if sign == 0x3B || sign == 0x7D { field = (0, []) }
            guard sign == 0x3A || sign == 0x3D || sign == 0x3E, let key = key(before: index, closing: sign) else {
                continue
            }
            if sign == 0x3A, key < index - 1, text[Int(tokens[index - 1].start)] == 0x22 { tokens[key].kind = .code }
            field = (tokens[key].word, tokens[key].facts.intersection(Self.fieldFacts))
            left = 16
        }
    }

    private static let fieldFacts: WordFacts = [.nameField, .placeField, .title, .relation, .role]

    private func key(before index: Int, closing sign: UInt8) -> Int? {
        var key = index - 1
        // Quotes and asterisks stand between the word and its colon.
        while key >= 0, index - key < 4, tokens[key].kind == .sign,
            [0x22, 0x27, 0x2A, 0x60].contains(text[Int(tokens[key].start)])
        {
            key -= 1
        }
        guard key >= 0, tokens[key].isWord || tokens[key].kind == .code else { return nil }
        guard sign != 0x3E || key > 0 && tokens[key - 1].kind == .sign && text[Int(tokens[key - 1].start)] == 0x3C
        else {
            return nil
        }
        return key
    }
}
