/// How a word is written; a stand-in takes the same.
enum LetterCase: Sendable {
    case lower, title, upper

    /// Anything else, such as `McDonald`, counts as a title.
    init(of word: some Collection<UInt8>) {
        let word = Array(word)
        let lower = word.lowercased()
        if word == lower {
            // Without capitals there is nothing to keep: Chinese names get a stand-in that looks like a name.
            self = word.contains { $0 &- 0x61 < 26 || $0 >= 0xC3 && $0 <= 0xD4 } ? .lower : .title
        } else {
            self = word == word.uppercased() && word.letterCount > 1 ? .upper : .title
        }
    }

    func applied(to word: [UInt8]) -> [UInt8] {
        switch self {
        case .lower: word.lowercased()
        case .upper: word.uppercased()
        case .title: word.capitalized()
        }
    }
}

extension [UInt8] {
    func lowercased() -> [UInt8] {
        changingCase(from: 0x41, latinFrom: 0x80) ?? Array(String(decoding: self, as: UTF8.self).lowercased().utf8)
    }

    func uppercased() -> [UInt8] {
        changingCase(from: 0x61, latinFrom: 0xA0) ?? Array(String(decoding: self, as: UTF8.self).uppercased().utf8)
    }

    /// The letters of Unicode's first two blocks, whose cases are 32 apart, without a way through `String`, which takes
    /// ten times as long. Nil where there are others, or some whose other case is elsewhere, as that of ß.
    ///
    /// - Parameters:
    ///   - first: the ASCII letter that the 26 to be changed begin with.
    ///   - latin: the second byte, behind C3, of the 31 to be changed.
    private func changingCase(from first: UInt8, latinFrom latin: UInt8) -> [UInt8]? {
        var result = self
        var isBehindC3 = false
        for index in result.indices {
            let byte = result[index]
            if byte < 0x80 {
                if byte &- first < 26 { result[index] = byte ^ 0x20 }
            } else if isBehindC3 {
                // × and ÷ are no letters; ß and ÿ have their capitals elsewhere.
                if byte == 0x9F || byte == 0xBF { return nil }
                if byte &- latin < 31, byte & 0x1F != 0x17 { result[index] = byte ^ 0x20 }
            } else if byte != 0xC3 {
                return nil
            }
            isBehindC3 = byte == 0xC3 && !isBehindC3
        }
        return result
    }

    /// A capital at the beginning of each word, small letters elsewhere.
    func capitalized() -> [UInt8] {
        var result: [UInt8] = []
        var copied = 0
        for word in WordBorder.words(of: self) {
            let first = word.lowerBound + self[word].firstCharacterCount
            result += self[copied..<word.lowerBound]
            copied = word.upperBound
            result +=
                Array(self[word.lowerBound..<first]).uppercased() + Array(self[first..<word.upperBound]).lowercased()
        }
        return result + self[copied...]
    }

    /// Small letters without accents where the letter has some without; what e-mail addresses are made of.
    func plain() -> [UInt8] {
        let lower = lowercased()
        guard !isASCII else { return lower }
        var result: [UInt8] = []
        for scalar in String(decoding: lower, as: UTF8.self).unicodeScalars {
            let letters = Letters.withoutAccent(scalar.value)
            if letters.0 == 0 {
                if !(0x300...0x36F).contains(scalar.value) { result += Array(String(scalar).utf8) }
            } else {
                result.append(letters.0)
                if letters.1 != 0 { result.append(letters.1) }
            }
        }
        return result
    }

    /// Its words, as the request's words are counted: O'Brien has two.
    var runs: [[UInt8]] {
        WordBorder.words(of: self).map { Array(self[$0]) }
    }

    var isASCII: Bool { allSatisfy { $0 < 0x80 } }

    fileprivate var letterCount: Int {
        reduce(0) { $0 + ($1 & 0xC0 != 0x80 && WordBorder.begins($1) && $1 &- 0x30 >= 10 ? 1 : 0) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate var firstCharacterCount: Int {
        guard let first else { return 0 }
        return Swift.min(count, first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2)
    }
}
