internal import Domain

extension StandInChooser {
    /// An address at one of the domains that nobody can own (RFC 2606, section 3), which follows the names of the
    /// request: jane.doe@ becomes adela.brookes@ when Jane Doe becomes Adela Brookes.
    mutating func email(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        let address = value.key.bytes
        guard let at = address.lastIndex(of: 0x40) else { return try wholeName(for: value) }
        let local = Array(address[..<at])
        let domain = try domain(for: Array(address[(at + 1)...]))
        try addNames(of: local, value)
        let standIn = try found(for: value, "e-mail") { draws, attempt in
            let made = localPart(local, attempt, &draws)
            return made.lowercased() == local.lowercased() ? nil : made + [0x40] + domain
        }
        pairs.add(standIn, for: address, isMentioned: true)
        deriveCases(standIn, for: address)
        let made = Array(standIn[..<(standIn.lastIndex(of: 0x40) ?? 0)])
        if local.count > 3, !words.mayContain(made), names[local.lowercased()] == nil, !lexicon.isOrdinary(local) {
            derived.append(Derived(standIn: made, original: local))
        }
        return standIn
    }

    /// Takes jane.doe for the name that it is, also where the request has that nowhere else: so the address has the same
    /// stand-in in a request that names her.
    private mutating func addNames(of local: [UInt8], _ value: EntityValue) throws(SubstitutionFailure) {
        let words = local.split(omittingEmptySubsequences: false) { LocalKind($0) == .other }.map { Array($0) }
        guard words.count == 2, words.allSatisfy({ $0.count > 2 && $0.allSatisfy { LocalKind($0) == .letters } }),
            !facts(of: words[0]).isDisjoint(with: .anyGiven),
            facts(of: words[1]).contains(.family)
        else { return }
        try addWord(words[0], .given, value)
        try addWord(words[1], .family, value)
    }

    private mutating func domain(for domain: [UInt8]) throws(SubstitutionFailure) -> [UInt8] {
        let lower = domain.lowercased()
        let isUpper = domain == domain.uppercased()
        if let known = domains[lower] { return isUpper ? known.uppercased() : known }
        var draws = source.draws("domain", for: lower)
        let endings = ["com", "org", "net"].map { Array("example.\($0)".utf8) }
        let first = draws.below(endings.count)
        for attempt in 0..<Self.attempts {
            var standIn = endings[(first + attempt) % endings.count]
            if attempt >= endings.count {
                guard let label = free(.town, &draws) else { break }
                standIn = label.lowercased() + [0x2E] + standIn
            }
            guard standIn != lower, !used.contains(standIn) else { continue }
            used.insert(standIn)
            domains[lower] = standIn
            return isUpper ? standIn.uppercased() : standIn
        }
        throw .unsubstitutable(.email)
    }

    private func localPart(_ local: [UInt8], _ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        var result: [UInt8] = []
        var isNamed = false
        var index = 0
        while index < local.count {
            let kind = LocalKind(local[index])
            let end = local[index...].firstIndex { LocalKind($0) != kind } ?? local.count
            let run = Array(local[index..<end])
            switch kind {
            case .letters:
                let named = attempt < 8 ? named(run, &draws) : nil
                isNamed = isNamed || named != nil
                let made = named ?? Self.pronounceable(run.count, &draws)
                result += LetterCase(of: run).applied(to: made)
            case .digits: result += run.map { _ in draws.digit() }
            case .other: result += run
            }
            index = end
        }
        return isNamed && attempt > 0 ? result + [draws.nonzeroDigit(), draws.digit()] : result
    }

    private enum LocalKind {
        case letters, digits, other

        init(_ byte: UInt8) {
            self = byte &- 0x30 < 10 ? .digits : WordBorder.separates(byte) ? .other : .letters
        }
    }

    /// What letters become that are made of the request's names: jane, doe, jdoe, janed, doej, janedoe, doejane.
    private func named(_ run: [UInt8], _ draws: inout Draws) -> [UInt8]? {
        let plain = run.plain()
        if let base = names.base(plain: plain) { return base.standIn }
        guard plain.count > 2, plain.count <= 32, !names.all.isEmpty else { return nil }
        if let family = names.base(plain: Array(plain[1...]), .family) {
            return initial(plain[0], &draws) + family.standIn.lowercased()
        }
        for cut in 2..<plain.count {
            guard let first = names.base(plain: Array(plain[..<cut])) else { continue }
            if cut + 1 == plain.count { return first.standIn + initial(plain[cut], &draws).lowercased() }
            guard let second = names.base(plain: Array(plain[cut...])) else { continue }
            return first.standIn + second.standIn.lowercased()
        }
        return nil
    }

    private func initial(_ letter: UInt8, _ draws: inout Draws) -> [UInt8] {
        let drawn = draws.element(of: "ABCDEFGHJKLMNPRSTVW")
        return [names.given(from: letter)?.standIn.first ?? drawn]
    }

    static func pronounceable(_ count: Int, _ draws: inout Draws) -> [UInt8] {
        let startsWithVowel = count > 1 && draws.below(4) == 0
        return (0..<count).map {
            draws.element(of: ($0 % 2 == 0) == startsWithVowel ? "aeiou" : "bdfgklmnprstv")
        }
    }
}
