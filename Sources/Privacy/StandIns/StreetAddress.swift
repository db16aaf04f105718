/// An address taken apart: numbers and names change, kinds of streets and units stay, so that it reads as one.
struct StreetAddress {
    enum Kind {
        case number, name, kept
        /// A kind of street that would tell, with one in its place that is everywhere.
        case changed
    }

    struct Part {
        var range: Range<Int>
        let kind: Kind
    }

    let place: [UInt8]
    private(set) var parts: [Part] = []

    init(_ place: [UInt8]) {
        self.place = place
        let words = WordBorder.words(of: place)
        let kinds = Self.kinds(of: words.map { String(decoding: Array(place[$0]).lowercased(), as: UTF8.self) })
        for (word, kind) in zip(words, kinds) {
            if kind == .name, let last = parts.last, last.kind == .name,
                !place[last.range.upperBound..<word.lowerBound].contains(0x2C)
            {
                // Names of several words get one word.
                parts[parts.count - 1].range = last.range.lowerBound..<word.upperBound
            } else {
                parts.append(Part(range: word, kind: kind))
            }
        }
    }

    private static func kinds(of words: [String]) -> [Kind] {
        var kinds = words.map(kind)
        for index in kinds.indices.dropLast() where seldom[words[index]] != nil {
            // Hill Road is a road, and Hill its name.
            if isKind(words[index + 1]) { kinds[index] = .name }
        }
        // In chemin du Quai the quay is the name.
        let hasStreet = words.contains { streets.contains($0) }
        if hasStreet, !kinds.contains(.name), let last = words.lastIndex(where: isKind), kinds[last] == .changed {
            kinds[last] = .name
        }
        return kinds
    }

    /// Whether it is a street or a box rather than a town.
    var isStreet: Bool {
        let hasNumber = parts.contains { $0.kind == .number }
        let hasKind = parts.contains {
            Self.isKind(String(decoding: Array(place[$0.range]).lowercased(), as: UTF8.self))
        }
        return hasNumber || hasKind && parts.contains { $0.kind == .name }
    }

    private static func isKind(_ word: String) -> Bool {
        streets.contains(word) || seldom[word] != nil
    }

    private static func kind(of word: String) -> Kind {
        if word.utf8.contains(where: { $0 &- 0x30 < 10 }) { return .number }
        if streets.contains(word) || kept.contains(word) { return .kept }
        if seldom[word] != nil || others[word] != nil { return .changed }
        return word.utf8.count < 3 ? .kept : .name
    }

    private static let streets = Set(
        "street road drive avenue ave av lane court way trail place crescent cres blvd boul boulevard rd rue chemin rang st dr ln ct pl"
            .split(separator: " ").map(String.init))

    private static let kept = Set(
        "the of and at de la le les du des et van von der den apt app unit suite bureau po box site rr cp west east ouest est nw ste"
            .split(separator: " ").map(String.init))

    /// Kinds of streets that are seldom enough to tell together with a town.
    private static let seldom: [String: String] = [
        "row": "lane", "terrace": "court", "terr": "court", "circle": "place", "cir": "place", "square": "place",
        "parkway": "boulevard", "pkwy": "blvd", "highway": "road", "hwy": "rd", "close": "court", "gardens": "place",
        "gate": "way", "grove": "lane", "heights": "place", "hill": "road", "line": "road", "mews": "lane",
        "path": "trail", "point": "place", "quay": "drive", "ridge": "road", "run": "trail", "sideroad": "road",
        "view": "drive", "walk": "lane", "bay": "place", "concession": "road", "expressway": "boulevard",
        "loop": "crescent", "route": "rue", "montée": "chemin", "montee": "chemin", "côte": "rang", "cote": "rang",
        "allée": "avenue", "allee": "avenue", "impasse": "place", "quai": "chemin", "ruelle": "rue",
        "croissant": "place", "carré": "place", "cours": "rue", "promenade": "avenue", "autoroute": "boulevard",
        "ch": "rue",
    ]
    /// Directions, units and boxes.
    private static let others: [String: String] = [
        "north": "east", "south": "west", "nord": "est", "sud": "ouest", "apartment": "unit", "appartement": "app",
        "floor": "suite", "étage": "bureau", "room": "suite", "local": "bureau", "porte": "bureau", "postale": "box",
        "postal": "box", "casier": "po", "case": "po", "drawer": "box",
    ]

    /// A number with as many digits, more in later attempts; letters beside it stay.
    func number(_ part: Part, _ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        let text = Array(place[part.range])
        let first = text.firstIndex { $0 &- 0x30 < 10 } ?? 0
        let end = text[first...].firstIndex { $0 &- 0x30 >= 10 } ?? text.count
        var digits = [draws.nonzeroDigit()]
        while digits.count < end - first + attempt / 24 { digits.append(draws.digit()) }
        let suffix = String(decoding: text[end...], as: UTF8.self).lowercased()
        if ["st", "nd", "rd", "th"].contains(suffix) {
            // 3rd may become 43rd, not 44rd nor 13th.
            if text[end - 1] &- 0x30 < 10 { digits[digits.count - 1] = text[end - 1] }
            if digits.count > 1, digits[digits.count - 2] == 0x31 { digits[digits.count - 2] = 0x32 }
        }
        return Array(text[..<first]) + digits + NumberTail.changed(Array(text[end...]), &draws)
    }

    func assembled(_ made: [Int: [UInt8]]) -> [UInt8] {
        assembled(from: 0, through: parts.count - 1, made, lower: 0, upper: place.count)
    }

    /// The stand-in of some parts in a row, with its original.
    func pair(from first: Int, through last: Int, _ made: [Int: [UInt8]]) -> StandInChooser.Derived {
        let (lower, upper) = (parts[first].range.lowerBound, parts[last].range.upperBound)
        return StandInChooser.Derived(
            standIn: assembled(from: first, through: last, made, lower: lower, upper: upper),
            original: Array(place[lower..<upper]))
    }

    private func assembled(
        from first: Int, through last: Int, _ made: [Int: [UInt8]], lower: Int, upper: Int
    ) -> [UInt8] {
        var result: [UInt8] = []
        var copied = lower
        for index in parts.indices where index >= first && index <= last {
            let part = parts[index]
            let text = Array(place[part.range])
            result += place[copied..<part.range.lowerBound]
            copied = part.range.upperBound
            result += made[index] ?? Self.changed(text)
        }
        return result + place[copied..<upper]
    }

    private static func changed(_ word: [UInt8]) -> [UInt8] {
        let lower = String(decoding: word.lowercased(), as: UTF8.self)
        guard let other = seldom[lower] ?? others[lower] else { return word }
        return LetterCase(of: word).applied(to: Array(other.utf8))
    }
}

/// What follows the first digits of a number in one word: `3B`, `12th`, `5e`.
private enum NumberTail {
    static func changed(_ tail: [UInt8], _ draws: inout Draws) -> [UInt8] {
        tail.contains { $0 &- 0x30 < 10 } ? tail.map { $0 &- 0x30 < 10 ? draws.digit() : $0 } : tail
    }
}
