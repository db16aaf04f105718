internal import Domain

/// What stands in for the words of names, whatever their case.
struct NameBases: Sendable {
    enum Role { case given, family }

    struct Base: Sendable {
        /// The word in small letters, and also without accents.
        let word: [UInt8]
        let plain: [UInt8]
        let role: Role
        /// With a capital.
        let standIn: [UInt8]
    }

    private(set) var all: [Base] = []
    private var byWord: [[UInt8]: Int] = [:]
    private var byPlain: [[UInt8]: Int] = [:]
    private var givenByLetter: [UInt8: Int] = [:]
    /// Each form that was written, with what stands in for just this one.
    var standIns: [[UInt8]: [UInt8]] = [:]
    /// Short forms by the letter of the stand-in: of use where it is one person's.
    fileprivate var initials: [UInt8: [StandInChooser.Derived]] = [:]
    /// Words of names that have several.
    fileprivate var partsOfLonger: Set<[UInt8]> = []
    fileprivate var singles: Set<[UInt8]> = []

    subscript(word: [UInt8]) -> Base? { byWord[word].map { all[$0] } }

    /// By its small letters without accents.
    func base(plain: [UInt8], _ role: Role? = nil) -> Base? {
        guard let base = byPlain[plain].map({ all[$0] }), role == nil || base.role == role else { return nil }
        return base
    }

    /// The first given name that begins with a small letter without accent.
    func given(from letter: UInt8) -> Base? { givenByLetter[letter].map { all[$0] } }

    mutating func add(_ base: Base) {
        byWord[base.word] = all.count
        if byPlain[base.plain] == nil { byPlain[base.plain] = all.count }
        if base.role == .given, let letter = base.plain.first, givenByLetter[letter] == nil {
            givenByLetter[letter] = all.count
        }
        all.append(base)
    }

    /// Whether a value is one word that is in a longer value as well.
    func isPartOfLonger(_ value: [UInt8]) -> Bool {
        let word = value.lowercased()
        return singles.contains(word) && partsOfLonger.contains(word)
    }
}

extension StandInChooser {
    mutating func name(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        let name = value.key.bytes
        let parts = name.withUnsafeBufferPointer { NameParts($0, lexicon).parts }
        let telling = parts.filter { $0.kind == .telling }
        guard !telling.isEmpty else { return try wholeName(for: value) }
        let roles = NameRoles(parts)
        for part in telling {
            let word = Array(name[part.range])
            try addWord(word, roles.role(of: part, followsTitle: value.followsTitle, facts(of: word)), value)
        }
        let words = telling.map { Array(name[$0.range]).lowercased() }
        if telling.count > 1 { names.partsOfLonger.formUnion(words) } else { names.singles.insert(name.lowercased()) }
        deriveInitial(parts, name)
        guard parts.contains(where: { $0.kind == .initial }) else {
            return assembled(name, parts) { names.standIns[$0] ?? $0 }
        }
        return try nameWithInitials(value, parts)
    }

    /// A name of initials alone, or one that is too long, gets one word: letters alone could stand anywhere.
    mutating func wholeName(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        var draws = source.draws("whole name", for: value.key.bytes)
        guard let standIn = free(.family, &draws) else { throw .unsubstitutable(value.key.type) }
        pairs.add(standIn, for: value.key.bytes, isMentioned: false)
        return standIn
    }

    mutating func addWord(
        _ word: [UInt8], _ role: NameBases.Role, _ value: EntityValue
    ) throws(SubstitutionFailure) {
        guard names.standIns[word] == nil else { return }
        let lower = word.lowercased()
        if names[lower] == nil { names.add(try base(for: lower, drawnFor: lower, role, value)) }
        guard let known = names[lower] else { return }
        var standIn = LetterCase(of: word).applied(to: known.standIn)
        if !pairs.isFree(standIn, for: word) {
            // McDonald and Mcdonald in one request: each has to come back as it was.
            standIn = try base(for: lower, drawnFor: word, known.role, value).standIn
            standIn = LetterCase(of: word).applied(to: standIn)
        }
        names.standIns[word] = standIn
        pairs.add(standIn, for: word, isMentioned: isTelling(lower))
    }

    private mutating func base(
        for lower: [UInt8], drawnFor word: [UInt8], _ role: NameBases.Role, _ value: EntityValue
    ) throws(SubstitutionFailure) -> NameBases.Base {
        var draws = source.draws(role == .given ? "given name" : "family name", for: word)
        let pool = pool(for: facts(of: lower), role, isFrench: value.isFrench, isFemale: draws.below(2) == 0)
        guard let standIn = free(pool, &draws) else { throw .unsubstitutable(.name) }
        return NameBases.Base(word: lower, plain: lower.plain(), role: role, standIn: standIn)
    }

    private func pool(
        for facts: WordFacts, _ role: NameBases.Role, isFrench: Bool, isFemale: Bool
    ) -> Lexicon.Pool {
        guard role == .given else { return .family }
        let (female, male) = (facts.contains(.givenFemale), facts.contains(.givenMale))
        if female == male ? isFemale : female { return isFrench ? .givenFemaleFrench : .givenFemale }
        return isFrench ? .givenMaleFrench : .givenMale
    }

    func facts(of word: [UInt8]) -> WordFacts {
        word.withUnsafeBufferPointer { lexicon.facts(of: $0) }
    }

    /// Whether a word means a person wherever it is.
    private func isTelling(_ lower: [UInt8]) -> Bool {
        lower.count > 2 && !lexicon.isOrdinary(lower)
    }

