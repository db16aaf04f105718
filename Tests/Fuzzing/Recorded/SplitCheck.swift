import Providers
import TestSupport
import Wire

/// Whether a recorded reply gives the same however its bytes are split on their way: the events, what each surface writes of
/// them, and what passes of that to a caller of the same wire.
package struct SplitCheck: Sendable {
    private let chat: ChatRequest
    private let adapter: any TranslatingAdapter
    private let body: [UInt8]
    private let whole: Outcome
    private let passages: [Passage]

    /// Nil for an exchange without a reply to read, or whose request is refused.
    package init?(_ exchange: RecordedExchange) throws {
        guard let body = exchange.replyBytes, let chat = try? exchange.chat() else { return nil }
        self.chat = chat
        self.body = body
        adapter = try exchange.adapter()
        whole = Outcome(of: [body[...]], by: adapter.reader(for: chat), for: chat)
        passages = chat.isStreamed ? Self.passages(of: body, whole, adapter) : []
    }

    /// What the surfaces write goes through their own passages. A stream of the upstream's goes through those of the wires
    /// that it passes on.
    private static func passages(
        of body: [UInt8], _ whole: Outcome, _ adapter: any TranslatingAdapter
    ) -> [Passage] {
        let written = zip(ReplyFuzzing.surfaces, whole.written).map { Passage($0.wire, of: $1) }
        guard let passing = adapter as? any PassingAdapter else { return written }
        let passed = ReplyFuzzing.surfaces.filter { passing.edits(passing: $0.wire) != nil }
        return written + passed.map { Passage($0.wire, of: body, from: passing) }
    }

    /// Splits at places that a seed decides on, so many times.
    ///
    /// - Throws: ``Disagreement``
    package func run(_ count: Int, seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        for _ in 0..<count {
            let cuts = Self.cuts(of: body.count, &chance)
            try compare(cuts)
            for passage in passages { try passage.compare(Self.cuts(of: passage.count, &chance)) }
        }
        try compare(Array(body.indices))
        for passage in passages { try passage.compare(Array(0..<passage.count)) }
    }

    private static func cuts(of count: Int, _ chance: inout SeededGenerator) -> [Int] {
        (0..<1 + chance.below(16)).map { _ in chance.below(count + 1) }.sorted()
    }

    private func compare(_ cuts: [Int]) throws {
        let split = Outcome(of: Pieces(of: body, cuts), by: adapter.reader(for: chat), for: chat)
        try check(split == whole, "What comes out depends on the split at \(cuts).")
    }
}

/// What is read of a reply, and what each surface streams of that, written as it comes.
private struct Outcome: Equatable {
    private let reply: ReadReply
    let written: [[UInt8]]

    init(of pieces: some Sequence<ArraySlice<UInt8>>, by reader: any ReplyReader, for chat: ChatRequest) {
        let reply = ReadReply(of: pieces, by: reader)
        self.reply = reply
        written = ReplyFuzzing.surfaces.map { surface in
            var writer = surface.streamWriter(RequestFuzzing.identity, for: chat)
            var bytes: [UInt8] = []
            for event in reply.events { writer.write(event, to: &bytes) }
            return bytes
        }
    }
}

/// A stream of a wire, and what passes of it whole.
private struct Passage: Sendable {
    private let bytes: [UInt8]
    /// Whose frames are around it.
    private let upstream: (any PassingAdapter)?
    private let passage: any ChatStreamPassage & Sendable
    private let whole: PassedStream

    init(_ wire: ChatWire, of bytes: [UInt8], from upstream: (any PassingAdapter)? = nil) {
        self.bytes = bytes
        self.upstream = upstream
        passage =
            switch wire {
            case .anthropicMessages, .anthropicTokenCount: AnthropicStreamPassage()
            case .openAIResponses: ResponsesStreamPassage()
            case .openAIChat, .openAIEmbeddings: OpenAIStreamPassage(passesUsage: false)
            }
        whole = PassedStream(of: [bytes[...]], outOf: upstream?.unframer, through: passage)
    }

    var count: Int { bytes.count }

    func compare(_ cuts: [Int]) throws {
        let split = PassedStream(of: Pieces(of: bytes, cuts), outOf: upstream?.unframer, through: passage)
        try check(split == whole, "What passes depends on the split at \(cuts).")
    }
}

/// Bytes cut at sorted places.
private struct Pieces: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let cuts: [Int]
    private var start = 0
    private var count = 0

    init(of bytes: [UInt8], _ cuts: [Int]) {
        self.bytes = bytes
        self.cuts = cuts
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard count <= cuts.count else { return nil }
        let end = count < cuts.count ? cuts[count] : bytes.count
        defer {
            start = end
            count += 1
        }
        return bytes[start..<end]
    }
}
