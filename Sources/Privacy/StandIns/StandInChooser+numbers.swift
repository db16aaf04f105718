internal import Domain

extension StandInChooser {
    /// A number of the same type, length and separators, from a range that is given to nobody where there is one.
    mutating func number(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        let original = value.key.bytes
        let shape = NumberShape(value.key)
        let key = Array(value.key.type.name.utf8) + shape.main
        var draws = source.draws("number", for: key)
        let extra = shape.hasExtension ? source.draws("extension", for: original) : draws
        for attempt in 0..<Self.attempts {
            let known = attempt == 0 ? numbers[key] : nil
            let main = known ?? shape.drawn(attempt, &draws)
            guard known != nil || main != shape.main && !used.contains(main) && !isWritten(main) else { continue }
            var extra = extra
            for _ in 0..<attempt { _ = extra.next() }
            let standIn = shape.filled(with: main, &extra)
            guard standIn != original, pairs.isFree(standIn, for: original), !words.mayContain(standIn),
                known != nil || !echoes(standIn, of: original, attempt)
            else { continue }
            take(main, for: shape, key)
            pairs.add(standIn, for: original, isMentioned: shape.main.count > 5)
            if shape.hasLetters { deriveCases(standIn, for: original) }
            return standIn
        }
        throw .unsubstitutable(value.key.type)
    }

    private func isWritten(_ main: [UInt8]) -> Bool {
        words.contains(main) || words.contains(digits: main)
    }

    /// Adds the ways in which the number may be written elsewhere.
    private mutating func take(_ main: [UInt8], for shape: NumberShape, _ key: [UInt8]) {
        used.insert(main)
        if numbers[key] == nil { numbers[key] = main }
        guard shape.main.count > 5 else { return }
        for (standIn, original) in zip(shape.forms(of: main), shape.forms(of: shape.main)) {
            derived.append(Derived(standIn: standIn, original: original))
        }
    }
}
