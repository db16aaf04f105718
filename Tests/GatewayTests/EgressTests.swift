import Domain
import Gateway
import Logging
import NIOSSL
import ProviderSimulator
import Testing
import Upstream
import Wire

/// Nothing is sent to an address that isn't where the route says.
@Suite struct EgressTests {
    private static let route = "local/named-ca"
    private let loopback = ["127.0.0.0/8"]

    /// A gateway with a route to its simulator under a name, and what the resolver says of the name, answer by answer; the
    /// last one stays.
    private func withGateway(
        _ rule: EgressRule, answers: [[String]], catalogs: AddressCatalogs = AddressCatalogs(),
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        var options = TestGateway.Options()
        options.catalogs = catalogs
        options.resolver = ScriptedResolver(answers)
        options.bindings = { port in
            var route = TestRoute(Self.route, .compatible, port: port)
            route.host = "model.test"
            route.egress = rule
            return [try route.binding().binding]
        }
        let gateway = try await TestGateway.start(options)
        do {
            try await body(gateway)
        } catch {
            try await gateway.stop()
            throw error
        }
        try await gateway.stop()
    }

    private func rule(_ mode: EgressMode, declared: [String] = [], _ proof: AddressProof = .unpublished) -> EgressRule {
        EgressRule(mode: mode, proof: proof, declaredAddresses: declared.compactMap { IPPrefix($0) })
    }

    private func send(_ gateway: TestGateway, key: String? = nil) async throws -> TestReply {
        try await gateway.reply(to: gateway.chat(Self.route, "[[sim:echo]]hello", key: key))
    }

    @Test func `an address that was declared is connected to, and is evidence`() async throws {
        try await withGateway(rule(.enforce, declared: loopback), answers: [["127.0.0.1"]]) { gateway in
            for _ in 0..<2 {
                let reply = try await send(gateway)
                #expect(reply.status == 200 && reply["x-ni-evidence"] == "observed_network")
                let attempt = try await gateway.record(of: reply)["attempts"]?[0]
                #expect(attempt?["address_check"]?["result"] == "match")
                #expect(attempt?["address_check"]?["range"] == "127.0.0.0/8")
            }
        }
    }

    @Test(arguments: [
        [["192.0.2.1"]], [["127.0.0.1", "192.0.2.1"]], [["127.0.0.1", "2001:db8::1"]], [["::ffff:192.0.2.1"]],
    ])
    func `one address among a host's that isn't permitted, and nothing is sent`(answers: [[String]]) async throws {
        try await withGateway(rule(.enforce, declared: loopback), answers: answers) { gateway in
            let reply = try await send(gateway)
            #expect(reply.status == 403)
            #expect(try reply.json["error"]?["code"] == "residency_check_failed")
            #expect(gateway.simulator.requests().isEmpty)
            let record = try await gateway.record(of: reply)
            #expect(record["attempts"]?[0]?["failure"] == "residency")
            #expect(record["attempts"]?[0]?["address_check"]?["result"] == "mismatch")
            #expect(record["attempts"]?[0]?["address"] == nil && record["attempts"]?[0]?["sent_bytes"] == 0)
            #expect(record["attempts"]?[0]?["refused_address"] != nil)
            let drift = record["attempts"]?[0]?["drifts"]?[0]
            #expect(drift?["kind"] == "address" && drift?["expected"] == "montreal-1")
            #expect(drift?["seen"] == "not one of the declared addresses")
            #expect(try await gateway.server.counters().drifts == [.address: 1])
        }
    }

    @Test func `a resolver that changes its mind is believed neither time without a look`() async throws {
        try await withGateway(rule(.enforce, declared: loopback), answers: [["192.0.2.1"], ["127.0.0.1"]]) { gateway in
            let refused = try await send(gateway)
            let answered = try await send(gateway)
            #expect(refused.status == 403 && answered.status == 200)
            #expect(gateway.simulator.requests().count == 1)
        }
    }

    @Test func `what is only observed is sent and goes on record`() async throws {
        try await withGateway(rule(.observe, declared: ["192.0.2.0/24"]), answers: [["127.0.0.1"]]) { gateway in
            let reply = try await send(gateway)
            #expect(reply.status == 200 && reply["x-ni-evidence"] == "declared")
            let check = try await gateway.record(of: reply)["attempts"]?[0]?["address_check"]
            #expect(check?["result"] == "mismatch" && check?["list"] == "declared")
            #expect(try await gateway.server.counters().drifts == [.address: 1])
        }
    }

