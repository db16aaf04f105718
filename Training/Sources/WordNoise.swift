import Privacy

/// Misspells, capitalizes and exchanges words, so that a word is no name only because it is unknown or has a capital.
struct WordNoise {
    private let ordinary: [String]
    private let software: [String]

    init(_ lists: Lists, _ lexicon: Lexicon) {
        func isName(_ word: String) -> Bool {
            !lexicon.facts(of: LexiconBuilder.folded(word)).isDisjoint(with: [
                .given, .family, .city, .region, .country,
            ])
        }
        ordinary = (lists.english.map(\.word) + lists.french).filter { $0.count > 3 && !isName($0) }
        software = lists.software.filter { !isName($0) }
    }

    func applied(to text: String, _ random: inout Random) -> String {
        var result = ""
        var word = ""
        for letter in text {
            if letter.isLetter {
                word.append(letter)
            } else {
                result += changed(word, &random)
                result.append(letter)
                word = ""
            }
        }
        return result + changed(word, &random)
    }

    private func changed(_ word: String, _ random: inout Random) -> String {
        guard word.count > 3, random.chance(0.1) else { return word }
        switch random.next() % 8 {
        case 0, 1: return misspelled(word, &random)
        case 2, 3: return NameInventor.capitalized(word)
        case 4: return random.pick(software)
        case 5, 6: return NameInventor.capitalized(random.pick(ordinary))
        default: return random.pick(ordinary)
        }
    }

    private func misspelled(_ word: String, _ random: inout Random) -> String {
        var letters = Array(word)
        let index = 1 + Int(random.next() % UInt64(letters.count - 2))
        switch random.next() % 3 {
        case 0: letters.remove(at: index)
        case 1: letters.swapAt(index, index + 1)
        default: letters.insert(letters[index], at: index)
        }
        return String(letters)
    }
}
