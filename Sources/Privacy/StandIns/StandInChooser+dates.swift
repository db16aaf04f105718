internal import Domain

extension StandInChooser {
    /// Another date in the same format, up to two years away.
    mutating func date(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        let shape = DateShape(value.key.bytes)
        let standIn = try found(for: value, "date") { draws, attempt in shape.drawn(attempt, &draws) }
        pairs.add(standIn, for: value.key.bytes, isMentioned: true)
        deriveCases(standIn, for: value.key.bytes)
        return standIn
    }
}

/// A date taken apart: which of its words are year, month and day.
private struct DateShape {
    private enum Part {
        case year, month, day, monthName, ordinal, kept
        /// Day or month: either order has to be a date.
        case either
    }

    private let date: [UInt8]
    private let words: [Range<Int>]
    private var parts: [Part] = []

    init(_ date: [UInt8]) {
        self.date = date
        words = Self.words(of: date)
        let hasName = words.contains { MonthNames.position(of: Array(date[$0])) != nil }
        let isYearFirst = words.first.map { $0.count == 4 && Self.number(date[$0]) != nil } ?? false
        for word in words { parts.append(part(of: word, hasName, isYearFirst)) }
    }

    /// Letters and digits apart, so that `1er` and `2nd` are two.
    private static func words(of date: [UInt8]) -> [Range<Int>] {
        WordBorder.words(of: date).flatMap { word in
            let cut = date[word].firstIndex { $0 &- 0x30 >= 10 } ?? word.upperBound
            return cut > word.lowerBound && cut < word.upperBound
                ? [word.lowerBound..<cut, cut..<word.upperBound] : [word]
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.count <= 8 ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }

    private func part(of word: Range<Int>, _ hasName: Bool, _ isYearFirst: Bool) -> Part {
        guard let number = Self.number(date[word]) else {
            if MonthNames.position(of: Array(date[word])) != nil { return .monthName }
            return word.lowerBound > 0 && date[word.lowerBound - 1] &- 0x30 < 10 ? .ordinal : .kept
        }
        if word.count > 2 || number > 31 { return .year }
        if hasName { return parts.contains { $0 == .day } ? .year : .day }
        if isYearFirst { return parts.count == 1 ? .month : .day }
        if parts.count(where: { $0 == .either || $0 == .day || $0 == .month }) == 2 { return .year }
        return number > 12 ? .day : .either
    }

    func drawn(_ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        var result: [UInt8] = []
        var copied = 0
        var day = 1
        for (word, part) in zip(words, parts) {
            result += date[copied..<word.lowerBound]
            copied = word.upperBound
            let text = Array(date[word])
            switch part {
            case .kept: result += text
            case .monthName: result += MonthNames.other(than: text, &draws)
            case .ordinal: result += LetterCase(of: text).applied(to: Self.ordinal(text, day))
            case .year: result += year(text, attempt, &draws)
            case .month, .either: result += Self.padded(1 + draws.below(12), like: text)
            case .day:
                // The first has an ordinal of its own in French.
                let isFirst = date[copied...].prefix(2).elementsEqual("er".utf8)
                day = isFirst ? 1 : 1 + draws.below(28)
                if !isFirst, text.count == 1, !date[copied...].isEmpty { day = 1 + day % 9 }
                if hasTwoSlots { day = 13 + day % 16 }
                result += Self.padded(day, like: text)
            }
        }
        return result + date[copied...]
    }

    /// Whether a day above twelve tells which of two numbers is the day.
    private var hasTwoSlots: Bool { parts.contains { $0 == .either } }

    private func year(_ text: [UInt8], _ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        guard let number = Self.number(text[...]) else { return NumberPlan.sameShape(text, &draws) }
        if text.count > 4 { return compact(text, &draws) }
        let span = attempt < 64 ? 2 : 12
        let moved = number + draws.below(2 * span + 1) - span
        return Self.padded(text.count == 2 ? (moved + 100) % 100 : max(1, moved), like: text)
    }

    /// Eight digits without separators: year, month, day.
    private func compact(_ text: [UInt8], _ draws: inout Draws) -> [UInt8] {
        guard text.count == 8, let year = Self.number(text[..<4]) else { return NumberPlan.sameShape(text, &draws) }
        return Self.padded(max(1, year + draws.below(5) - 2), like: [UInt8](text[..<4]))
            + Self.padded(1 + draws.below(12), like: [0, 0]) + Self.padded(1 + draws.below(28), like: [0, 0])
    }

    /// With zeros before it, where the original has two digits or more.
    private static func padded(_ number: Int, like text: [UInt8]) -> [UInt8] {
        let digits = Array(String(number).utf8)
        return Array(repeating: 0x30, count: max(0, text.count - digits.count)) + digits
    }

    private static func ordinal(_ text: [UInt8], _ day: Int) -> [UInt8] {
        guard ["st", "nd", "rd", "th"].contains(String(decoding: text.lowercased(), as: UTF8.self)) else { return text }
        if (11...13).contains(day) { return Array("th".utf8) }
        return Array((day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th").utf8)
    }
}

/// Names of months; of the French ones those without accents are chosen.
private enum MonthNames {
    private static let lists: [[String]] = [
        [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december",
        ],
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sept"],
        [
            "janvier", "mars", "avril", "mai", "juin", "juillet", "septembre", "octobre", "novembre", "février", "août",
            "décembre", "fevrier", "aout", "decembre",
        ],
        ["janv", "avr", "sept", "oct", "nov", "juil", "févr", "fév", "déc", "fevr", "fev"],
    ]
    /// How many of each list may be chosen.
    private static let chosen = [12, 12, 9, 6]

    static func position(of word: [UInt8]) -> (list: Int, index: Int)? {
        let lower = String(decoding: word.lowercased(), as: UTF8.self)
        for (list, names) in lists.enumerated() {
            if let index = names.firstIndex(of: lower) { return (list, index) }
        }
        return nil
    }

    static func other(than word: [UInt8], _ draws: inout Draws) -> [UInt8] {
        guard let position = position(of: word) else { return word }
        var index = draws.below(chosen[position.list])
        if index == position.index { index = (index + 1) % chosen[position.list] }
        return LetterCase(of: word).applied(to: Array(lists[position.list][index].utf8))
    }
}
