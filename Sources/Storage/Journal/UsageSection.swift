import Domain

/// How a ``UsageEntry`` stands in a frame of the journal:
///
///     length        u16  of all that follows
///     outcome       u8   its number
///     tokens        5 × u64: input, cached input, cache write, output, reasoning
///     cost, charge  2 × i128, pico-dollars
///     key           u16 and that many bytes
///     route         u16 and that many bytes; 0xFFFF: none
///
/// In numbers, since reading them again out of the record's text would take the drainer longer than all else it does.
enum UsageSection {
    private static let fixedLength = 2 + 1 + 5 * 8 + 2 * 16 + 2 + 2
    private static let noRoute = UInt16.max
    /// What names a key or a route is far shorter.
    private static let longestName = 4_096

    /// Bytes of the section; zero for an entry that has none.
    static func length(of entry: UsageEntry?) -> Int {
        guard let entry else { return 0 }
        return fixedLength + nameLength(entry.key) + (entry.route.map(nameLength) ?? 0)
    }

    private static func nameLength(_ name: String) -> Int { min(name.utf8.count, longestName) }

    /// - Parameter section: as many bytes as ``length(of:)`` says.
    static func write(_ entry: UsageEntry, to section: UnsafeMutableRawBufferPointer) {
        section.set(UInt16(truncatingIfNeeded: section.count - 2), at: 0)
        section[2] = UInt8(truncatingIfNeeded: entry.outcome.number)
        let tokens = entry.tokens
        section.set(Int64(tokens.input), at: 3)
        section.set(Int64(tokens.cachedInput), at: 11)
        section.set(Int64(tokens.cacheWrite), at: 19)
        section.set(Int64(tokens.output), at: 27)
        section.set(Int64(tokens.reasoning), at: 35)
        section.set(entry.cost.picodollars, at: 43)
        section.set(entry.charge.picodollars, at: 59)
        let route = write(entry.key, to: section, at: 75)
        guard let name = entry.route else { return section.set(noRoute, at: route) }
        _ = write(name, to: section, at: route)
    }

    /// - Returns: where it ends.
    private static func write(_ name: String, to section: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let count = nameLength(name)
        section.set(UInt16(truncatingIfNeeded: count), at: offset)
        UnsafeMutableRawBufferPointer(rebasing: section[(offset + 2)..<(offset + 2 + count)])
            .copyBytes(from: name.utf8.prefix(count))
        return offset + 2 + count
    }

    /// How long the section is at the beginning of some bytes; nil where they have no whole one.
    static func length(at bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= fixedLength else { return nil }
        let length = 2 + Int(bytes.number(at: 0, as: UInt16.self))
        return fixedLength...bytes.count ~= length ? length : nil
    }

    /// Nil for bytes that hold none.
    static func read(_ section: UnsafeRawBufferPointer) -> UsageEntry? {
        guard section.count >= fixedLength, let outcome = CustodyRecord.Outcome(number: Int(section[2])),
            let (key, routeStart) = name(in: section, at: 75), let key,
            let (route, _) = name(in: section, at: routeStart)
        else { return nil }
        let tokens = (0..<5).map { Int(section.number(at: 3 + 8 * $0, as: Int64.self)) }
        let usage = TokenUsage(
            input: tokens[0], cachedInput: tokens[1], cacheWrite: tokens[2], output: tokens[3], reasoning: tokens[4])
        let charge = Charge(
            cost: Money(picodollars: section.number(at: 43, as: Int128.self)),
            charge: Money(picodollars: section.number(at: 59, as: Int128.self)), priceSnapshot: "")
        return UsageEntry(key: key, route: route, outcome: outcome, usage: usage, charge: charge)
    }

    private static func name(in section: UnsafeRawBufferPointer, at offset: Int) -> (name: String?, end: Int)? {
        guard offset + 2 <= section.count else { return nil }
        let count = section.number(at: offset, as: UInt16.self)
        guard count != noRoute else { return (nil, offset + 2) }
        let end = offset + 2 + Int(count)
        guard end <= section.count else { return nil }
        return (String(decoding: section[(offset + 2)..<end], as: UTF8.self), end)
    }
}

extension CustodyRecord.Outcome {
    fileprivate init?(number: Int) {
        guard let outcome = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = outcome
    }
}
