internal import Domain

/// Chooses the stand-ins of one request, value by value.
///
/// What restoration rests on: each stand-in has a word or number that no text of the request has and no other stand-in
/// has, so where one is found in an answer, it was put into the request.
struct StandInChooser {
    let source: StandInSource
    let lexicon: Lexicon
    let words: RequestWords
    var pairs = FormPairs()
    var names = NameBases()
    /// Words and numbers of stand-ins, in small letters.
    var used: Set<[UInt8]> = []
    /// Domains of e-mail addresses and phrases of places, in small letters, with what stands in for each.
    var domains: [[UInt8]: [UInt8]] = [:]
    var phrases: [[UInt8]: [UInt8]] = [:]
    /// Numbers without separators, with what stands in for each.
    var numbers: [[UInt8]: [UInt8]] = [:]
    /// Words of names and places up to the text at hand.
    private var telling: Set<[UInt8]> = []
    /// How many of each pool were used, so that nobody looks long in one that is used up.
    private var taken: [Lexicon.Pool: Int] = [:]
    /// What is added after all entities have theirs.
    var derived: [Derived] = []

    struct Derived {
        let standIn: [UInt8]
        let original: [UInt8]
        var isMentioned = true
    }

    /// How often another stand-in is tried for one value.
    static let attempts = 256
    /// Longer values get a name that stands for the whole, so that no stand-in is long.
    private static let longest = 192

    init(source: StandInSource, lexicon: Lexicon, words: RequestWords) {
        self.source = source
        self.lexicon = lexicon
        self.words = words
    }

    /// - Returns: the stand-ins in the order of the values.
    mutating func choose(for values: inout [EntityValue]) throws(SubstitutionFailure) -> [[UInt8]] {
        var standIns = [[UInt8]](repeating: [], count: values.count)
        var index = 0
        while index < values.count {
            // The names of a text come first, since e-mail addresses and initials follow them.
            var end = index
            while end < values.count, values[end].text == values[index].text { end += 1 }
            for value in values[index..<end] { telling.formUnion(value.telling) }
            for number in index..<end where values[number].key.type == .name {
                standIns[number] = try standIn(for: values[number])
            }
            for number in index..<end where values[number].key.type != .name {
                standIns[number] = try standIn(for: values[number])
            }
            index = end
        }
        for number in values.indices where values[number].key.type == .name {
            values[number].isPartOfLonger = names.isPartOfLonger(values[number].key.bytes)
        }
        return standIns
    }

    private mutating func standIn(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        guard value.key.bytes.count <= Self.longest else { return try wholeName(for: value) }
        do {
            return switch value.key.type {
            case .name: try name(for: value)
            case .email: try email(for: value)
            case .location: try place(for: value)
            case .dateOfBirth: try date(for: value)
            case .ipAddress: try address(for: value)
            case .phone, .usSSN, .canadianSIN, .creditCard, .healthNumber, .iban: try number(for: value)
            }
        } catch {
            // Nothing of its kind is free, or it wasn't what its type says, such as a date without a number.
            return try wholeName(for: value)
        }
    }

    /// Tries candidates until one is free for the whole value.
    ///
    /// - Parameter make: makes the candidate of an attempt, nil for none.
    func found(
        for value: EntityValue, _ purpose: String, _ make: (_ draws: inout Draws, _ attempt: Int) -> [UInt8]?
    ) throws(SubstitutionFailure) -> [UInt8] {
        let original = value.key.bytes
        var draws = source.draws(purpose, for: original.lowercased())
        for attempt in 0..<Self.attempts {
            guard let standIn = make(&draws, attempt), standIn != original, !standIn.isEmpty,
                pairs.isFree(standIn, for: original), !words.mayContain(standIn)
            else { continue }
            return standIn
        }
        throw .unsubstitutable(value.key.type)
    }

    /// Whether a part of a number says what was to be hidden elsewhere: area 412 beside what was 412, rue des Pins.
    ///
    /// Not a reason to fail, so only the first attempts ask.
    func echoes(_ standIn: [UInt8], of original: [UInt8], _ attempt: Int) -> Bool {
        guard attempt < 24 else { return false }
        let kept = original.lowercased().runs
        return standIn.lowercased().runs.contains { telling.contains($0) && !kept.contains($0) }
    }

    /// Whether no text and no other stand-in has the word or number.
    func isFree(_ word: [UInt8]) -> Bool {
        !word.isEmpty && !used.contains(word) && !words.contains(word)
    }

    /// A name or place from a pool that nothing else has, with a capital.
    mutating func free(_ pool: Lexicon.Pool, _ draws: inout Draws) -> [UInt8]? {
        let list = lexicon.standIns(pool)
        let taken = taken[pool, default: 0]
        let first = taken < list.count * 3 / 4 ? 0 : taken < list.count * 8 ? 1 : 2
        for attempt in first * Self.attemptsFromPool..<Self.attempts {
            var word = Array(list[draws.below(list.count)].utf8)
            if attempt >= Self.attemptsFromPool {
                // All that are near are taken, so several are made into one that is in no list.
                let last = Array(list[draws.below(list.count)].utf8).lowercased()
                let middle = Array(list[draws.below(list.count)].utf8).lowercased()
                let between = attempt < 2 * Self.attemptsFromPool ? [] : middle.prefix(2) + middle.suffix(2)
                word = Array(word.prefix((word.count + 1) / 2) + between + last.suffix((last.count + 1) / 2))
            }
            guard isFree(word.lowercased()) else { continue }
            used.insert(word.lowercased())
            self.taken[pool, default: 0] += 1
            return word
        }
        return nil
    }

    private static let attemptsFromPool = 32

    /// Adds what a model may make of the stand-ins.
    consuming func finish() -> FormPairs {
        for form in derived { pairs.derive(form.standIn, for: form.original, isMentioned: form.isMentioned) }
        deriveNames()
        return pairs
    }

    /// The same in capitals and in small letters.
    mutating func deriveCases(_ standIn: [UInt8], for original: [UInt8]) {
        derived.append(Derived(standIn: standIn.uppercased(), original: original.uppercased(), isMentioned: false))
        derived.append(Derived(standIn: standIn.lowercased(), original: original.lowercased(), isMentioned: false))
    }
}
