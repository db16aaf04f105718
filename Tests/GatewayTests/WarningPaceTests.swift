import Domain
import Testing

@testable import Gateway

/// A warning that would come with every request.
@Suite struct WarningPaceTests {
    private static let start = Timestamp(seconds: 1_000)

    /// How many lines each warning about a route has left out, at some seconds after the start; nil for one without line.
    private func leftOut(_ warnings: [(kind: String, route: String, second: Int64)]) -> [Int?] {
        var pace = WarningPace()
        return warnings.map { pace.next(of: $0.kind, for: $0.route, at: Self.start.adding(seconds: $0.second)) }
    }

    @Test func `a minute has one line, and the next says how many it left out`() {
        let seconds: [Int64] = [0, 1, 30, 59, 60, 61, 300, 360]
        #expect(leftOut(seconds.map { ("model", "a", $0) }) == [0, nil, nil, nil, 3, nil, 1, 0])
    }

    @Test func `one route's warnings keep no other's back, nor those of another kind`() {
        let warnings: [(String, String, Int64)] = [
            ("model", "a", 0), ("model", "b", 0), ("region", "a", 0), ("model", "a", 1),
        ]
        #expect(leftOut(warnings) == [0, 0, 0, nil])
    }

    @Test func `a clock that was set back keeps nobody silent`() {
        #expect(leftOut([("model", "a", 0), ("model", "a", -3_600), ("model", "a", -3_599)]) == [0, 0, nil])
    }
}
