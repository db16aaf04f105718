/// The text that arguments and objects are made from, with what it offers in four queues.
struct SourceText {
    let text: String
    private(set) var numbers: [String]
    private(set) var quotations: [String]
    private(set) var phrases: [String]
    /// The text as it is searched for names.
    private let characters: [Character]
    private let lowercase: [Character]

    /// Looking for the closing marks is quadratic at worst, and what matters stands at the beginning.
    static let longestText = 20_000

    init(_ text: String) {
        self.text = shortened(trimmed(text), to: Self.longestText)
        let scalars = Array(self.text.unicodeScalars)
        numbers = Self.numbers(in: scalars)
        quotations = Self.quotations(in: scalars)
        phrases = Self.phrases(in: self.text)
        characters = Array(self.text)
        lowercase = characters.map { $0.lowercased().first ?? $0 }
    }

    mutating func nextQuotation() -> String? { quotations.isEmpty ? nil : quotations.removeFirst() }
    mutating func nextPhrase() -> String? { phrases.isEmpty ? nil : phrases.removeFirst() }

    mutating func takeQuotations() -> [String] {
        defer { quotations = [] }
        return quotations
    }

    /// The next number that fits, as it is written.
    mutating func nextNumber(where fits: (String) -> Bool) -> String? {
        guard let index = numbers.firstIndex(where: fits) else { return nil }
        return numbers.remove(at: index)
    }

    /// Digits, maybe with a sign and a fraction, that are not the end of a word.
    static func numbers(in scalars: [Unicode.Scalar]) -> [String] {
        var numbers: [String] = []
        var index = 0
        while index < scalars.count {
            guard isDigit(scalars[index]), index == 0 || !isWordScalar(scalars[index - 1]) else {
                index += 1
                continue
            }
            var start = index
            if start > 0, scalars[start - 1] == "-", start == 1 || isWhitespace(scalars[start - 2]) { start -= 1 }
            while index < scalars.count, isDigit(scalars[index]) { index += 1 }
            if index + 1 < scalars.count, scalars[index] == ".", isDigit(scalars[index + 1]) {
                index += 1
                while index < scalars.count, isDigit(scalars[index]) { index += 1 }
            }
            numbers.append(string(scalars[start..<index]))
        }
        return numbers
    }

    /// What stands in quotation marks. A mark that is alike on both sides opens only where no word has begun.
    static func quotations(in scalars: [Unicode.Scalar], marks: [Unicode.Scalar: Unicode.Scalar] = usualMarks)
        -> [String]
    {
        var quotations: [String] = []
        var index = 0
        while index < scalars.count {
            guard let closing = marks[scalars[index]],
                closing != scalars[index] || index == 0 || !isWordScalar(scalars[index - 1]),
                let end = (index + 1..<scalars.count).first(where: { isEnd($0, closing, scalars) })
            else {
                index += 1
                continue
            }
            let quotation = trimmed(string(scalars[(index + 1)..<end]))
            if !quotation.isEmpty { quotations.append(quotation) }
            index = end + 1
        }
        return quotations
    }

    static let usualMarks: [Unicode.Scalar: Unicode.Scalar] = ["'": "'", "\"": "\"", "“": "”", "«": "»"]

    private static func isEnd(_ index: Int, _ closing: Unicode.Scalar, _ scalars: [Unicode.Scalar]) -> Bool {
        guard scalars[index] == closing else { return false }
        return closing != "'" || index + 1 == scalars.count || !isWordScalar(scalars[index + 1])
    }

    /// Runs of capitalized words, commas allowed between; the first word of a sentence is left out.
    static func phrases(in text: String) -> [String] {
        var phrases: [String] = []
        var run: [Substring] = []
        func finish() {
            let phrase = run.joined(separator: " ").trimming { ",.;:!?)\"'”»".contains($0) }
            if !phrase.isEmpty { phrases.append(phrase) }
            run = []
        }
        var startsSentence = true
        for word in text.split(whereSeparator: \.isWhitespace) {
            let bare = word.drop { "(\"'“«".contains($0) }
            if bare.first?.isUppercase == true, !startsSentence, bare != "I" {
                run.append(bare)
            } else {
                finish()
            }
            startsSentence = word.last.map { ".!?:".contains($0) } ?? false
            if startsSentence || word.last == ";" { finish() }
        }
        finish()
        return phrases
    }
}

extension SourceText {
    /// The value that the text gives a name, as `NAME is VALUE`, `NAME: VALUE` or `NAME=VALUE`.
    func value(of name: String) -> String? {
        let name = Array(name.lowercased().map { $0 == "_" ? " " : $0 })
        guard !name.isEmpty, name.count < lowercase.count else { return nil }
        for start in 0..<(lowercase.count - name.count) where lowercase[start] == name[0] {
            guard start == 0 || !isWordCharacter(lowercase[start - 1]),
                lowercase[start..<start + name.count].elementsEqual(name),
                let valueStart = startOfValue(lowercase[(start + name.count)...])
            else { continue }
            if let value = Self.value(characters[valueStart...]) { return value }
        }
        return nil
    }

    private func startOfValue(_ rest: ArraySlice<Character>) -> Int? {
        for link in [" is ", ":", "="] where rest.starts(with: link) {
            return rest.startIndex + link.count
        }
        return nil
    }

    /// A quotation, or everything up to the end of the clause.
    private static func value(_ rest: ArraySlice<Character>) -> String? {
        let rest = rest.drop(while: \.isWhitespace)
        if let first = rest.first, first == "'" || first == "\"" {
            return String(rest.dropFirst().prefix { $0 != first })
        }
        var value = String(rest.prefix { !",;\n".contains($0) })
        for ending in [". ", " and ", " et "] {
            if let end = value.firstRange(of: ending) { value = String(value[..<end.lowerBound]) }
        }
        value = trimmed(value.trimming { ".!?".contains($0) })
        return value.isEmpty ? nil : value
    }
}

extension String {
    /// Without the characters at its end that are so.
    fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> String {
        guard let end = lastIndex(where: { !isLeftOut($0) }) else { return "" }
        return String(self[...end])
    }
}

private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
}

private func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

private func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
}

private func isWordCharacter(_ character: Character) -> Bool {
    character == "_" || character.isLetter || character.isNumber
}
