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