    private func assembled(
        _ name: [UInt8], _ parts: [NameParts.Part], _ standIn: ([UInt8]) -> [UInt8]
    ) -> [UInt8] {
        var result: [UInt8] = []
        var copied = 0
        for part in parts where part.kind == .telling {
            result += name[copied..<part.range.lowerBound] + standIn(Array(name[part.range]))
            copied = part.range.upperBound
        }
        return result + name[copied...]
    }
}

extension StandInChooser {
    /// Initials can't be told from other letters, so the name is restored as a whole.
    private mutating func nameWithInitials(
        _ value: EntityValue, _ parts: [NameParts.Part]
    ) throws(SubstitutionFailure) -> [UInt8] {
        let name = value.key.bytes
        let standIn = try found(for: value, "initials") { draws, attempt in
            var result: [UInt8] = []
            var copied = 0
            for (index, part) in parts.enumerated() where part.kind != .kept {
                result += name[copied..<part.range.lowerBound]
                copied = part.range.upperBound
                let word = Array(name[part.range])
                if part.kind == .telling {
                    result += names.standIns[word] ?? word
                } else {
                    let letter = letter(for: word, attempt, &draws)
                    guard !isWritten(letter, for: index, parts, name) else { return nil }
                    result.append(letter)
                }
            }
            return result + name[copied...]
        }
        pairs.add(standIn, for: name, isMentioned: true)
        deriveCases(standIn, for: name)
        return standIn
    }

    /// The first letter of what stands in for the given name that begins with it, if there is one.
    private func letter(for initial: [UInt8], _ attempt: Int, _ draws: inout Draws) -> UInt8 {
        let plain = initial.plain()
        let isLower = initial == initial.lowercased()
        let drawn = draws.element(of: "ABCDEFGHJKLMNPRSTVW")
        let known = plain.first.flatMap { names.given(from: $0) }?.standIn.first
        let letter = attempt == 0 ? known ?? drawn : drawn
        return isLower ? letter | 0x20 : letter
    }

    /// Whether the letter stands beside one of the words in the request already, so that it would be restored there.
    private func isWritten(_ letter: UInt8, for index: Int, _ parts: [NameParts.Part], _ name: [UInt8]) -> Bool {
        if index > 0, words.contains(Array(name[parts[index - 1].range]).runs.last ?? [], before: [letter]) {
            return true
        }
        return index + 1 < parts.count
            && words.contains([letter], before: Array(name[parts[index + 1].range]).runs.first ?? [])
    }

    /// Takes note of how a model may shorten a name: A. Brookes for Adela Brookes.
    private mutating func deriveInitial(_ parts: [NameParts.Part], _ name: [UInt8]) {
        let telling = parts.filter { $0.kind == .telling }.map { Array(name[$0.range]) }
        guard parts.count == 2, telling.count == 2, let given = names[telling[0].lowercased()], given.role == .given,
            let standIn = names.standIns[telling[1]], let run = telling[1].runs.first,
            !words.contains([given.standIn[0]], before: run), let letter = telling[0].first, letter &- 0x41 < 26
        else { return }
        names.initials[given.standIn[0], default: []].append(
            StandInChooser.Derived(
                standIn: [given.standIn[0]] + Array(". ".utf8) + standIn,
                original: [letter] + Array(". ".utf8) + telling[1], isMentioned: false))
    }

    /// Adds the other cases of all names.
    mutating func deriveNames() {
        for (letter, forms) in names.initials where names.all.count(where: { $0.standIn.first == letter }) == 1 {
            for form in forms { pairs.derive(form.standIn, for: form.original, isMentioned: false) }
        }
        for base in names.all {
            let original = base.word.capitalized()
            let isMentioned = isTelling(base.word)
            pairs.derive(base.standIn, for: original, isMentioned: isMentioned)
            pairs.derive(base.standIn.uppercased(), for: original.uppercased(), isMentioned: isMentioned)
            pairs.derive(base.standIn.lowercased(), for: base.word, isMentioned: isMentioned && base.word.count > 3)
        }
        for (word, standIn) in names.standIns {
            pairs.derive(standIn.uppercased(), for: word.uppercased(), isMentioned: false)
            pairs.derive(standIn.lowercased(), for: word.lowercased(), isMentioned: false)
        }
    }
}

/// Which words of a name are given and which are the family's.
private struct NameRoles {
    private let lastGroup: Int
    private let groups: Int
    private let hasComma: Bool
    private let firstAfterParticle: Int
    private let startsWithTitle: Bool

    init(_ parts: [NameParts.Part]) {
        let telling = parts.filter { $0.kind == .telling }
        lastGroup = telling.last?.group ?? 0
        groups = Set(parts.filter { $0.kind != .kept }.map(\.group)).count
        hasComma =
            telling.contains(where: \.isAfterComma) && telling.contains { !$0.isAfterComma }
            || parts.contains { $0.isAfterComma && $0.kind == .initial }
        startsWithTitle = parts.first?.kind == .kept
        let particle = parts.indices.dropFirst().first { parts[$0].kind == .kept }
        firstAfterParticle = particle.map { parts[$0].group } ?? Int.max
    }

    func role(of part: NameParts.Part, followsTitle: Bool, _ facts: WordFacts) -> NameBases.Role {
        if hasComma { return part.isAfterComma ? .given : .family }
        if groups > 1 {
            return part.group >= firstAfterParticle || part.group == lastGroup && part.group > 0 ? .family : .given
        }
        if followsTitle || startsWithTitle { return .family }
        let isGiven = !facts.isDisjoint(with: .anyGiven)
        return facts.contains(.family) && !isGiven ? .family : .given
    }
}
