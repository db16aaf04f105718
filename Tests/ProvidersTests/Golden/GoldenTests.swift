import Testing
import Wire

@testable import Providers

@Suite struct GoldenTests {
    static let cases = try? GoldenCase.all(of: ["openai", "azure", "compatible", "cohere"])

    @Test func `there are cases on file`() {
        #expect((Self.cases ?? []).count > 180)
    }

    @Test(arguments: cases ?? []) func `an exchange comes out as it is on file`(_ golden: GoldenCase) throws {
        let outcome = try golden.outcome()
        for member in ["upstream_request", "refusal", "client_reply", "fault"] {
            let expected = golden.json[member] ?? .null
            #expect((outcome[member] ?? .null).text(.sorted) == expected.text(.sorted), "\(member)")
        }
    }

    @Test(arguments: (cases ?? []).filter { $0.isStreamed })
    func `a stream gives the same events however it is cut`(_ golden: GoldenCase) throws {
        let client = try GoldenClient(try #require(golden.json["client"]))
        let adapter = try golden.adapter()
        let bytes = golden.replyBytes
        let whole = GoldenCase.read(bytes, by: adapter.reader(for: client.chat))
        var chance = Chance(seed: 1)
        for _ in 0..<200 {
            let cuts = (0..<chance.below(24)).map { _ in chance.below(bytes.count + 1) }.sorted()
            let cut = GoldenCase.read(bytes, by: adapter.reader(for: client.chat), cuts: cuts)
            #expect(cut.events == whole.events && cut.fault == whole.fault, "cut at \(cuts)")
        }
        let bytewise = GoldenCase.read(bytes, by: adapter.reader(for: client.chat), cuts: Array(1..<bytes.count))
        #expect(bytewise.events == whole.events && bytewise.fault == whole.fault)
    }

    /// Wherever a stream ends early, it is not told as complete.
    @Test(arguments: (cases ?? []).filter { $0.isStreamed && $0.json["fault"] == nil })
    func `a stream that ends early is never whole`(_ golden: GoldenCase) throws {
        let client = try GoldenClient(try #require(golden.json["client"]))
        let adapter = try golden.adapter()
        let bytes = golden.replyBytes
        let whole = GoldenCase.read(bytes, by: adapter.reader(for: client.chat)).events
        for end in 0..<bytes.count {
            let cut = GoldenCase.read(Array(bytes[..<end]), by: adapter.reader(for: client.chat))
            guard cut.fault == nil else { continue }
            // Without a fault nothing may be missing but counts that come behind the finish.
            let missing = whole.filter { event in if case .usage = event { false } else { !cut.events.contains(event) }
            }
            #expect(missing.isEmpty, "cut at \(end)")
        }
    }
}

/// The same numbers on each run, so that a failure can be met again (xorshift64*).
struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// From 0 to one less than the bound.
    mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
}
