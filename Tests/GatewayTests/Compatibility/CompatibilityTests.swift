import Foundation
import Testing
import Wire

/// Every feature of every upstream on every surface, over HTTP and against the simulator.
@Suite(.gateway) struct CompatibilityTests {
    private static let outcomes = CompatibilityOutcomes()
    private let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    @Test(arguments: CompatibilityCase.all)
    func `a feature works whole and streamed, or is refused before anything is sent`(
        tried: CompatibilityCase
    ) async throws {
        _ = try await Self.outcomes.outcome(of: tried, through: gateway)
    }

    /// `NORTHERN_WRITE_TABLES=1` writes the tables instead.
    @Test func `the tables of the documentation say what works`() async throws {
        var tables: [ChatSurface: CompatibilityTable] = [:]
        for tried in CompatibilityCase.all {
            // A case that fails is told by its own test.
            guard let outcome = try? await Self.outcomes.outcome(of: tried, through: gateway) else { continue }
            tables[tried.surface, default: CompatibilityTable()].add(outcome, of: tried)
        }
        let written = try CompatibilityPage()
        var page = written
        for (surface, table) in tables { try page.put(table.lines, under: surface.rawValue) }
        if ProcessInfo.processInfo.environment["NORTHERN_WRITE_TABLES"] == "1" { return try page.save() }
        #expect(
            page.text == written.text,
            "Run `NORTHERN_WRITE_TABLES=1 swift test --filter CompatibilityTests`, and look at what it changed.")
    }
}
