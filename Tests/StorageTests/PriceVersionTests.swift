import Domain
import GRDB
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct PriceVersionTests {
    let directory = TemporaryDirectory()

    private func version(_ id: String, of route: String = "a", at seconds: Int64) -> PriceVersion {
        PriceVersion(
            id: id, route: route, sha256: "00", firstInForce: .test.adding(seconds: seconds), source: "own.yaml",
            prices: "{}")
    }

    @Test func `a version of prices keeps the day that it came into force on, however often the gateway starts`() throws
    {
        let store = try Store(directory)
        try store.keep([version("p-1", at: 0), version("p-1", of: "b", at: 0)])
        try store.keep([version("p-2", at: 10)])
        try store.keep([version("p-1", at: 20), version("p-2", at: 20)])
        let versions = try Store(directory).priceVersions()
        #expect(versions.map(\.route) == ["a", "a", "b"] && versions.map(\.id) == ["p-1", "p-2", "p-1"])
        #expect(versions.map { $0.firstInForce.seconds - Timestamp.test.seconds } == [0, 10, 0])
    }
}
