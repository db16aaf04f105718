import Domain
import Routing
import TestSupport
import Testing

/// Where a request goes after a failure.
@Suite struct AttemptPlanTests {
    private func plan(_ policy: RetryPolicy = RetryPolicy(), fallbacks: [Route.ID] = ["b"]) throws -> Plan {
        let routes = [try RoutingFixture.route("a", fallbacks: fallbacks), try RoutingFixture.route("b")]
        let catalog = RouteCatalog(routes)
        let key = RoutingFixture.key()
        let clearance = try key.clearance(for: routes[0], demanding: nil, in: catalog, on: RoutingFixture.today)
        let plan = FallbackPlan(
            clearance, allowsFallbacks: true, demanding: nil, in: catalog, on: RoutingFixture.today)
        return Plan(AttemptPlan(plan, policy))
    }

    @Test func `a moment's failure has the same route asked again, then the next`() throws {
        let plan = try plan(RetryPolicy(limit: 2, firstWait: .zero))
        for _ in 0..<2 {
            #expect(plan.move(after: .anotherTry(after: nil), hasOther: false, draw: 1) == .again(after: .zero))
            #expect(plan.clearance?.route.id == "a")
        }
        #expect(plan.move(after: .anotherTry(after: nil), hasOther: false, draw: 1) == .nextRoute)
        #expect(plan.clearance?.route.id == "b")
        // The next route has tries of its own.
        for _ in 0..<2 {
            #expect(plan.move(after: .anotherTry(after: nil), hasOther: false, draw: 1) == .again(after: .zero))
        }
        #expect(plan.move(after: .anotherTry(after: nil), hasOther: false, draw: 1) == nil)
    }

    @Test func `what would fail anywhere ends it, and what would fail here goes on to the next route`() throws {
        let plan = try plan()
        #expect(plan.move(after: .nothing, hasOther: true, draw: 1) == nil)
        #expect(plan.move(after: .anotherRoute, hasOther: true, draw: 1) == .nextRoute)
        #expect(plan.move(after: .anotherRoute, hasOther: true, draw: 1) == nil)
    }

    @Test func `a dead connection is replaced once, at once; the second time it is a failure like any other`() throws {
        let plan = try plan(RetryPolicy(limit: 1, firstWait: .zero))
        #expect(plan.move(after: .anotherConnection, hasOther: false, draw: 1) == .reconnect)
        #expect(plan.move(after: .anotherConnection, hasOther: false, draw: 1) == .again(after: .zero))
        #expect(plan.move(after: .anotherConnection, hasOther: false, draw: 1) == .nextRoute)
    }

    @Test func `an upstream's wish is waited for, and one that is too long isn't`() throws {
        let plan = try plan(RetryPolicy(limit: 9, firstWait: .milliseconds(100), longestRetryAfter: .seconds(5)))
        guard case .again(let wait) = plan.move(after: .anotherTry(after: .seconds(5)), hasOther: false, draw: .max)
        else {
            Issue.record("It isn't asked again.")
            return
        }
        #expect(wait >= .seconds(5) && wait <= .milliseconds(5_100))
        #expect(plan.move(after: .anotherTry(after: .milliseconds(5_001)), hasOther: false, draw: 1) == .nextRoute)
    }

    @Test func `another endpoint isn't waited for, whatever the failed one wishes`() throws {
        let plan = try plan()
        #expect(plan.move(after: .anotherTry(after: .seconds(99)), hasOther: true, draw: .max) == .again(after: .zero))
    }

    @Test func `waits are spread from none to one that doubles, up to the longest`() throws {
        let policy = RetryPolicy(limit: 6, firstWait: .milliseconds(100), longestWait: .milliseconds(500))
        var random = SeededGenerator(seed: 11)
        var sums = [Duration](repeating: .zero, count: 6)
        let rounds = 2_000
        for _ in 0..<rounds {
            let plan = try plan(policy)
            for retry in 0..<6 {
                let move = plan.move(after: .anotherTry(after: nil), hasOther: false, draw: random.next())
                guard case .again(let wait) = move else { continue }
                #expect(wait >= .zero && wait <= min(.milliseconds(100 << retry), .milliseconds(500)))
                sums[retry] += wait
            }
        }
        // The middle of each span, within a tenth.
        for (sum, middle) in zip(sums, [50, 100, 200, 250, 250, 250]) {
            let mean = sum / rounds / .milliseconds(1)
            #expect(abs(mean - Double(middle)) < Double(middle) / 10)
        }
    }
}

/// One that can be changed within an expectation.
private final class Plan {
    private var plan: AttemptPlan

    init(_ plan: AttemptPlan) { self.plan = plan }

    var clearance: Clearance? { plan.clearance }

    func move(after remedy: AttemptPlan.Remedy, hasOther: Bool, draw: UInt64) -> AttemptPlan.Move? {
        plan.move(after: remedy, hasOther: hasOther, draw: draw)
    }
}
