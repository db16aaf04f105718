/// A name cut into what gets a stand-in of its own and what stays.
struct NameParts {
    enum Kind {
        /// A word that tells who it is.
        case telling
        case initial
        /// Particles, titles and suffixes.
        case kept
    }

    struct Part {
        let range: Range<Int>
        let kind: Kind
        /// Hyphenated parts have one number.
        let group: Int
        let isAfterComma: Bool
    }

    private(set) var parts: [Part] = []

    init(_ name: UnsafeBufferPointer<UInt8>, _ lexicon: Lexicon) {
        var index = 0
        var group = 0
        var isAfterComma = false
        while let range = Self.word(after: index, in: name) {
            let between = name[index..<range.lowerBound]
            if !parts.isEmpty, !Self.isHyphen(between) { group += 1 }
            if !parts.isEmpty, between.contains(0x2C) { isAfterComma = true }
            let kind = Self.kind(of: range, in: name, isFirst: parts.isEmpty, lexicon)
            parts.append(Part(range: range, kind: kind, group: group, isAfterComma: isAfterComma))
            index = range.upperBound
        }
    }

    /// The next word: letters, with an apostrophe inside where it belongs to the name.
    private static func word(after index: Int, in name: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var start = index
        while start < name.count, !isLetter(at: start, in: name) { start += characterCount(at: start, in: name) }
        guard start < name.count else { return nil }
        var end = start
        while end < name.count {
            if isLetter(at: end, in: name) {
                end += characterCount(at: end, in: name)
            } else if let apostrophe = apostropheCount(at: end, in: name), belongs(start..<end, apostrophe, in: name) {
                end += apostrophe
            } else {
                break
            }
        }
        return start..<min(end, name.count)
    }

    /// Whether what comes after an apostrophe is of the same word: O'Brien, D'Angelo, but not Jane's nor d'Anjou.
    private static func belongs(_ before: Range<Int>, _ apostrophe: Int, in name: UnsafeBufferPointer<UInt8>) -> Bool {
        let next = before.upperBound + apostrophe
        guard next < name.count, isLetter(at: next, in: name) else { return false }
        let isPossessive = name[next] | 0x20 == 0x73 && (next + 1 >= name.count || !isLetter(at: next + 1, in: name))
        let isElision = before.count == 1 && (name[before.lowerBound] == 0x64 || name[before.lowerBound] == 0x6C)
        return !isPossessive && !isElision
    }

    private static func kind(
        of range: Range<Int>, in name: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ lexicon: Lexicon
    ) -> Kind {
        let text = UnsafeBufferPointer(rebasing: name[range])
        let first = text.first ?? 0
        let isElision = apostropheCount(at: range.upperBound, in: name) != nil && range.count == 1
        if isElision, first == 0x64 || first == 0x6C { return .kept }
        if characterCount(at: range.lowerBound, in: name) >= range.count {
            // A single letter; a single Chinese character is a name.
            return first >= 0xE3 ? .telling : first == 0x65 || first == 0x79 ? .kept : .initial
        }
        let isLast = Self.word(after: range.upperBound, in: name) == nil
        guard text.count <= 8 else { return .telling }
        let word = String(decoding: text, as: UTF8.self)
        let lower = word.lowercased()
        if isFirst, !isLast, lexicon.facts(of: text).contains(.title) { return .kept }
        if isFirst, word != lower, givenToo.contains(lower) { return .telling }
        if !isLast, particles.contains(lower) || word == lower && smallParticles.contains(lower) { return .kept }
        return !isFirst && isLast && suffixes.contains(lower) ? .kept : .telling
    }

    private static let particles: Set<String> = [
        "de", "la", "le", "les", "du", "des", "van", "von", "der", "den", "el", "al", "bin", "bint", "ben", "st", "ste",
    ]
    /// Kept in small letters alone: as a word with a capital it would tell.
    private static let smallParticles: Set<String> = ["da", "di", "do", "af", "av", "zu", "te", "ap", "ab", "et"]
    /// Particles that are given names at the beginning.
    private static let givenToo: Set<String> = ["ben", "bin", "van", "al", "el"]
    private static let suffixes: Set<String> = ["jr", "sr", "ii", "iv", "md", "phd"]

    private static func isHyphen(_ between: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        between.elementsEqual([0x2D]) || between.elementsEqual([0xE2, 0x80, 0x90])
            || between.elementsEqual([0xE2, 0x80, 0x91])
    }

    private static func apostropheCount(at index: Int, in name: UnsafeBufferPointer<UInt8>) -> Int? {
        guard index < name.count else { return nil }
        if name[index] == 0x27 { return 1 }
        let isCurved =
            index + 2 < name.count && name[index] == 0xE2 && name[index + 1] == 0x80 && name[index + 2] == 0x99
        return isCurved ? 3 : nil
    }

    /// Whether a character of a word begins here; Chinese, Japanese and Korean ones count as well.
    private static func isLetter(at index: Int, in name: UnsafeBufferPointer<UInt8>) -> Bool {
        let byte = name[index]
        if byte < 0xE2 { return WordBorder.begins(byte) }
        return byte >= 0xE3 && !(byte == 0xE3 && index + 1 < name.count && name[index + 1] == 0x80)
    }

    /// In bytes, and never more than there are.
    private static func characterCount(at index: Int, in name: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 1
        while index + count < name.count, name[index + count] & 0xC0 == 0x80 { count += 1 }
        return count
    }
}
