import Domain
import Gateway
import NIOCore
import Pipeline
import ProviderSimulator
import Routing
import Testing
import Wire

/// A route that fails for a moment is asked again; one that goes on failing is left alone.
@Suite struct RetryTests {
    private static let retries = RetryPolicy(limit: 2, firstWait: .milliseconds(1))

    private func failing(_ times: Int, _ status: Int, _ gateway: TestGateway, retryAfter: Int? = nil) -> String {
        let advice = retryAfter.map { " \($0)" } ?? ""
        return "[[sim:fail-times \(times) \(status) \(gateway.tag())\(advice)]][[sim:echo]]at last"
    }

    @Test(arguments: [429, 500, 503])
    func `a route is asked again before its fallback has its turn`(status: Int) async throws {
        try await withGateway {
            $0.retries = Self.retries
        } _: { gateway in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.withFallback, failing(2, status, gateway)))
            #expect(try reply.content == "at last")
            #expect(reply["x-ni-resolved-route"] == TestRoute.withFallback && reply["x-ni-attempts"] == "3")
            let attempts = try #require(try await gateway.record(of: reply)["attempts"]?.array)
            #expect(attempts.map { $0["route"]?.string } == Array(repeating: TestRoute.withFallback, count: 3))
            #expect(attempts.map { $0["status"]?.int } == [status, status, 200])
            #expect(try await gateway.server.counters().attempts == 3)
        }
    }

    @Test func `a fallback has its turn after the last of them, and tries of its own`() async throws {
        try await withGateway {
            $0.retries = Self.retries
        } _: { gateway in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.withFallback, failing(5, 503, gateway)))
            #expect(try reply.content == "at last")
            #expect(reply["x-ni-resolved-route"] == Family.compatible.route && reply["x-ni-attempts"] == "6")
        }
    }

    @Test func `without fallbacks the same route is still asked again, and all of it is listed`() async throws {
        try await withGateway {
            $0.retries = Self.retries
        } _: { gateway in
            let members: JSONObject = ["allow_fallbacks": false]
            let answered = gateway.chat(TestRoute.withFallback, failing(2, 503, gateway), members)
            #expect(try await gateway.reply(to: answered)["x-ni-attempts"] == "3")
            let failed = gateway.chat(TestRoute.withFallback, failing(9, 503, gateway), members)
            let reply = try await gateway.reply(to: failed)
            #expect(reply.status == 503 && reply["x-ni-attempts"] == "3" && reply["x-should-retry"] == "false")
            let attempts = try #require(try await gateway.record(of: reply)["attempts"]?.array)
            #expect(Set(attempts.map { $0["route"]?.string }) == [TestRoute.withFallback])
        }
    }

    @Test func `a wait that the provider asks for is waited for; one that is too long goes to the fallback`()
        async throws
    {
        try await withGateway {
            $0.retries = RetryPolicy(limit: 2, firstWait: .milliseconds(1), longestRetryAfter: .seconds(1))
        } _: { gateway in
            let short = try await gateway.reply(
                to: gateway.chat(TestRoute.withFallback, failing(1, 429, gateway, retryAfter: 1)))
            #expect(short["x-ni-resolved-route"] == TestRoute.withFallback && short["x-ni-attempts"] == "2")
            let long = try await gateway.reply(
                to: gateway.chat(TestRoute.withFallback, failing(1, 429, gateway, retryAfter: 2)))
            #expect(long["x-ni-resolved-route"] == Family.compatible.route && long["x-ni-attempts"] == "2")
            let told = try await gateway.reply(to: gateway.chat(.compatible, failing(1, 429, gateway, retryAfter: 60)))
            #expect(told.status == 429 && told["retry-after"] == "60" && told["x-ni-attempts"] == "1")
        }
    }

    @Test func `what is the caller's fault, or the account's, isn't asked again`() async throws {
        try await withGateway {
            $0.retries = Self.retries
        } _: { gateway in
            for status in [400, 401, 403, 404] {
                let reply = try await gateway.reply(to: gateway.chat(.compatible, failing(1, status, gateway)))
                #expect(reply.status >= 400 && reply["x-ni-attempts"] == "1", "\(status)")
            }
        }
    }

    @Test func `a caller that leaves while it is waited for has its record closed, and nothing more is sent`()
        async throws
    {
        try await withGateway {
            $0.retries = RetryPolicy(limit: 2, firstWait: .milliseconds(1), longestRetryAfter: .seconds(60))
        } _: { gateway in
            let tag = gateway.tag()
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.chat(.compatible, "[[sim:fail-times 9 503 \(tag) 60]]"))
            try await eventually("it was sent once") { gateway.upstreamRequests(with: tag).count == 1 }
            client.leave()
            try await eventually("the record is closed") {
                try await gateway.server.counters().outcomes[.cancelled] == 1
            }
            #expect(gateway.upstreamRequests(with: tag).count == 1)
        }
    }

    // MARK: Several endpoints

    private static let replicated = "local/replicated-ca"

    /// A route with endpoints at other ports before the simulator's own, where there is none that listens.
    private func withReplicas(
        at ports: [Int], _ breaker: CircuitBreaker.Settings = CircuitBreaker.Settings(failures: 0),
        retries: RetryPolicy = Self.retries, _ body: (TestGateway) async throws -> Void
    ) async throws {
        try await withGateway {
            $0.retries = retries
            $0.bindings = { port in
                var route = TestRoute(Self.replicated, .compatible, port: ports.first ?? port)
                route.otherPorts = ports.dropFirst() + [port]
                route.breaker = breaker
                return [try route.binding().binding]
            }
        } _: { gateway in
            try await body(gateway)
        }
    }

    @Test func `an endpoint that can't be reached costs no request: another of the route's serves it at once`()
        async throws
    {
        // A wait would last longer than the test.
        let retries = RetryPolicy(limit: 2, firstWait: .seconds(3_600), longestWait: .seconds(3_600))
        try await withReplicas(at: [1], retries: retries) { gateway in
            var hosts: Set<String?> = []
            for _ in 0..<20 {
                let reply = try await gateway.reply(to: gateway.chat(Self.replicated, "[[sim:echo]]served"))
                #expect(try reply.content == "served")
                let attempts = try #require(try await gateway.record(of: reply)["attempts"]?.array)
                #expect(attempts.last?["host"] == .string("127.0.0.1:\(gateway.simulator.port)"))
                hosts.formUnion(attempts.map { $0["host"]?.string })
            }
            // Chance has led to both.
            #expect(hosts == ["127.0.0.1:1", "127.0.0.1:\(gateway.simulator.port)"])
        }
    }

    @Test func `after some failures nobody goes to the endpoint that can't be reached`() async throws {
        try await withReplicas(at: [1], CircuitBreaker.Settings(failures: 3, rest: 3_600)) { gateway in
            let client = try await TestClient.connect(to: gateway)
            var attempts = 0
            for _ in 0..<60 {
                try await client.send(gateway.chat(Self.replicated, "[[sim:echo]]served"))
                attempts += try #require(Int(try await client.reply()["x-ni-attempts"] ?? ""))
            }
            #expect(attempts == 63)
            #expect(try await gateway.server.counters().openedCircuits == 1)
        }
    }

    // MARK: Left alone

    private static let fragile = "local/fragile-ca"

    private func withFragileRoute(
        _ breaker: CircuitBreaker.Settings, fallbacks: [Route.ID] = [], port: Int? = nil,
        _ body: (TestGateway, TestClient) async throws -> Void
    ) async throws {
        try await withGateway {
            $0.bindings = {
                var route = TestRoute(Self.fragile, .compatible, port: port ?? $0, fallbacks: fallbacks)
                route.breaker = breaker
                return [try route.binding().binding]
            }
        } _: { gateway in
            // One connection is served by one event loop, and each has a count of its own.
            try await body(gateway, try await TestClient.connect(to: gateway))
        }
    }

    @Test func `a route that goes on failing is left alone, is tried again after a while, and serves again`()
        async throws
    {
        try await withFragileRoute(CircuitBreaker.Settings(failures: 3, rest: 100)) { gateway, client in
            func send(_ text: String) async throws -> TestReply {
                try await client.send(gateway.chat(Self.fragile, text))
                return try await client.reply()
            }
            for _ in 0..<3 { #expect(try await send("[[sim:status 503]]")["x-ni-attempts"] == "1") }

            let tag = gateway.tag()
            let refused = try await send(tag)
            #expect(refused.status == 503 && refused["x-ni-attempts"] == "0")
            #expect(try refused.errorCode == "upstream_unavailable")
            let wait = try #require(Int(refused["retry-after"] ?? ""))
            #expect(90...100 ~= wait)
            #expect(gateway.upstreamRequests(with: tag).isEmpty)
            let record = try await gateway.record(of: refused)
            #expect(record["outcome"] == "refused" && record["attempts"] == [])

            // A trial that fails has it left alone for twice as long.
            gateway.clock.pass(seconds: 100)
            #expect(try await send("[[sim:status 503]]")["x-ni-attempts"] == "1")
            gateway.clock.pass(seconds: 100)
            #expect(try await send("no")["x-ni-attempts"] == "0")
            gateway.clock.pass(seconds: 100)
            #expect(try await send("[[sim:echo]]back").content == "back")
            #expect(try await send("[[sim:echo]]again").content == "again")
            #expect(try await gateway.server.counters().openedCircuits == 2)
        }
    }

    @Test func `an answer that blames the caller or a limit doesn't have a route left alone`() async throws {
        try await withFragileRoute(CircuitBreaker.Settings(failures: 2, rest: 3_600)) { gateway, client in
            for status in [400, 401, 404, 429, 400, 401, 404, 429] {
                try await client.send(gateway.chat(Self.fragile, "[[sim:status \(status)]]"))
                #expect(try await client.reply()["x-ni-attempts"] == "1")
            }
        }
    }

    @Test func `a thousand requests during an outage are all served by the fallback that is permitted`() async throws {
        let breaker = CircuitBreaker.Settings(failures: 10, rest: 3_600)
        try await withFragileRoute(breaker, fallbacks: [Family.compatible.route], port: 1) { gateway, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let client = try await TestClient.connect(to: gateway)
                        for _ in 0..<100 {
                            try await client.send(gateway.chat(Self.fragile, "[[sim:echo]]served"))
                            let reply = try await client.reply()
                            #expect(try reply.content == "served")
                            #expect(reply["x-ni-resolved-route"] == Family.compatible.route)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let counters = try await gateway.server.counters()
            #expect(counters.outcomes == [.completed: 1_000])
            // Ten failures on each event loop, and those that were under way with the tenth.
            let most = gateway.server.loops.count * 20
            #expect(1_000 < counters.attempts && counters.attempts <= 1_000 + most)
        }
    }

    // MARK: Time

    private static let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    private static let event =
        #"data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"so"},"finish_reason":null}]}"# + "\n\n"

    private func sendToSlow(
        _ beginning: String, _ change: @escaping @Sendable (inout TestGateway.Options) -> Void
    ) async throws -> (reply: TestReply, record: JSON) {
        let upstream = try await RawUpstream.start([[.begin(Array(beginning.utf8))]])
        var found: (TestReply, JSON)?
        try await withGateway {
            $0.routes = [TestRoute(TestRoute.raw, .compatible, port: upstream.port)]
            change(&$0)
        } _: { gateway in
            let reply = try await gateway.reply(to: gateway.stream(TestRoute.raw, "hi"))
            found = (reply, try await gateway.record(of: reply))
        }
        try await upstream.stop()
        return try #require(found)
    }

    @Test func `an upstream that is silent is told apart from one that only keeps its stream open`() async throws {
        let dead = try await sendToSlow(Self.head) { $0.replyTimeouts.silence = .milliseconds(1) }
        #expect(dead.reply.status == 504)
        #expect(dead.record["attempts"]?[0]?["failure"] == "timeout")
        let stalled = try await sendToSlow(Self.head + ": keep-alive\n\n") {
            $0.replyTimeouts.firstToken = .milliseconds(1)
        }
        #expect(stalled.reply.status == 504)
        #expect(try stalled.reply.errorCode == "upstream_timeout")
        #expect(stalled.record["attempts"]?[0]?["failure"] == "stalled")
    }

    @Test func `a stream that stalls after it has begun ends with an error`() async throws {
        let stalled = try await sendToSlow(Self.head + Self.event) { $0.replyTimeouts.stall = .milliseconds(1) }
        #expect(stalled.reply.status == 200 && !stalled.reply.isDone)
        #expect(try stalled.reply.streamError != nil)
        #expect(stalled.record["outcome"] == "failed" && stalled.record["attempts"]?[0]?["failure"] == "stalled")
    }

    @Test func `a request that takes too long in all ends, whatever could still be tried`() async throws {
        let expired = try await sendToSlow(Self.head + Self.event) { $0.replyTimeouts.total = .milliseconds(1) }
        #expect(expired.record["attempts"]?[0]?["failure"] == "timeout")
        try await withGateway {
            $0.replyTimeouts.total = .milliseconds(1)
            $0.retries = RetryPolicy(limit: 9, firstWait: .milliseconds(1), longestRetryAfter: .seconds(3_600))
        } _: { gateway in
            let reply = try await gateway.reply(
                to: gateway.chat(TestRoute.withFallback, failing(9, 503, gateway, retryAfter: 3_600)))
            #expect(reply.status == 504)
            #expect(try await gateway.record(of: reply)["attempts"]?.array?.count == 1)
        }
    }

    @Test func `a caller's stream is kept open as long as the upstream keeps its own open`() async throws {
        let upstream = try await RawUpstream.start([[.begin(Array((Self.head + ": keep-alive\n\n").utf8))]])
        try await withGateway {
            $0.routes = [TestRoute(TestRoute.raw, .compatible, port: upstream.port)]
            $0.pingInterval = .zero
        } _: { gateway in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(TestRoute.raw, "hi"))
            // Nothing was said yet.
            let head = try await client.head()
            #expect(head.status == 200 && head["x-ni-resolved-route"] == TestRoute.raw)
            #expect(try await client.nextBytes() == ": ping\n\n")
            try await upstream.push(Self.event)
            #expect(try await client.event() != nil)
        }
        try await upstream.stop()
    }

    @Test func `comments before the first event leave the way to a fallback open`() async throws {
        let upstream = try await RawUpstream.start([[.begin(Array((Self.head + ": keep-alive\n\n").utf8))]])
        try await withGateway {
            $0.routes = [
                TestRoute(TestRoute.raw, .compatible, port: upstream.port, fallbacks: [Family.compatible.route])
            ]
            $0.replyTimeouts.firstToken = .milliseconds(1)
        } _: { gateway in
            let reply = try await gateway.reply(to: gateway.stream(TestRoute.raw, "[[sim:echo]]instead"))
            #expect(try reply.streamedText == "instead")
            #expect(reply["x-ni-resolved-route"] == Family.compatible.route)
        }
        try await upstream.stop()
    }
}
