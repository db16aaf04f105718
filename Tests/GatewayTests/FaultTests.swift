import NIOCore
import Pipeline
import ProviderSimulator
import Testing
import Upstream
import Wire

/// What goes wrong before anything of a reply has gone to the caller.
@Suite(.gateway) struct FaultTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    struct Fault: Sendable {
        let marker: String
        let status: Int
        let code: String
        let cause: String
        /// What the upstream said; nil where its reply broke.
        var upstreamStatus: Int?

        static let all = [
            Fault(marker: "status 400", status: 400, code: "upstream_rejected", cause: "request", upstreamStatus: 400),
            Fault(marker: "status 401", status: 502, code: "upstream_error", cause: "account", upstreamStatus: 401),
            Fault(marker: "status 403", status: 502, code: "upstream_error", cause: "account", upstreamStatus: 403),
            Fault(marker: "status 404", status: 502, code: "upstream_error", cause: "missing", upstreamStatus: 404),
            Fault(marker: "status 408", status: 504, code: "upstream_timeout", cause: "timeout", upstreamStatus: 408),
            Fault(marker: "status 429", status: 429, code: "rate_limit_exceeded", cause: "limit", upstreamStatus: 429),
            Fault(marker: "status 500", status: 502, code: "upstream_error", cause: "upstream", upstreamStatus: 500),
            Fault(
                marker: "status 503", status: 503, code: "upstream_unavailable", cause: "unavailable",
                upstreamStatus: 503),
            Fault(
                marker: "context-length", status: 400, code: "context_length_exceeded", cause: "context_length",
                upstreamStatus: 400),
            Fault(marker: "html", status: 502, code: "upstream_error", cause: "upstream", upstreamStatus: 502),
        ]
    }

    @Test(arguments: Family.allCases, Fault.all)
    func `an upstream's refusal keeps its meaning`(family: Family, fault: Fault) async throws {
        let marker = "[[sim:\(fault.marker)]]"
        for call in [gateway.chat(family, marker), gateway.stream(family, marker)] {
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == fault.status)
            #expect(reply["content-type"] == "application/json")
            let error = try #require(try reply.json["error"])
            #expect(error.object?.members.map(\.key) == ["message", "type", "param", "code"])
            #expect(error["code"] == .string(fault.code))
            #expect(error["message"]?.string?.isEmpty == false)

            let record = try await gateway.record(of: reply)
            #expect(record["state"] == "closed")
            #expect(record["outcome"] == "failed")
            #expect(record["status"]?.int == fault.status)
            #expect(record["error"] == .string(fault.code))
            let attempt = try #require(record["attempts"]?[0])
            #expect(attempt["failure"] == .string(fault.cause))
            #expect(attempt["status"]?.int == fault.upstreamStatus)
            #expect(attempt["address"]?.string == "127.0.0.1:\(gateway.simulator.port)")
        }
    }

    @Test(arguments: Family.allCases)
    func `an overloaded upstream is told as such`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:status 529]]"))
        // Only Anthropic and servers of the OpenAI wire use this number; for the others it is an error like any.
        let isKnown = family == .anthropic || Family.passedOn.contains(family)
        #expect(reply.status == (isKnown ? 503 : 502))
        #expect(try reply.errorCode == (isKnown ? "upstream_unavailable" : "upstream_error"))
    }

    @Test(arguments: Family.allCases)
    func `how long to wait is passed on`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:status 429 retry-after 7]]"))
        #expect(reply.status == 429)
        #expect(reply["retry-after"] == "7")
        #expect(try reply.json["error"]?["type"] == "requests")
    }

    @Test(arguments: Family.allCases)
    func `the upstream's own words are kept, but for those on our credentials`(family: Family) async throws {
        let rejected = try await gateway.reply(to: gateway.chat(family, "[[sim:status 400]]"))
        #expect(try rejected.errorMessage.contains("A marker asked for this status."))
        let account = try await gateway.reply(to: gateway.chat(family, "[[sim:status 403]]"))
        #expect(try !account.errorMessage.contains("A marker asked for this status."))
    }

    @Test(arguments: Family.allCases)
    func `a whole reply that makes no sense is an error, not an empty answer`(family: Family) async throws {
        for marker in ["garbage", "headers-only"] {
            let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:\(marker)]]"))
            #expect(reply.status == 502)
            #expect(["upstream_error", "upstream_truncated"].contains(try reply.errorCode))
            let record = try await gateway.record(of: reply)
            #expect(record["outcome"] == "failed")
            #expect(record["attempts"]?[0]?["status"] == 200)
        }
    }

    @Test(arguments: Family.allCases)
    func `a stream that never begins is an error with a status`(family: Family) async throws {
        for marker in ["garbage", "headers-only"] {
            let reply = try await gateway.reply(to: gateway.stream(family, "[[sim:\(marker)]]"))
            #expect(reply.status == 502, "\(marker)")
            #expect(["upstream_error", "upstream_truncated"].contains(try reply.errorCode))
            #expect(try await gateway.record(of: reply)["outcome"] == "failed")
        }
    }

    @Test(arguments: Family.allCases)
    func `a whole reply that is cut off is an error`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.chat(family, "[[sim:words 50]][[sim:cut 1]]"))
        #expect(reply.status == 502)
        #expect(try reply.errorCode == "upstream_unreachable")
        #expect(try await gateway.record(of: reply)["attempts"]?[0]?["failure"] == "connection")
    }

    @Test func `an upstream that nobody listens for is unreachable`() async throws {
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.unreachable, "hi"))
        #expect(reply.status == 502)
        #expect(try reply.errorCode == "upstream_unreachable")
        let record = try await gateway.record(of: reply)
        #expect(record["outcome"] == "failed")
        #expect(record["attempts"]?[0]?["address"] == nil && record["attempts"]?[0]?["sent_bytes"] == 0)
        #expect(record["attempts"]?[0]?["host"] == "127.0.0.1:1")
    }

    @Test func `a route whose credential isn't there yet sends nothing`() async throws {
        let tag = gateway.tag()
        let reply = try await gateway.reply(to: gateway.chat(TestRoute.withoutCredential, tag))
        #expect(reply.status == 503)
        #expect(try reply.errorCode == "upstream_unavailable")
        #expect(gateway.upstreamRequests(with: tag).isEmpty)
        #expect(try await gateway.record(of: reply)["outcome"] == "refused")
    }

    @Test func `an upstream that falls silent is given up`() async throws {
        try await withGateway {
            $0.replyTimeouts.firstByte = .milliseconds(1)
        } _: { gateway in
            // The gate is never opened.
            let reply = try await gateway.reply(to: gateway.chat(.compatible, "[[sim:gate 0 never]]"))
            #expect(reply.status == 504)
            #expect(try reply.errorCode == "upstream_timeout")
            try await eventually("the simulator is told") { gateway.simulator.stats().clientAborts == 1 }
        }
    }
}
