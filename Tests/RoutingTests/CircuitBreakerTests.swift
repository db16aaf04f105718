import Domain
import Routing
import Testing

/// An endpoint that has failed too often in a row is left alone.
@Suite struct CircuitBreakerTests {
    private let breaker = Breaker(CircuitBreaker.Settings(failures: 3, rest: 10, longestRest: 35))
    private let start = Timestamp(seconds: 1_795_413_600)

    private func at(_ seconds: Int64) -> Timestamp { start.adding(seconds: seconds) }

    /// Begins a request and has it fail.
    private func fail(at seconds: Int64) -> Bool {
        breaker.began(at: at(seconds))
        return breaker.failed(at: at(seconds))
    }

    @Test func `failures in a row open it, and a success between them starts the count anew`() {
        #expect(!fail(at: 0) && !fail(at: 0))
        breaker.succeeded()
        #expect(!fail(at: 1) && !fail(at: 1))
        #expect(breaker.admits(at: at(1)) && breaker.openUntil(at: at(1)) == nil)
        #expect(fail(at: 2))
        #expect(!breaker.admits(at: at(2)) && breaker.openUntil(at: at(2)) == at(12))
    }

    @Test func `after its rest one request tries it, and none beside that one`() {
        while !fail(at: 0) {}
        #expect(!breaker.admits(at: at(9)) && breaker.admits(at: at(10)))
        breaker.began(at: at(10))
        #expect(!breaker.admits(at: at(11)))
        breaker.succeeded()
        #expect(breaker.admits(at: at(11)))
        #expect(!fail(at: 12))
    }

    @Test func `each trial that fails doubles the rest, up to the longest`() {
        while !fail(at: 0) {}
        var now: Int64 = 0
        for rest: Int64 in [10, 20, 35, 35] {
            #expect(!breaker.admits(at: at(now + rest - 1)))
            now += rest
            #expect(breaker.admits(at: at(now)))
            #expect(fail(at: now))
        }
    }

    @Test func `a success after a trial closes it for good: the next rest is the shortest again`() {
        while !fail(at: 0) {}
        #expect(fail(at: 10))
        breaker.began(at: at(30))
        breaker.succeeded()
        while !fail(at: 31) {}
        #expect(breaker.openUntil(at: at(31)) == at(41))
    }

    @Test func `a trial that tells nothing leaves its place to another`() {
        while !fail(at: 0) {}
        breaker.began(at: at(10))
        breaker.learnedNothing()
        #expect(breaker.admits(at: at(10)))
        breaker.began(at: at(10))
        // Nobody has heard of this one for as long as the rest.
        #expect(!breaker.admits(at: at(19)) && breaker.admits(at: at(20)))
    }

    @Test func `a clock that is set back doesn't keep it open for longer`() {
        while !fail(at: 0) {}
        #expect(breaker.admits(at: at(-3_600)))
    }

    @Test func `failures of requests that had begun before it opened don't count`() {
        while !fail(at: 0) {}
        #expect(!breaker.failed(at: at(5)))
        #expect(breaker.admits(at: at(10)))
    }

    @Test func `without a limit it never opens`() {
        let breaker = Breaker(CircuitBreaker.Settings(failures: 0))
        for _ in 0..<1_000 { #expect(!breaker.failed(at: at(0))) }
        #expect(breaker.admits(at: at(0)))
    }
}

/// One that can be changed within an expectation.
private final class Breaker {
    private var breaker: CircuitBreaker

    init(_ settings: CircuitBreaker.Settings) { breaker = CircuitBreaker(settings) }

    func admits(at now: Timestamp) -> Bool { breaker.admits(at: now) }
    func openUntil(at now: Timestamp) -> Timestamp? { breaker.openUntil(at: now) }
    func began(at now: Timestamp) { breaker.began(at: now) }
    func succeeded() { breaker.succeeded() }
    func failed(at now: Timestamp) -> Bool { breaker.failed(at: now) }
    func learnedNothing() { breaker.learnedNothing() }
}
