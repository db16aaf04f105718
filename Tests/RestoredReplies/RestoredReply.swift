import Domain
package import Fuzzing
import Providers
import TestSupport
import Wire

@testable import Pipeline
@testable import Privacy

/// Whether a recorded stream is restored alike however its bytes are split on their way, and as a whole reply would be.
///
/// Words of the recording are taken for stand-ins, so that they stand as the provider has cut them, of all texts, reasoning
/// and arguments. What they stand for is hard: quotes, accents, line breaks.
package struct RestoredReply: Sendable {
    private let scan: ChatScan
    private let chat: ChatRequest
    private let exchange: RecordedExchange
    private let body: [UInt8]
    private var restoration: Restoration?
    private var whole: Outcome

    /// Nil for an exchange without a stream to read, one that isn't whole, and one without a word.
    package init?(_ exchange: RecordedExchange, seed: UInt64) throws {
        guard exchange.isStreamed, let body = exchange.replyBytes, let chat = try? exchange.chat() else { return nil }
        self.exchange = exchange
        self.body = body
        self.chat = chat
        var request = exchange.request.object ?? [:]
        request["model"] = "route"
        scan = try JSON.object(request).bytes().withUnsafeBytes { try ChatScan($0, of: exchange.codec.wire) }
        whole = Outcome(of: [], try Self.relay(exchange, chat, scan, nil), exchange.codec.wire)
        let plain = try outcome(of: [body[...]], nil)
        var chance = SeededGenerator(seed: seed)
        let standIns = plain.words(12, &chance)
        guard !standIns.isEmpty else { return nil }
        var restoration = Restoration()
        for (index, word) in standIns.enumerated() {
            restoration.add(word, for: Array("\(Self.originals[index % Self.originals.count]) \(index)".utf8))
        }
        self.restoration = restoration
        whole = try outcome(of: [body[...]], restoration)
        try whole.check(against: plain, restoration)
    }

    private static let originals = [
        "Renée \"Zed\" O’Brien", "12, rue de l'Église\nMontréal", "C:\\Users\\José", "王伟", "Ann", "😀 Ægir \t Ünlü",
    ]

    private static func relay(
        _ exchange: RecordedExchange, _ chat: ChatRequest, _ scan: ChatScan, _ restoration: Restoration?
    ) throws -> Relay {
        let (route, codec) = (try exchange.route(), exchange.codec)
        guard let type = everyProvider.first(where: { $0.facts.id == route.provider }) else {
            throw Disagreement("There is no provider \(route.provider).")
        }
        let binding = try RouteBinding(
            route: route, adapter: type, settings: ProviderSettings(exchange.settings),
            credential: CredentialSlot(Credential.none), gateway: .anywhere)
        let endpoint = binding.endpoint(0)
        let passes = endpoint.edits(passing: codec.wire) != nil
        return Relay(
            for: scan, reading: passes ? nil : (chat, endpoint.adapter.reader(for: chat)), from: endpoint, codec: codec,
            restorer: restoration.map { ReplyRestorer($0, of: codec.wire) },
            identity: ChatReplyIdentity(id: "x", created: 0, model: route.id))
    }

    private func outcome(
        of pieces: [ArraySlice<UInt8>], _ restoration: Restoration?, breaking fault: UpstreamFault? = nil
    ) throws -> Outcome {
        Outcome(
            of: pieces, try Self.relay(exchange, chat, scan, restoration), exchange.codec.wire, breaking: fault)
    }

    /// Splits at places that a seed decides on, so many times; then at each byte in two, and at all of them at once.
    ///
    /// - Parameter everyByte: whether it is split in two at each byte, too.
    /// - Throws: ``Disagreement``
    package func run(_ count: Int, everyByte: Bool, seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        for _ in 0..<count {
            try compare((0..<1 + chance.below(16)).map { _ in chance.below(body.count + 1) }.sorted())
        }
        if everyByte { for cut in body.indices { try compare([cut]) } }
        try compare(Array(body.indices))
        for _ in 0..<min(count, 20) { try breakOff(at: chance.below(body.count + 1)) }
    }

    private func compare(_ cuts: [Int]) throws {
        let ends = cuts + [body.count]
        let pieces = zip([0] + cuts, ends).map { body[$0..<$1] }
        let split = try outcome(of: pieces, restoration)
        try check(split == whole, "What is restored depends on the split at \(cuts).")
    }

    /// A stream that breaks off loses nothing of what came before, and has no end.
    private func breakOff(at end: Int) throws {
        let fault = UpstreamFault.truncated("it")
        let before = try outcome(of: [body[..<end]], nil, breaking: fault)
        let restored = try outcome(of: [body[..<end]], restoration, breaking: fault)
        try restored.check(against: before, restoration)
    }
}