    @Test func `where nothing is looked at nothing is recorded`() async throws {
        try await withGateway(rule(.off, declared: ["192.0.2.0/24"]), answers: []) { gateway in
            // The system's resolver is asked then, and knows no such name.
            let reply = try await send(gateway)
            #expect(reply.status == 502)
            #expect(try await gateway.record(of: reply)["attempts"]?[0]?["address_check"] == nil)
        }
    }

    @Test func `a key that enforces isn't served on a connection that another key has only observed`() async throws {
        try await withGateway(rule(.observe, declared: ["192.0.2.0/24"]), answers: [["127.0.0.1"]]) { gateway in
            let strict = try await gateway.makeKey(
                KeyPolicy(tiers: Set(Tier.allCases), residency: ResidencyDemand(egress: .enforce)))
            for _ in 0..<4 {
                #expect(try await send(gateway).status == 200)
                #expect(try await send(gateway, key: strict.secret).status == 403)
            }
            #expect(gateway.simulator.requests().count == 4)
        }
    }

    @Test func `an address that proves nothing is enough unless the key demands proof`() async throws {
        let list = try AddressCatalog(reading: Self.awsList, of: .aws)
        let catalogs = AddressCatalogs([list], mostAge: 1 << 40)
        try await withGateway(
            rule(.enforce, .regional(.aws)), answers: [["127.0.0.1"]], catalogs: catalogs
        ) { gateway in
            #expect(try await send(gateway).status == 200)
            let strict = try await gateway.makeKey(
                KeyPolicy(tiers: Set(Tier.allCases), residency: ResidencyDemand(evidence: .observedNetwork)))
            let refused = try await send(gateway, key: strict.secret)
            #expect(refused.status == 403)
            let record = try await gateway.record(of: refused, key: strict.secret)
            #expect(record["attempts"]?[0]?["address_check"]?["result"] == "not_provable")
        }
    }

    @Test(arguments: [
        // Of another region, and of nobody.
        ("198.51.100.7", 403, "mismatch"), ("203.0.113.1", 403, "mismatch"),
    ])
    func `an address of another region is refused by the publisher's list`(
        address: String, status: Int, result: String
    ) async throws {
        let list = try AddressCatalog(reading: Self.awsList, of: .aws)
        try await withGateway(
            rule(.enforce, .regional(.aws)), answers: [[address]], catalogs: AddressCatalogs([list], mostAge: 1 << 40)
        ) { gateway in
            let reply = try await send(gateway)
            #expect(reply.status == status)
            let check = try await gateway.record(of: reply)["attempts"]?[0]?["address_check"]
            #expect(check?["result"] == .string(result) && check?["list"] == "aws-1")
        }
    }

    @Test(arguments: [true, false])
    func `a list that is too old, or none, closes what is enforced`(isThere: Bool) async throws {
        let list = try AddressCatalog(reading: Self.awsList, of: .aws)
        let catalogs = AddressCatalogs(isThere ? [list] : [], mostAge: 1)
        try await withGateway(
            rule(.enforce, .regional(.aws)), answers: [["192.0.2.1"]], catalogs: catalogs
        ) { gateway in
            let reply = try await send(gateway)
            #expect(reply.status == 403)
            let attempt = try await gateway.record(of: reply)["attempts"]?[0]
            #expect(attempt?["address_check"]?["result"] == "stale" && attempt?["drifts"] == nil)
            #expect(try await gateway.server.counters().drifts.isEmpty)
            #expect(gateway.log.lines.contains { $0.level == .warning && $0.metadata["route"] == Self.route })
        }
    }

