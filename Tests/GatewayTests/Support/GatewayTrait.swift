import Gateway
import ProviderSimulator
import Testing

/// Gives all tests of a suite one gateway, which is started before the first and stopped after the last.
struct GatewayTrait: SuiteTrait, TestScoping {
    let options: TestGateway.Options

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let gateway = try await TestGateway.start(options)
        try await TestGateway.$shared.withValue(gateway) { try await function() }
        try await eventually("no request is left over") {
            try await gateway.server.counters().activeRequests == 0 && gateway.simulator.stats().active == 0
        }
        try await gateway.stop()
    }
}

extension Trait where Self == GatewayTrait {
    static var gateway: GatewayTrait { GatewayTrait(options: TestGateway.Options()) }

    static func gateway(_ change: (inout TestGateway.Options) -> Void) -> GatewayTrait {
        var options = TestGateway.Options()
        change(&options)
        return GatewayTrait(options: options)
    }
}

extension TestGateway {
    @TaskLocal fileprivate static var shared: TestGateway?

    /// The gateway of the suite that is running.
    static var ofSuite: TestGateway {
        get throws { try #require(shared, "The suite lacks the trait .gateway") }
    }
}

/// Gives a test a gateway of its own, for what must not be mixed with other tests' requests.
func withGateway(
    _ change: (inout TestGateway.Options) -> Void = { _ in }, _ body: (TestGateway) async throws -> Void
) async throws {
    var options = TestGateway.Options()
    change(&options)
    let gateway = try await TestGateway.start(options)
    do {
        try await body(gateway)
    } catch {
        try? await gateway.stop()
        throw error
    }
    try await gateway.stop()
}

/// Waits until something has happened that nobody tells us of, looking every few milliseconds. Gives up after
/// a minute, which only a machine with much else to do comes near.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(60)
    while try await !condition() {
        guard clock.now < end else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(3))
    }
}
