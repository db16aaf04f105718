import Domain
import Pipeline
import Providers
import Testing
import Wire

@Suite struct ExchangeRefusalTests {
    @Test(
        arguments: [
            ("{", "invalid_json", nil), (#"{"messages":[0]}"#, "missing_required_parameter", "model"),
            (#"{"model":"a","messages":"x"}"#, "invalid_type", "messages"),
            (#"{"model":"a","messages":[]}"#, "invalid_value", "messages"),
            (#"{"model":"a","model":"a","messages":[0]}"#, "repeated_parameter", "model"),
            (#"{"mod\u0065l":"a","messages":[0]}"#, "invalid_value", "model"),
            (#"{"model":"nowhere","messages":[0]}"#, "model_not_found", "model"),
            (#"{"model":"old","messages":[0]}"#, "route_retired", "model"),
            (#"{"model":"far","messages":[0]}"#, "route_not_allowed", "model"),
            (#"{"model":"a","messages":[0],"privacy_tier":"customer_premises"}"#, "route_not_allowed", "model"),
            (#"{"model":"a","messages":[0],"privacy_tier":"best"}"#, "invalid_value", "privacy_tier"),
            (
                #"{"model":"a","messages":[0],"pii_substitution":true}"#, "pii_protection_unavailable",
                "pii_substitution"
            ),
            (
                #"{"model":"a","messages":[0],"pii_substitution":"required"}"#, "pii_protection_unavailable",
                "pii_substitution"
            ),
        ] as [(String, String, String?)])
    func `a request that may not or can't be sent has a record without attempts`(
        _ body: String, _ code: String, _ parameter: String?
    ) throws {
        let life = ExchangeLife(
            body, in: try snapshot(), key: PipelineFixture.key(KeyPolicy(tiers: [.managedCanadianCloud])))
        let error = try #require(throws: GatewayError.self) { try life.prepare() }
        #expect(error.code.rawValue == code && error.parameter == parameter)
        life.refused(error)
        try check(life, error)
    }

    @Test func `a demand in a header is refused like one in the body`() throws {
        let cases: [(WritableKeyPath<CallerDemands, String?>, String, GatewayError.Code)] = [
            (\.nonce, "", .invalidValue), (\.nonce, "a b", .invalidValue), (\.nonce, "é", .invalidValue),
            (\.nonce, String(repeating: "x", count: 129), .invalidValue), (\.fallbacks, "maybe", .invalidType),
            (\.privacyTier, "x", .invalidValue), (\.privacyTier, "customer_premises", .routeNotAllowed),
            (\.piiSubstitution, "yes", .invalidType), (\.piiSubstitution, "required", .piiProtectionUnavailable),
            (\.piiSubstitution, "true", .piiProtectionUnavailable),
        ]
        for (path, value, code) in cases {
            var demands = CallerDemands()
            demands[keyPath: path] = value
            let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try snapshot())
            let error = try #require(throws: GatewayError.self) { try life.prepare(demands) }
            #expect(error.code == code, "\(value)")
            life.refused(error)
            try check(life, error)
        }
    }

    @Test func `the body outvotes the header, but null in it says nothing`() throws {
        var demands = CallerDemands()
        demands.piiSubstitution = "required"
        let off = ExchangeLife(#"{"model":"a","messages":[0],"pii_substitution":false}"#, in: try snapshot())
        try off.prepare(demands)
        let silent = ExchangeLife(#"{"model":"a","messages":[0],"pii_substitution":null}"#, in: try snapshot())
        let error = #expect(throws: GatewayError.self) { try silent.prepare(demands) }
        #expect(
            error?.code == .piiProtectionUnavailable, "protection that was demanded is never dropped without a word")

        var tiers = CallerDemands()
        tiers.privacyTier = "customer_premises"
        let named = ExchangeLife(
            #"{"model":"a","messages":[0],"privacy_tier":"managed_canadian_cloud"}"#, in: try snapshot())
        try named.prepare(tiers)
        let unnamed = ExchangeLife(#"{"model":"a","messages":[0],"privacy_tier":null}"#, in: try snapshot())
        #expect(throws: GatewayError.self) { try unnamed.prepare(tiers) }
    }

    @Test func `a request that the first route can't be asked has no attempt and no route`() throws {
        let life = ExchangeLife(
            #"{"model":"c","messages":[{"role":"user","content":"hi"}],"n":3}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        let error = try #require(throws: GatewayError.self) { try life.send() }
        #expect(error.code == .unsupportedParameter)
        life.refused(error)
        try check(life, error)
    }

    @Test func `a body that only its translation looks into is refused there`() throws {
        for (message, parameter) in [
            (#"{"role":"user"}"#, "messages[0].content"), (#"{"role":"user","content":7}"#, "messages[0].content"),
        ] {
            let life = ExchangeLife(#"{"model":"c","messages":[\#(message)]}"#, in: try PipelineFixture.snapshot())
            try life.prepare()
            let error = try #require(throws: GatewayError.self) { try life.send() }
            #expect(error.parameter == parameter && error.status == 400)
        }
    }

    @Test func `without a credential nothing is sent`() throws {
        let binding = try PipelineFixture.binding(PipelineFixture.route("a"), credential: nil)
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot([binding]))
        try life.prepare()
        let error = try #require(throws: GatewayError.self) { try life.send() }
        #expect(error.code == .upstreamUnavailable && error.status == 503)
        life.refused(error)
        try check(life, error)
    }

    @Test func `what could not be recorded was not sent`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try snapshot())
        try life.prepare()
        try life.send()
        life.refusedUnrecorded()
        try check(life, .custodyUnavailable)
    }

    @Test func `a fallback that could not be recorded was not sent, and the route before it stays the last`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        try life.send()
        #expect(life.failed() == "send again")
        try life.send()
        life.refusedUnrecorded()
        let record = try life.closed()
        #expect(record["error"] == "custody_unavailable" && record["outcome"] == "failed" && record["route"] == "a")
        #expect(record["attempts"]?.array?.map { $0["failure"] } == ["connection"])
        let lines = String(decoding: life.exchange.headerLines(on: PipelineFixture.today), as: UTF8.self)
        #expect(lines.contains("x-ni-resolved-route: a\r\n") && lines.contains("x-ni-attempts: 1\r\n"))
    }

    // MARK: Going away

    @Test func `a caller that leaves before the reply has a record with the attempt`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try snapshot())
        try life.prepare()
        try life.send()
        let record = try life.cancelled()
        #expect(record["outcome"] == "cancelled" && record["status"] == nil && record["usage"] == nil)
        #expect(record["attempts"]?.array?.first?["failure"] == "cancelled")
        #expect(record["attempts"]?.array?.first?["ended_at"] == record["closed_at"])
    }

    @Test(arguments: [true, false])
    func `a request that its caller gave up was sent only if there was a connection`(isConnected: Bool) throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try snapshot())
        try life.prepare()
        try life.send()
        if isConnected { life.connected() }
        let record = try life.cancelled()
        #expect(record["attempts"]?.array?.first?["sent_bytes"] == (isConnected ? 37 : 0))
    }

    @Test func `a caller that leaves in the middle of a stream is billed for what it had`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0],"stream":true}"#, in: try snapshot())
        try life.prepare()
        try life.send()
        life.received(head: 200)
        life.received(ExchangeStreamTests.first)
        let record = try life.cancelled()
        #expect(record["outcome"] == "cancelled" && record["status"] == 200)
        #expect(record["usage"]?["estimated"] == true && record["money"] != nil)
        #expect(record["response_bytes"]?.int == life.out.count)
    }

    @Test func `a caller that leaves between two attempts doesn't change what became of the first`() throws {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: try PipelineFixture.snapshot())
        try life.prepare()
        try life.send()
        life.received(head: 503)
        #expect(life.ended() == "send again")
        let record = try life.cancelled()
        let attempt = try #require(record["attempts"]?.array?.first)
        #expect(attempt["failure"] == "unavailable" && attempt["ended_at"] != record["closed_at"])
        #expect(record["outcome"] == "cancelled")
    }

    // MARK: Helpers

    private func check(_ life: ExchangeLife, _ error: GatewayError) throws {
        let record = try life.closed()
        #expect(life.ending?.name == "error \(error.code.rawValue)" && record["state"] == "closed")
        #expect(record["outcome"] == "refused" && record["status"]?.int == error.status)
        #expect(record["error"]?.string == error.code.rawValue && record["attempts"] == [])
        #expect(record["route"] == nil && record["usage"] == nil && record["money"] == nil)
        let lines = String(decoding: life.exchange.headerLines(on: PipelineFixture.today), as: UTF8.self)
        #expect(lines.contains("x-ni-resolved-route: none\r\n") && lines.contains("x-ni-custody-path: NI-CA\r\n"))
    }

    private func snapshot() throws -> ServingSnapshot {
        let retired = Lifecycle(retiresAt: PipelineFixture.today, replacement: "a")
        return try PipelineFixture.snapshot([
            PipelineFixture.binding(PipelineFixture.route("a")),
            PipelineFixture.binding(PipelineFixture.route("far", tier: .providerAPI)),
            PipelineFixture.binding(PipelineFixture.route("old", lifecycle: retired)),
        ])
    }
}
