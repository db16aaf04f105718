public import Domain

/// The pairs for one request: what its texts hold of entities, and what stands in for each.
///
/// Give it every text of the request in order, let it choose, then have each text replaced:
/// ```swift
/// for text in texts { substitution.add(text.bytes, text.entities) }
/// try substitution.choose()
/// for text in texts { substitution.replace(text.bytes, text.entities, into: &body) }
/// ```
/// Equal values get equal stand-ins for one secret and scope, unless a text of the request holds the stand-in already.
/// Values get theirs in the order in which they appear, so a conversation that only grows keeps them.
///
/// It holds originals, so it prints as `<redacted>`.
public struct Substitution: Sendable {
    private let source: StandInSource
    private let lexicon: Lexicon
    private var words: RequestWords
    private var values: [EntityValue] = []
    private var numbers: [EntityValue.Key: Int] = [:]
    private var textCount = 0
    private var standIns: [[UInt8]] = []
    private var mentions = FormTrie()
    private var mentioned: [[UInt8]] = []

    /// What puts originals back; nil before ``choose()``, and when there is nothing to restore.
    public private(set) var restoration: Restoration?

    /// - Parameter scope: what else the stand-ins depend on: nothing for the organization, the conversation's name, or
    ///   the request's id.
    public init(key: StandInKey, scope: some Sequence<UInt8>, lexicon: Lexicon) {
        source = StandInSource(key, scope: scope)
        self.lexicon = lexicon
        var draws = source.draws("seed", for: [])
        words = RequestWords(seed: draws.next())
    }

    /// Whether there is nothing to replace.
    public var isEmpty: Bool { values.isEmpty }

    /// Takes note of a text's words and entities.
    public mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ entities: [Entity]) {
        words.add(text)
        var language: Language?
        for span in EntitySpans(entities, in: text).spans {
            let key = EntityValue.Key(type: span.type, bytes: Array(text[span.range]))
            if let number = numbers[key] {
                values[number].count += 1
                continue
            }
            numbers[key] = values.count
            var value = EntityValue(key: key, text: textCount)
            if span.type == .name || span.type == .email {
                language = language ?? Language(of: text)
                value.isFrench = language == .french
                value.followsTitle = lexicon.isTitle(before: span.range.lowerBound, in: text)
            }
            values.append(value)
        }
        textCount += 1
    }

    /// Chooses the stand-ins.
    ///
    /// - Throws: when for some value each stand-in that was tried is in the request already. Nothing must be sent then.
    public mutating func choose() throws(SubstitutionFailure) {
        guard !values.isEmpty else { return }
        var chooser = StandInChooser(source: source, lexicon: lexicon, words: words)
        standIns = try chooser.choose(for: &values)
        let pairs = chooser.finish()
        restoration = pairs.restoration
        (mentions, mentioned) = (FormTrie(), [])
        for (original, standIn) in pairs.standIns where original.count <= Self.longestMention {
            mentions.insert(original, as: mentioned.count)
            mentioned.append(standIn)
        }
    }

    /// Longer values are replaced where they were found and nowhere else, so that looking for them stays fast.
    private static let longestMention = 128

    /// Appends the text with stand-ins in place of its entities, and of further mentions of what was found anywhere in
    /// the request.
    ///
    /// - Parameter entities: those that the text was added with; others are left as they are.
    /// - Returns: false when nothing was replaced; nothing is appended then.
    public func replace(
        _ text: UnsafeBufferPointer<UInt8>, _ entities: [Entity], into out: inout [UInt8]
    ) -> Bool {
        var copied = 0
        for span in EntitySpans(entities, in: text).spans {
            replaceMentions(in: text, upTo: span.range.lowerBound, &copied, into: &out)
            let key = EntityValue.Key(type: span.type, bytes: Array(text[span.range]))
            guard let number = numbers[key], standIns.indices.contains(number) else { continue }
            out.append(contentsOf: text[copied..<span.range.lowerBound])
            out.append(contentsOf: standIns[number])
            copied = span.range.upperBound
        }
        replaceMentions(in: text, upTo: text.count, &copied, into: &out)
        guard copied > 0 else { return false }
        out.append(contentsOf: text[copied...])
        return true
    }

    private func replaceMentions(
        in text: UnsafeBufferPointer<UInt8>, upTo end: Int, _ copied: inout Int, into out: inout [UInt8]
    ) {
        guard !mentions.isEmpty else { return }
        var index = copied
        while true {
            index = mentions.nextStart(in: text, from: index, to: end)
            guard index < end else { return }
            guard case .form(let number, let last) = mentions.read(text, at: index, to: end, isWhole: true),
                stands(mentioned[number], at: index..<last, in: text, after: copied, before: end)
            else {
                index = mentions.afterNothing(in: text, at: index, to: end)
                continue
            }
            out.append(contentsOf: text[copied..<index])
            out.append(contentsOf: mentioned[number])
            index = last
            copied = last
        }
    }
}

extension Substitution {
    /// Whether a stand-in can be told from what is beside it; a Chinese name may have stood without a space.
    private func stands(
        _ standIn: [UInt8], at range: Range<Int>, in text: UnsafeBufferPointer<UInt8>, after last: Int, before next: Int
    ) -> Bool {
        guard text[range.lowerBound] >= 0x80 else { return true }
        let touchesLast = range.lowerBound == last && last > 0
        let touchesNext = range.upperBound == next && next < text.count
        return WordBorder.isBefore(range.lowerBound, in: text) && !touchesLast && !touchesNext
    }

    /// How many different values of each type there are, however they are written. Parts of a longer name don't count:
    /// Jane, JANE DOE and Doe, Jane are Jane Doe.
    public var counts: [EntityType: Int] {
        let different = Set(values.lazy.filter { !$0.isPartOfLonger }.map(\.same))
        return different.reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
    }

    /// What may be known of a value afterwards.
    public struct Entry: Hashable, Sendable {
        public let type: EntityType
        /// How often it was found.
        public let count: Int
        public let standIn: String
        /// 16 hexadecimal digits; equal for equal values of one organization and scope.
        public let digest: String
    }

    /// For the audit log, in the order in which the values appear; empty before ``choose()``.
    public var entries: [Entry] {
        zip(values, standIns).map { value, standIn in
            Entry(
                type: value.key.type, count: value.count, standIn: String(decoding: standIn, as: UTF8.self),
                digest: source.digest("digest of " + value.key.type.name, of: value.key.bytes.lowercased()))
        }
    }
}

extension Substitution: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
