internal import Domain

extension StandInChooser {
    /// A town, a street with its number, a postal code or a box.
    mutating func place(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        let place = value.key.bytes
        if PostalCode.isLike(place) { return try postalCode(for: value) }
        let address = StreetAddress(place)
        return address.isStreet ? try street(for: value, address) : try town(for: value)
    }

    private mutating func town(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        let standIn = try phrase(value.key.bytes, .town)
        deriveCases(standIn, for: value.key.bytes)
        derived.append(
            Derived(standIn: standIn.capitalized(), original: value.key.bytes.capitalized(), isMentioned: false))
        return standIn
    }

    /// What stands in for a name of one or more words: always one word.
    private mutating func phrase(_ phrase: [UInt8], _ pool: Lexicon.Pool) throws(SubstitutionFailure) -> [UInt8] {
        let lower = phrase.lowercased()
        let purpose = pool == .town ? "town" : "street"
        let key = Array(purpose.utf8) + lower
        let letterCase = LetterCase(of: phrase)
        if let known = phrases[key] {
            let standIn = letterCase.applied(to: known)
            if pairs.isFree(standIn, for: phrase) {
                add(standIn, for: phrase)
                return standIn
            }
        }
        var draws = source.draws(purpose, for: phrases[key] == nil ? lower : phrase)
        guard let made = free(pool, &draws) else { throw .unsubstitutable(.location) }
        if phrases[key] == nil { phrases[key] = made }
        let standIn = letterCase.applied(to: made)
        add(standIn, for: phrase)
        return standIn
    }

    private mutating func add(_ standIn: [UInt8], for phrase: [UInt8]) {
        let isOrdinary = phrase.lowercased().runs.allSatisfy { lexicon.isOrdinary($0) || $0.count < 3 }
        pairs.add(standIn, for: phrase, isMentioned: !isOrdinary)
    }

    private mutating func postalCode(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        let original = value.key.bytes
        let compact = original.filter { !WordBorder.separates($0) }.lowercased()
        let key = Array("postal code".utf8) + compact
        var draws = source.draws("postal code", for: compact)
        for attempt in 0..<Self.attempts {
            let known = attempt == 0 ? numbers[key] : nil
            let made = known ?? PostalCode.drawn(for: compact, attempt, &draws)
            guard known != nil || made != compact && isFree(made) else { continue }
            // Half a code tells where it is, too.
            guard attempt > 64 || !zip(made, compact).prefix(3).allSatisfy(==) else { continue }
            let standIn = PostalCode.filled(original, with: made)
            guard pairs.isFree(standIn, for: original), !words.mayContain(standIn) else { continue }
            used.insert(made)
            if numbers[key] == nil { numbers[key] = made }
            pairs.add(standIn, for: original, isMentioned: true)
            for (standIn, original) in zip(PostalCode.forms(of: made), PostalCode.forms(of: compact)) {
                derived.append(Derived(standIn: standIn, original: original))
            }
            return standIn
        }
        throw .unsubstitutable(.location)
    }
}

extension StandInChooser {
    /// Another number of another street; the kind of street stays or becomes one that is as common.
    private mutating func street(
        for value: EntityValue, _ address: StreetAddress
    ) throws(SubstitutionFailure) -> [UInt8] {
        let place = value.key.bytes
        var named: [Int: [UInt8]] = [:]
        for (index, part) in address.parts.enumerated() where part.kind == .name {
            named[index] = try phrase(Array(place[part.range]), .street)
        }
        var draws = source.draws("street number", for: place.lowercased())
        for attempt in 0..<Self.attempts {
            var made = named
            for (index, part) in address.parts.enumerated() where part.kind == .number {
                made[index] = address.number(part, attempt, &draws)
            }
            let numbers = address.parts.indices.filter { address.parts[$0].kind == .number }.compactMap { made[$0] }
            guard numbers.allSatisfy({ $0.runs.allSatisfy { isFree($0.lowercased()) } }) else { continue }
            let standIn = address.assembled(made)
            guard standIn != place, pairs.isFree(standIn, for: place), !words.mayContain(standIn) else { continue }
            for number in numbers { used.formUnion(number.runs.map { $0.lowercased() }) }
            pairs.add(standIn, for: place, isMentioned: true)
            derive(standIn, address, made)
            return standIn
        }
        throw .unsubstitutable(.location)
    }

    /// The same in other cases; the number with the name alone; the name with its kind alone.
    private mutating func derive(_ standIn: [UInt8], _ address: StreetAddress, _ made: [Int: [UInt8]]) {
        deriveCases(standIn, for: address.place)
        guard let name = address.parts.firstIndex(where: { $0.kind == .name }) else { return }
        if name > 0, address.parts[name - 1].kind == .number {
            derived.append(address.pair(from: name - 1, through: name, made))
        } else if name > 1, address.parts[name - 2].kind == .number {
            derived.append(address.pair(from: name - 2, through: name, made))
        }
        if name + 1 < address.parts.count, address.parts[name + 1].kind == .changed {
            derived.append(address.pair(from: name, through: name + 1, made))
        }
    }
}
