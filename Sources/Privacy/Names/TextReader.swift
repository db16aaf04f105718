internal import Domain

/// Cuts a text into tokens, in one pass over its bytes and a few over the tokens.
package struct TextReader {
    let text: UnsafeBufferPointer<UInt8>
    let lexicon: Lexicon
    package var tokens: [Token] = []
    private var index = 0
    /// Where the next entity begins that another recognizer found: no word runs into it.
    private var limit = 0

    /// - Parameter structured: in any order; those that begin within another are skipped.
    package init(_ text: UnsafeBufferPointer<UInt8>, around structured: [Range<Int>], lexicon: Lexicon) {
        self.text = text
        self.lexicon = lexicon
        tokens.reserveCapacity(text.count / 4 + 16)
        for range in structured.sorted(by: { $0.lowerBound < $1.lowerBound })
        where range.lowerBound >= index && range.upperBound <= text.count && !range.isEmpty {
            limit = range.lowerBound
            read()
            append(.structured, range.lowerBound, range.upperBound)
            index = range.upperBound
        }
        limit = text.count
        read()
        finish()
    }

    /// Reads to the limit.
    private mutating func read() {
        while index < limit {
            let byte = text[index]
            if byte == 0x20 || byte == 0x09 {
                index += 1
            } else if byte == 0x0A || byte == 0x0D {
                readLineBreaks()
            } else if (byte | 0x20) &- 0x61 < 26 {
                readWord()
            } else if byte &- 0x30 < 10 {
                readNumber()
            } else if byte < 0x80 {
                readSign(UInt32(byte), 1)
            } else {
                readLong()
            }
        }
    }

    private mutating func readLong() {
        let (scalar, length) = UTF8Reader.scalar(in: text, at: index)
        if scalar == 0xA0 || scalar == 0x202F || scalar == 0x2009 {
            index += length
        } else if Letters.isLetter(scalar) {
            readWord()
        } else {
            readSign(scalar, min(length, limit - index))
        }
    }

    private mutating func readLineBreaks() {
        let start = index
        while index < limit, text[index] == 0x0A || text[index] == 0x0D || text[index] == 0x20 || text[index] == 0x09 {
            index += 1
        }
        append(.lineBreak, start, index)
    }

    /// A sign, or the same again and again, which says no more. `\n` in JSON or code breaks a line as well.
    private mutating func readSign(_ scalar: UInt32, _ length: Int) {
        let start = index
        if scalar == 0x5C, index + 1 < limit, [0x6E, 0x72, 0x74].contains(text[index + 1]) {
            index += 2
            append(.lineBreak, start, index)
            return
        }
        if scalar == 0x27 || scalar == 0x2019, readClitic(from: index + length) { return }
        index += length
        while length == 1, index < limit, text[index] == text[start] { index += 1 }
        append(.sign, start, index)
        tokens[tokens.count - 1].word = scalar &* 0x9E37_79B1
    }

    /// `'s`, `'m`, `'ll` and the like, right behind a word.
    private mutating func readClitic(from letters: Int) -> Bool {
        guard let last = tokens.last, last.kind == .word, Int(last.end) == index else { return false }
        let end = Letters.end(in: text, from: letters, limit: limit)
        guard end > letters, end - letters <= 2 else { return false }
        append(.word, index, end)
        tokens[tokens.count - 1].word = UInt32(text[letters] | 0x20) &* 0x85EB_CA6B
        tokens[tokens.count - 1].facts = .englishWord
        tokens[tokens.count - 1].letterCase = .lower
        index = end
        return true
    }

    private mutating func readNumber() {
        let start = index
        var kind = Token.Kind.number
        var folded = FoldedWord()
        while index < limit {
            let byte = text[index]
            if (byte | 0x20) &- 0x61 < 26 || byte == 0x5F {
                kind = .code
            } else if !(byte &- 0x30 < 10) {
                break
            }
            if index - start < 64 { folded.append(UInt32(byte)) }
            index += 1
        }
        append(kind, start, index)
        note(folded, lexicon.facts(of: folded))
    }

    private mutating func readWord() {
        let start = index
        var word = WordScan(text, at: start, limit: limit, lexicon: lexicon)
        word.run()
        index = word.end
        append(word.kind, start, index)
        note(word.folded, word.facts())
        tokens[tokens.count - 1].marks.formUnion(word.marks)
    }

    private mutating func append(_ kind: Token.Kind, _ start: Int, _ end: Int) {
        var token = Token(kind, start, end)
        if let last = tokens.last, Int(last.end) < start { token.marks.insert(.afterSpace) }
        tokens.append(token)
    }

    private mutating func note(_ folded: FoldedWord, _ facts: WordFacts) {
        let last = tokens.count - 1
        let hash = folded.hash.value
        tokens[last].word = UInt32(truncatingIfNeeded: hash >> 32)
        tokens[last].plain =
            folded.isPlain ? tokens[last].word : UInt32(truncatingIfNeeded: folded.plainHash.value >> 32)
        tokens[last].prefix = folded.prefix
        tokens[last].suffix = folded.suffix
        tokens[last].letterCase = folded.letterCase
        tokens[last].count = UInt8(min(folded.count, 255))
        tokens[last].facts = facts
    }
}
