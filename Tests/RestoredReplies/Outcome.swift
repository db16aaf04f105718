import Fuzzing
import Providers
import TestSupport
import Wire

@testable import Pipeline
@testable import Privacy

/// What a caller gets of a stream, and the texts that its pieces make.
struct Outcome: Equatable, Sendable {
    private let bytes: [UInt8]
    private let fault: UpstreamFault?
    private let channels: [TextChannel: [UInt8]]
    /// Where in each text one event ends and the next begins.
    private let cuts: [TextChannel: [Int]]
    private let eventCount: Int

    /// - Parameter breaking: what breaks the stream off behind the last piece; nil: it ends.
    init(
        of pieces: [ArraySlice<UInt8>], _ relay: Relay, _ wire: ChatWire, breaking: UpstreamFault? = nil
    ) {
        var relay = relay
        var out: [UInt8] = []
        var fault: UpstreamFault?
        do throws(UpstreamFault) {
            for piece in pieces {
                try piece.withUnsafeBufferPointer { bytes throws(UpstreamFault) in
                    try relay.receive(UnsafeRawBufferPointer(bytes), into: &out)
                }
            }
            if let breaking { throw breaking }
            try relay.end(into: &out)
            out.append(contentsOf: relay.closing)
        } catch {
            fault = error
            relay.fail(
                ChatReplyError(status: 502, message: "It broke.", code: "upstream_error", parameter: nil, id: "1"),
                into: &out)
        }
        bytes = out
        self.fault = fault
        let collector = PieceCollector()
        var events = TextEvents(of: wire, for: collector)
        var ignored: [UInt8] = []
        out.withUnsafeBytes { events.receive($0, into: &ignored) }
        channels = collector.texts
        cuts = collector.cuts
        eventCount = Outcome.eventCount(of: out)
    }

    private static func eventCount(of bytes: [UInt8]) -> Int {
        bytes.indices.dropLast().count { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }
    }

    /// Words to be taken for stand-ins, the first of them such as an event's end cuts in two.
    func words(_ count: Int, _ chance: inout SeededGenerator) -> [[UInt8]] {
        var cut: [[UInt8]] = []
        var others: [[UInt8]] = []
        for (channel, text) in channels.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            let borders = cuts[channel] ?? []
            for word in Self.candidates(in: text) {
                let form = Array(text[word])
                if borders.contains(where: { word.lowerBound < $0 && $0 < word.upperBound }) {
                    cut.append(form)
                } else {
                    others.append(form)
                }
            }
        }
        var chosen: [[UInt8]] = []
        while chosen.count < count, !(cut.isEmpty && others.isEmpty) {
            let form =
                cut.isEmpty || chance.below(4) == 0 && !others.isEmpty
                ? others.remove(at: chance.below(others.count)) : cut.remove(at: chance.below(cut.count))
            if !chosen.contains(form) { chosen.append(form) }
        }
        return chosen
    }

    /// One to three words in a row. In JSON only those of values, and none that is a key somewhere.
    private static func candidates(in text: [UInt8]) -> [Range<Int>] {
        let isJSON = text.withUnsafeBufferPointer { JSONEscapes.isBeginning($0) } == true
        let words = WordBorder.words(of: text)
        guard !isJSON else {
            guard let json = try? JSON(parsing: text) else { return [] }
            let (keys, values) = json.texts
            return words.filter { word in
                let form = String(decoding: text[word], as: UTF8.self)
                return values.contains { $0.contains(form) } && !keys.contains { $0.contains(form) }
                    && form.contains { $0.isLetter }
                    && !["true", "false", "null", "n", "t", "r", "b", "f"].contains(form)
                    && !text[word].contains(UInt8(ascii: "u"))
            }
        }
        return words.indices.flatMap { first in
            (0..<3).compactMap { more in
                words.indices.contains(first + more)
                    ? words[first].lowerBound..<words[first + more].upperBound : nil
            }
        }
    }

    /// Holds the texts against what becomes of the same ones when they are whole.
    ///
    /// - Throws: ``Disagreement``
    func check(against plain: Outcome, _ restoration: Restoration?) throws {
        try Fuzzing.check(fault == plain.fault, "It fails otherwise.")
        try Fuzzing.check(
            Set(channels.keys) == Set(plain.channels.keys), "Texts are lost: \(plain.channels.keys), \(channels.keys)")
        for (channel, text) in plain.channels {
            var expected: [UInt8] = []
            text.withUnsafeBufferPointer { restoration?.restore($0, into: &expected) }
            let got = channels[channel] ?? []
            try Fuzzing.check(
                got == expected,
                "\(String(decoding: got, as: UTF8.self)) in place of \(String(decoding: expected, as: UTF8.self))")
            let isJSON = text.withUnsafeBufferPointer { JSONEscapes.isBeginning($0) } == true
            if isJSON, (try? JSON(parsing: text)) != nil {
                try Fuzzing.check(
                    (try? JSON(parsing: got)) != nil, "No longer JSON: \(String(decoding: got, as: UTF8.self))")
            }
        }
        try Fuzzing.check(
            eventCount * 10 >= plain.eventCount * 9, "\(eventCount) events of \(plain.eventCount) come out.")
    }
}

/// Puts the texts of a stream together.
private final class PieceCollector: PieceVisitor {
    var texts: [TextChannel: [UInt8]] = [:]
    var cuts: [TextChannel: [Int]] = [:]
    let heldChannels: [TextChannel] = []

    func takeHeld(of channel: TextChannel) -> [UInt8] { [] }

    func visit(_ text: FoundText) -> [UInt8]? { nil }

    func visit(piece: UnsafeBufferPointer<UInt8>, of channel: TextChannel, isLast: Bool) -> [UInt8]? {
        texts[channel, default: []] += piece
        cuts[channel, default: []].append(texts[channel]?.count ?? 0)
        return nil
    }
}

extension JSON {
    /// All keys, and all texts that are values.
    fileprivate var texts: (keys: [String], values: [String]) {
        switch self {
        case .string(let text): ([], [text])
        case .array(let elements):
            elements.reduce(into: ([], [])) { texts, element in
                texts.keys += element.texts.keys
                texts.values += element.texts.values
            }
        case .object(let object):
            object.members.reduce(into: ([], [])) { texts, member in
                texts.keys += [member.key] + member.value.texts.keys
                texts.values += member.value.texts.values
            }
        default: ([], [])
        }
    }
}
