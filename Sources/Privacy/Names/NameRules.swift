/// What is certain enough not to be learned.
enum NameRules {
    static func apply(to tags: inout [Tag], of tokens: [Token]) {
        join(&tags, tokens)
        findAgain(&tags, tokens)
    }

    /// A person who begins right behind a person is the same one, unless a sign stands between.
    private static func join(_ tags: inout [Tag], _ tokens: [Token]) {
        for index in tokens.indices.dropFirst() where tags[index] == .firstOfPerson && tags[index - 1].isPerson {
            tags[index] = .person
        }
    }

    /// Who was named once is named again.
    private static func findAgain(_ tags: inout [Tag], _ tokens: [Token]) {
        var people: Set<UInt32> = []
        var places: Set<UInt32> = []
        for index in tokens.indices where tags[index] != .other && isTelling(tokens[index]) {
            if tags[index].isPerson { people.insert(tokens[index].plain) } else { places.insert(tokens[index].plain) }
        }
        guard !people.isEmpty || !places.isEmpty else { return }
        for index in tokens.indices where tags[index] == .other && isTelling(tokens[index]) {
            if people.contains(tokens[index].plain) {
                tags[index] = .firstOfPerson
            } else if places.contains(tokens[index].plain) {
                tags[index] = .firstOfPlace
            }
        }
    }

    /// Whether a word is hardly anything else than a name once it is one.
    private static func isTelling(_ token: Token) -> Bool {
        guard token.kind == .word, token.count >= 3 else { return false }
        return token.facts.isDisjoint(with: [.word, .region, .country, .state, .properNoun, .title, .calendar])
    }

    /// Whether a span is a country, a province, a state or known to everyone.
    static func stays(_ tokens: ArraySlice<Token>, isPerson: Bool) -> Bool {
        guard let first = tokens.first else { return true }
        if first.marks.contains(.startsFamous), tokens.dropFirst().allSatisfy({ $0.marks.contains(.continuesFamous) }) {
            return tokens.count > 1 || !isPerson
        }
        guard !isPerson else { return false }
        return tokens.allSatisfy {
            !$0.facts.isDisjoint(with: [.country, .state]) && $0.facts.isDisjoint(with: .city)
                && $0.marks.isDisjoint(with: [.startsPlace, .continuesPlace])
        }
    }
}