    @Test func `a connection that is kept isn't used once a newer list has its address in another region`() async throws
    {
        let answer = #"{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}"#
        let upstream = try await RawUpstream.start([Array(repeating: .json(answer), count: 3)])
        var options = TestGateway.Options()
        // No address is local here, so that the lists are asked about the upstream's.
        options.catalogs = AddressCatalogs([try Self.loopback(in: "montreal-1", "1")], localAddresses: [])
        options.bindings = { [rule = rule(.enforce, .regional(.aws))] _ in
            var route = TestRoute(Self.route, .compatible, port: upstream.port)
            route.egress = rule
            return [try route.binding().binding]
        }
        let gateway = try await TestGateway.start(options)
        let client = try await TestClient.connect(to: gateway)
        func check() async throws -> (status: Int, list: JSON?) {
            try await client.send(gateway.chat(Self.route, "hello"))
            let reply = try await client.reply()
            let list = try await gateway.record(of: reply)["attempts"]?[0]?["address_check"]?["list"]
            return (reply.status, list)
        }
        for _ in 0..<2 { #expect(try await check() == (200, "aws-1795413601")) }

        let newer = AddressCatalogs([try Self.loopback(in: "elsewhere", "2")], localAddresses: [])
        for loop in gateway.server.loops { loop.change { $0.replace(catalogs: newer) } }
        #expect(try await check() == (403, "aws-1795413602"))
        #expect(upstream.requests.count == 2 && upstream.acceptedConnections == 1)
        #expect(try await gateway.server.counters().drifts == [.address: 1])
        client.leave()
        try await gateway.stop()
        try await upstream.stop()
    }

    /// A list that has this machine's own addresses in a region.
    private static func loopback(in region: String, _ version: String) throws -> AddressCatalog {
        let text = #"""
            {"syncToken": "179541360\#(version)",
             "prefixes": [
              {"ip_prefix": "127.0.0.0/8", "region": "\#(region)", "network_border_group": "\#(region)"}],
             "ipv6_prefixes": [{"ipv6_prefix": "2001:db8::/32", "region": "r", "network_border_group": "r"}]}
            """#
        return try AddressCatalog(reading: Array(text.utf8), of: .aws)
    }

    // MARK: Certificates

    private func withTLSRoute(
        trusting roots: NIOSSLTrustRoots, _ body: (TestGateway, TLSUpstream) async throws -> Void
    ) async throws {
        let server = try await TLSUpstream.start()
        var route = TestRoute(Self.route, .compatible, port: server.port)
        route.host = "model.test"
        route.isTLS = true
        let routes = [route]
        try await GatewayTests.withGateway {
            $0.routes = routes
            $0.trusted = roots
            $0.resolver = ScriptedResolver([["127.0.0.1"]])
        } _: { gateway in
            try await body(gateway, server)
        }
        try await server.stop()
    }

    @Test func `a host that can't prove its name is sent nothing, and the record says so`() async throws {
        try await withTLSRoute(trusting: .default) { gateway, server in
            let reply = try await send(gateway)
            #expect(reply.status == 502)
            #expect(try reply.errorMessage.contains("certificate that isn't trusted"))
            let attempt = try await gateway.record(of: reply)["attempts"]?[0]
            #expect(attempt?["failure"] == "connection" && attempt?["sent_bytes"] == 0)
            #expect(attempt?["address"] == nil && attempt?["certificate_sha256"] == nil)
            #expect(server.receivedBytes == 0)
        }
    }

    @Test func `the record has the fingerprint of the certificate that the request was sent under`() async throws {
        try await withTLSRoute(trusting: .certificates([try TLSUpstream.certificate])) { gateway, server in
            let client = try await TestClient.connect(to: gateway)
            try await client.send(gateway.stream(Self.route, "hi"))
            try await eventually("it was sent") { server.receivedBytes > 0 }
            client.leave()
            try await eventually("the record is closed") {
                try await gateway.server.counters().outcomes[.cancelled] == 1
            }
            let line = gateway.log.lines.last { $0.message == "Answered a request" }
            let id = try #require(line?.metadata["id"])
            let attempt = try await gateway.record(id)["attempts"]?[0]
            #expect(attempt?["certificate_sha256"] == .string(try TLSUpstream.fingerprint))
        }
    }

    // MARK: Elsewhere

    @Test func `a redirection isn't followed, and is a drift`() async throws {
        let elsewhere = try await RawUpstream.start([])
        let head = "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:\(elsewhere.port)/v1/x?secret=1\r\n"
        try await withRawUpstream([[.reply(Array((head + "content-length: 0\r\n\r\n").utf8))]]) { gateway, upstream in
            let reply = try await gateway.reply(to: gateway.chat(TestRoute.raw, "hi"))
            #expect(reply.status == 502)
            let drift = try await gateway.record(of: reply)["attempts"]?[0]?["drifts"]?[0]
            #expect(drift?["kind"] == "redirect" && drift?["expected"] == .string("127.0.0.1:\(upstream.port)"))
            #expect(drift?["seen"] == .string("127.0.0.1:\(elsewhere.port)"))
            #expect(try await gateway.server.counters().drifts == [.redirect: 1])
            #expect(elsewhere.acceptedConnections == 0)
        }
        try await elsewhere.stop()
    }

    private static let awsList = Array(
        #"""
        {"syncToken": "1", "createDate": "2026-11-01-00-00-00",
         "prefixes": [
          {"ip_prefix": "192.0.2.0/24", "region": "here", "service": "AMAZON", "network_border_group": "here"},
          {"ip_prefix": "198.51.100.0/24", "region": "there", "service": "AMAZON", "network_border_group": "there"}],
         "ipv6_prefixes": [
          {"ipv6_prefix": "2001:db8::/32", "region": "here", "service": "AMAZON", "network_border_group": "here"}]}
        """#.utf8)
}
