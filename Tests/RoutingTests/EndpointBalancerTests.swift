import Domain
import Routing
import TestSupport
import Testing

/// Which of a route's endpoints a request goes to.
@Suite struct EndpointBalancerTests {
    private let now = Timestamp(seconds: 1_795_413_600)

    private func balancer(_ weights: Int..., failures: Int = 1) -> Balancer {
        let endpoints = weights.enumerated().map { index, weight in
            WeightedEndpoint(Endpoint(isTLS: false, host: "h\(index)", port: 80, pathPrefix: ""), weight: weight)
        }
        return Balancer(EndpointBalancer(endpoints, breaker: CircuitBreaker.Settings(failures: failures, rest: 10)))
    }

    @Test func `idle endpoints get requests as their weights say`() throws {
        let balancer = balancer(1, 3, 6)
        var counts = [0, 0, 0]
        for _ in 0..<20_000 {
            let index = try #require(balancer.begin(at: now, after: []))
            counts[index] += 1
            balancer.ended(index, .answered, at: now)
        }
        for (count, share) in zip(counts, [2_000, 6_000, 12_000]) { #expect(abs(count - share) < share / 10) }
    }

    @Test func `requests that are under way spread as the weights say, exactly`() throws {
        let balancer = balancer(1, 3)
        var counts = [0, 0]
        for _ in 0..<400 {
            counts[try #require(balancer.begin(at: now, after: []))] += 1
        }
        #expect(counts == [100, 300])
    }

    @Test func `the least loaded one is next, whatever chance says`() throws {
        let balancer = balancer(1, 1, 1)
        for index in [0, 0, 1, 2, 2] { balancer.begin(index, at: now) }
        for _ in 0..<20 {
            #expect(balancer.begin(at: now, after: []) == 1)
            balancer.ended(1, .answered, at: now)
        }
    }

    @Test func `one that has failed this request is asked again only where there is no other`() {
        let balancer = balancer(1, 1_000, failures: 0)
        for _ in 0..<20 { #expect(balancer.begin(at: now, after: [1]) == 0) }
        #expect(balancer.hasOther(than: [1], at: now) && !balancer.hasOther(than: [0, 1], at: now))
        #expect(balancer.begin(at: now, after: [0, 1]) != nil)
    }

    @Test func `one that is left alone gets nothing, and with all of them so there is none`() {
        let balancer = balancer(1, 1)
        balancer.begin(0, at: now)
        #expect(balancer.ended(0, .failed, at: now))
        for _ in 0..<20 { #expect(balancer.begin(at: now, after: []) == 1) }
        #expect(balancer.openUntil(at: now) == nil && balancer.openUntil(0, at: now) == now.adding(seconds: 10))
        #expect(balancer.ended(1, .failed, at: now.adding(seconds: 3)))
        #expect(balancer.begin(at: now.adding(seconds: 4), after: []) == nil)
        #expect(balancer.openUntil(at: now.adding(seconds: 4)) == now.adding(seconds: 10))
        #expect(balancer.begin(at: now.adding(seconds: 10), after: []) == 0)
    }
}

/// One that can be changed within an expectation, with chance that is the same on each run.
private final class Balancer {
    private var balancer: EndpointBalancer
    private var random = SeededGenerator(seed: 7)

    init(_ balancer: EndpointBalancer) { self.balancer = balancer }

    func begin(at now: Timestamp, after tried: EndpointSet) -> Int? {
        balancer.begin(at: now, after: tried, draw: random.next())
    }

    func begin(_ index: Int, at now: Timestamp) { balancer.begin(index, at: now) }

    @discardableResult
    func ended(_ index: Int, _ outcome: EndpointBalancer.Outcome, at now: Timestamp) -> Bool {
        balancer.ended(index, outcome, at: now)
    }

    func hasOther(than tried: EndpointSet, at now: Timestamp) -> Bool { balancer.hasOther(than: tried, at: now) }
    func openUntil(at now: Timestamp) -> Timestamp? { balancer.openUntil(at: now) }
    func openUntil(_ index: Int, at now: Timestamp) -> Timestamp? { balancer.openUntil(index, at: now) }
}
