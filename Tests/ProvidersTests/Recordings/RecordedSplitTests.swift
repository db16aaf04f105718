import Foundation
import Fuzzing
import Testing

/// However a recorded reply is split on its way, the same comes out. `scripts/check-splits` tries many more splits.
@Suite struct RecordedSplitTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    private static let checks: [(RecordedExchange, SplitCheck)] =
        (try? RecordedExchange.all(in: fixtures).compactMap { exchange in
            try SplitCheck(exchange).map { (exchange, $0) }
        }) ?? []

    @Test func `all that is on file is split`() {
        #expect(Self.checks.count { $0.0.isStreamed } >= 130 && Self.checks.count >= 270)
        let providers = Set(Self.checks.map { $0.0.provider })
        #expect(providers.count == 9)
    }

    @Test(arguments: checks.indices)
    func `the same comes out however a reply is split`(_ index: Int) throws {
        let (exchange, check) = Self.checks[index]
        do { try check.run(20, seed: UInt64(index)) } catch { Issue.record("\(exchange): \(error)") }
    }
}
