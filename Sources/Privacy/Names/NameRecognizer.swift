internal import Domain

/// Finds people and places by what the lists say, how words are written and what stands around them.
///
/// Countries, provinces, states and what is known to everyone stay: without them answers would be of no use.
public struct NameRecognizer: NameFinding {
    /// How much more has to speak for no name than for one, in units of the weights: a name that stays does more harm
    /// than a word that goes.
    package static let bias: Int16 = 100
    /// By how much at least one name of a text has to be ahead of none, unless something structured was found too: doubt
    /// everywhere says that the text is about something else than people.
    private static let evidence: Int16 = 300

    private let lexicon: Lexicon
    private let tagger: Tagger

    /// - Throws: when the lexicon's file has no weights that fit.
    public init(lexicon: Lexicon) throws {
        self.lexicon = lexicon
        tagger = try Tagger(lexicon.file)
    }

    /// Appends names and places in the order of the text. None overlaps another or a structured entity.
    ///
    /// - Parameters:
    ///   - text: UTF-8 that may be broken; at most 2 GiB of it are looked at.
    ///   - structured: what other recognizers found; it tells much about the words beside it.
    public func find(
        in text: UnsafeBufferPointer<UInt8>, around structured: [Entity], into entities: inout [Entity]
    ) {
        let text = UnsafeBufferPointer(rebasing: text.prefix(Int(Int32.max) - 1))
        let reader = TextReader(text, around: structured.map(\.range), lexicon: lexicon)
        var found = tagger.tags(of: reader.tokens, bias: Self.bias)
        for index in reader.tokens.indices where found.tags[index] != .other {
            let token = reader.tokens[index]
            if Units.isOne(reader.tokens, at: index, in: text) { found.tags[index] = .other }
            // Who is meant by a placeholder isn't there yet; a capital says that somebody has filled it in.
            guard token.letterCase == .lower else { continue }
            if Placeholders.holds(Int(token.start), in: text) || Placeholders.isCalled(token.range, in: text)
                || ProgramText.isOption(token.range, in: text) || ProgramText.isInCommand(token, in: text)
            {
                found.tags[index] = .other
            }
        }
        guard !structured.isEmpty || Self.hasEvidence(found.tags, found.margins) else { return }
        NameRules.apply(to: &found.tags, of: reader.tokens)
        Self.collect(reader.tokens, found.tags, found.margins, into: &entities)
    }

    private static func hasEvidence(_ tags: [Tag], _ margins: [Int16]) -> Bool {
        tags.indices.contains { tags[$0] != .other && margins[$0] >= evidence }
    }

    private static func collect(_ tokens: [Token], _ tags: [Tag], _ margins: [Int16], into entities: inout [Entity]) {
        var index = 0
        while index < tokens.count {
            let first = index
            index += 1
            guard tags[first] != .other else { continue }
            let isPerson = tags[first].isPerson
            while index < tokens.count, tags[index] == (isPerson ? .person : .place) { index += 1 }
            guard !NameRules.stays(tokens[first..<index], isPerson: isPerson) else { continue }
            let margin = margins[first..<index].max() ?? 0
            entities.append(
                Entity(
                    isPerson ? .name : .location, at: Int(tokens[first].start)..<Int(tokens[index - 1].end),
                    certainty: UInt8(clamping: 64 + Int(margin) / 16)))
        }
    }
}
