/// What a text speaks about before and behind a candidate.
enum Topic: Int, CaseIterable {
    case phone, ssn, sin, card, iban, health, birth
    /// Orders, parcels, invoices and other things that are numbered.
    case reference
    case version
    /// Addresses of the Internet.
    case internet
    case postal
    /// "Number", which says that something is one, but not what.
    case number
    /// Health in general, which needs a word for a card or number with it.
    case care
}

/// Which topics were named, and how long ago.
///
/// Counts words on the way, so that asking costs the same wherever a candidate stands.
struct Context {
    private(set) var ordinal: Int32 = 0
    private var line: Int32 = 0
    /// How many words there were before the line, and whether that before it ended with a question mark.
    private var lineStart: Int32 = 0
    private var isAfterQuestion = false
    private var sentence: Int32 = 0
    private var words = SIMD16<Int32>(repeating: .min / 2)
    private var lines = SIMD16<Int32>(repeating: -8)
    private var sentences = SIMD16<Int32>(repeating: -8)
    /// The word before the present place, and the one before that.
    private(set) var last: Word?
    private(set) var lastButOne: Word?

    mutating func see(_ word: Word) {
        ordinal &+= 1
        lastButOne = last
        last = word
        name(word.meaning)
    }

    /// Counts something that isn't a word, such as a number.
    mutating func seeNumber() {
        ordinal &+= 1
        lastButOne = last
        last = nil
    }

    mutating func name(_ meaning: Meaning) {
        var topics = meaning.rawValue & Meaning.topics
        while topics != 0 {
            let topic = topics.trailingZeroBitCount
            topics &= topics &- 1
            words[topic] = ordinal
            lines[topic] = line
            sentences[topic] = sentence
        }
    }

    /// - Parameter isQuestion: whether a question mark ended it.
    mutating func endLine(isQuestion: Bool) {
        lineStart = ordinal
        isAfterQuestion = isQuestion
        line &+= 1
        sentence &+= 1
        (last, lastButOne) = (nil, nil)
    }

    mutating func endSentence() { sentence &+= 1 }
    mutating func forget(_ topic: Topic) { words[topic.rawValue] = .min / 2 }

    /// How many words ago a topic was named; it counts on its line, and as the heading of the next, or as the question
    /// that is answered there: "Your phone number, please?", and then "Customer: 416 …".
    func distance(_ topic: Topic) -> Int {
        let distance = Int(ordinal &- words[topic.rawValue])
        let between = line &- lines[topic.rawValue]
        if between == 1, distance <= 8, isAfterQuestion, ordinal &- lineStart <= 2 { return 2 }
        return between == 0 || (between <= 2 && distance <= 2) ? distance : .max
    }

    func isNear(_ topic: Topic, within limit: Int) -> Bool { distance(topic) <= limit }

    /// Whether a topic was named in the sentence that isn't over yet.
    func isInSentence(_ topic: Topic, within limit: Int) -> Bool {
        isNear(topic, within: limit) && sentence &- sentences[topic.rawValue] <= (lines[topic.rawValue] == line ? 0 : 2)
    }

    /// Whether a topic was named, and nothing since that numbers of another kind go with.
    func isNearest(_ topic: Topic, within limit: Int, of others: [Topic] = Self.numbered) -> Bool {
        let own = distance(topic)
        guard own <= limit else { return false }
        for other in others where other != topic && distance(other) < own { return false }
        return true
    }

    /// The topics whose numbers look like each other.
    static let numbered: [Topic] = [.phone, .ssn, .sin, .card, .iban, .health, .reference]
}
