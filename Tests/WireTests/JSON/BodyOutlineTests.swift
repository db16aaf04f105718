import TestSupport
import Testing
import Wire

/// An outline against the text it is made of, in pieces of all sizes.
@Suite struct BodyOutlineTests {
    @Test(arguments: 0..<8) func `an outline is accepted and refused as the whole text is`(seed: UInt64) {
        var generator = LongTextGenerator(seed: seed)
        for round in 0..<150 {
            let whole = generator.body()
            let text = round % 3 == 0 ? whole : generator.broken(whole)
            let outline = generator.outline(of: text)
            let expected = Sent(text)
            #expect(Sent(outline, of: text) == expected, "\(seed) \(round)")
            if round % 3 == 0 { #expect(expected != nil && outline.isUsable, "\(seed) \(round)") }
        }
    }

    @Test func `a border may stand anywhere in a letter or an escape`() {
        let filling = String(repeating: "abc\\n", count: 500)
        let edge = #"é日🍁\ud83c\udf41\\\"\u00e9\/\\"#
        let text = Array(#"{"model":"a","messages":["\#(filling)\#(edge)\#(filling)"],"allow_fallbacks":true}"#.utf8)
        let start = #"{"model":"a","messages":[""#.utf8.count + filling.utf8.count
        for border in start - 4...start + edge.utf8.count + 4 {
            for next in [1, 2, 3, 5, 11, 12, 13, 40, 64, 65, 300] {
                var outline = BodyOutline(limit: 1 << 20)
                outline.take(text, [border, min(border + next, text.count)])
                #expect(Sent(outline, of: text) == Sent(text), "\(border) \(next)")
                #expect(outline.text.count < text.count)
            }
        }
    }

    @Test func `any byte that is wrong in a long string is found`() {
        let part = String(repeating: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ", count: 200)
        let text = Array(#"{"model":"a","messages":["\#(part)"]}"#.utf8)
        for byte in [0x00, 0x0A, 0x1F, 0x80, 0xC3, 0xFF, UInt8(ascii: "\\"), UInt8(ascii: "\"")] {
            for place in stride(from: 27, to: text.count - 3, by: 97) {
                var wrong = text
                wrong[place] = byte
                // A letter that makes no escape.
                wrong[place + 1] = UInt8(ascii: "x")
                var outline = BodyOutline(limit: 1 << 20)
                outline.take(wrong, Array(stride(from: 1000, to: text.count, by: 1000)))
                #expect(Sent(outline, of: wrong) == nil, "\(byte) \(place)")
            }
        }
    }

    @Test func `a large string costs little however it comes`() {
        let text = Array(#"{"model":"a","messages":[""#.utf8) + Array(repeating: UInt8(ascii: "A"), count: 1 << 20)
        let end = Array(#""]}"#.utf8)
        var outline = BodyOutline(limit: 8 << 10)
        outline.take(text + end, Array(stride(from: 65_000, to: text.count, by: 65_000)))
        #expect(outline.isUsable)
        #expect(outline.text.count < 3 << 10)
        #expect(outline.gaps.original(outline.text.count) == text.count + end.count)
        #expect(outline.gaps.original(0) == 0)
    }

    @Test func `too much of a text may remain for an outline`() {
        var outline = BodyOutline(limit: 4096)
        outline.take(Array("[\(Array(repeating: "\"short\"", count: 1000).joined(separator: ","))]".utf8), [])
        #expect(!outline.isUsable)
        #expect(outline.text.isEmpty)
    }
}

/// What is read from a body, and what an upstream would get.
private struct Sent: Equatable, SpliceEdits {
    var model: String
    var isStreamed: Bool
    var body: [UInt8] = []
    private var original: [UInt8]
    private var gaps: TextGaps

    init?(_ text: [UInt8]) { self.init(scanning: text, gaps: TextGaps(), original: text) }

    init?(_ outline: BodyOutline, of text: [UInt8]) {
        guard outline.isUsable else { return nil }
        self.init(scanning: outline.text, gaps: outline.gaps, original: text)
    }

    private init?(scanning text: [UInt8], gaps: TextGaps, original: [UInt8]) {
        guard let scan = try? text.withUnsafeBytes({ try ChatScan($0) }) else { return nil }
        (model, isStreamed, self.gaps, self.original) = (scan.model, scan.isStreamed, gaps, original)
        var edits = self
        text.withUnsafeBytes { scan.splice(PassageEdits(model: .replaced(by: "up")), of: $0, into: &edits) }
        self = edits
    }

    mutating func keep(_ range: Range<Int>) {
        body += original[gaps.original(range.lowerBound)..<gaps.original(range.upperBound)]
    }

    mutating func insert(_ bytes: [UInt8]) { body += bytes }

    static func == (left: Sent, right: Sent) -> Bool {
        left.model == right.model && left.isStreamed == right.isStreamed && left.body == right.body
    }
}

/// Makes chat requests with long strings in them, and breaks them there.
private struct LongTextGenerator {
    private var bodies: ChatBodyGenerator
    private var breaker: JSONTextGenerator
    private var random: SeededGenerator

    init(seed: UInt64) {
        bodies = ChatBodyGenerator(seed: seed)
        breaker = JSONTextGenerator(seed: seed)
        random = SeededGenerator(seed: seed)
    }

    private static let letters = [
        "a", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAf", "é", "日本", "🍁", #"\n"#, #"\""#, #"\\"#, #"\u00e9"#,
        #"\ud83c\udf41"#, #"\u65e5\u672c"#, " ", "{[,:", "plain words and more of them, ", #"\/"#,
    ]

    mutating func body() -> [UInt8] {
        let contents = (0..<1 + random.below(3)).map { _ in #"{"content":"\#(longString())","n":1}"# }
        let body = bodies.body().split(separator: "[{\"role\":\"user\",\"content\":\"héllo ]}\"}]", maxSplits: 1)
        return Array(body.joined(separator: "[\(contents.joined(separator: " , "))]").utf8)
    }

    /// Mostly of few sorts of letters, so that all ways to check them are gone.
    private mutating func longString() -> String {
        let sorts = (0..<1 + random.below(4)).map { _ in random.pick(Self.letters) }
        var text = ""
        let length = 2300 + random.below(3000)
        while text.utf8.count < length {
            text += random.isOneIn(100) ? random.pick(Self.letters) : random.pick(sorts)
        }
        return text
    }

    mutating func broken(_ text: [UInt8]) -> [UInt8] { breaker.broken(text) }

    mutating func outline(of text: [UInt8]) -> BodyOutline {
        var outline = BodyOutline(limit: 1 << 20)
        let sizes = random.pick([[1], [1, 2, 3, 7], [1, 60, 64, 200], [500, 1000], [1, 4000], [10_000]])
        var borders: [Int] = []
        var end = random.below(100)
        while end < text.count {
            borders.append(end)
            end += random.pick(sizes)
        }
        outline.take(text, borders)
        return outline
    }
}

extension BodyOutline {
    fileprivate mutating func take(_ text: [UInt8], _ borders: [Int]) {
        var start = 0
        for end in borders + [text.count] {
            text[start..<end].withUnsafeBytes { take($0) }
            start = end
        }
        finish()
    }
}
