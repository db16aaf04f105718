import Foundation
import Fuzzing
import RestoredReplies
import Testing

/// However a recorded stream is split on its way, the same originals come out of it, and as of the whole reply.
/// `scripts/check-splits` tries many more splits, and every byte.
@Suite struct RestoredReplyTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "ProvidersTests/Fixtures")

    private static let exchanges = (try? RecordedExchange.all(in: fixtures).filter(\.isStreamed)) ?? []

    @Test(arguments: exchanges.indices)
    func `the same is restored however a stream is split`(_ index: Int) throws {
        let exchange = Self.exchanges[index]
        do {
            let reply = try RestoredReply(exchange, seed: UInt64(index))
            try reply?.run(10, everyByte: false, seed: UInt64(index))
        } catch {
            Issue.record("\(exchange): \(error)")
        }
    }

    @Test func `nearly all recorded streams hold something to restore`() throws {
        let all = try Self.exchanges.compactMap { try RestoredReply($0, seed: 1) }
        #expect(all.count >= 100)
    }
}
