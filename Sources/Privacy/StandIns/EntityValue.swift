internal import Domain

/// An entity's text, as it is written: what gets one stand-in.
struct EntityValue: Sendable {
    struct Key: Hashable, Sendable {
        let type: EntityType
        let bytes: [UInt8]

        /// All bytes at once: an array of bytes would be hashed one by one.
        func hash(into hasher: inout Hasher) {
            hasher.combine(type.rawValue)
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    let key: Key
    /// The number of the text that it was in first.
    let text: Int
    var count = 1
    var isFrench = false
    var followsTitle = false
    var isPartOfLonger = false

    init(key: Key, text: Int) {
        self.key = key
        self.text = text
    }

    /// Words that alone tell something, in small letters.
    var telling: [[UInt8]] {
        let words = key.bytes.lowercased()
        return switch key.type {
        case .name, .location: words.runs.filter { $0.count > 2 }
        case .email: Array(words.prefix { $0 != 0x40 }).runs.filter { $0.count > 1 }
        default: []
        }
    }

    /// Equal for values that differ in case, separators or the order of names alone.
    var same: Key {
        let words = key.bytes.lowercased().runs
        // Chinese names have no words of this kind.
        if words.isEmpty { return key }
        guard key.type == .name else { return Key(type: key.type, bytes: Array(words.joined())) }
        let ordered = words.sorted { $0.lexicographicallyPrecedes($1) }
        return Key(type: .name, bytes: Array(ordered.joined(separator: [0x20])))
    }
}

/// A text's entities as spans that don't overlap, with no half words at their ends.
struct EntitySpans {
    struct Span {
        var range: Range<Int>
        let type: EntityType
    }

    private(set) var spans: [Span] = []

    init(_ entities: [Entity], in text: UnsafeBufferPointer<UInt8>) {
        spans.reserveCapacity(entities.count)
        for entity in Self.ordered(entities) {
            let range = entity.range.clamped(to: 0..<text.count)
            let last = spans.last?.range.upperBound ?? 0
            guard !range.isEmpty, range.upperBound > last else { continue }
            // Without letters and digits there is nothing that tells.
            if text[range].allSatisfy(WordBorder.separates) { continue }
            let whole = WordBorder.whole(range, in: text)
            // Those that touch become one, or their stand-ins would run into each other.
            if whole.lowerBound <= last, !spans.isEmpty {
                spans[spans.count - 1].range = spans[spans.count - 1].range.lowerBound..<whole.upperBound
            } else {
                spans.append(Span(range: whole, type: entity.type))
            }
        }
    }

    private static func ordered(_ entities: [Entity]) -> [Entity] {
        let areOrdered = zip(entities, entities.dropFirst()).allSatisfy { $0.range.lowerBound <= $1.range.lowerBound }
        return areOrdered ? entities : entities.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }
}

/// What a text is written in, as far as given names go.
enum Language {
    case english, french

    /// Counts small words of either language at the beginning of the text.
    init(of text: UnsafeBufferPointer<UInt8>) {
        var score = 0
        var word: UInt64 = 0
        for byte in text.prefix(2048) {
            if WordBorder.goesOn(byte) {
                word = word << 8 | UInt64(byte | 0x20)
                continue
            }
            if word > 0xFF, word >> 40 == 0 { score += Self.scores[word] ?? 0 }
            word = 0
        }
        self = score > 0 ? .french : .english
    }

    private static let scores = Dictionary(
        packed("le la les des du et une est pour que qui dans avec sur je vous au chez ne pas il elle mon ma").map {
            ($0, 1)
        }
            + packed("the and of to in is for you with that was my at his her has will not are it").map { ($0, -1) },
        uniquingKeysWith: +)

    private static func packed(_ words: String) -> [UInt64] {
        words.split(separator: " ").map { $0.utf8.reduce(0) { $0 << 8 | UInt64($1) } }
    }
}

extension Lexicon {
    /// Whether the word before a place, on the same line, is one like Dr or Mme.
    func isTitle(before index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var end = index
        while end > 0, text[end - 1] == 0x20 || text[end - 1] == 0x2E { end -= 1 }
        guard end < index else { return false }
        var start = end
        while start > 0, end - start < 16, WordBorder.goesOn(text[start - 1]) { start -= 1 }
        return start < end && facts(of: UnsafeBufferPointer(rebasing: text[start..<end])).contains(.title)
    }

    /// Whether a word is so ordinary that elsewhere in the request it means what it says.
    func isOrdinary(_ word: [UInt8]) -> Bool {
        let facts = word.withUnsafeBufferPointer { self.facts(of: $0) }
        return !facts.isDisjoint(with: Self.ordinary)
    }

    private static let ordinary: WordFacts = [
        .englishWord, .frenchWord, .commonEnglish, .calendar, .country, .region, .state, .properNoun, .particle, .title,
    ]
}
