import Testing
import Wire

/// The header fields that say who handled a request, and where.
@Suite(.gateway) struct HeaderTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    /// The fields of a reply from a family's route, in the order of `names`.
    private static func resolved(_ family: Family) -> [String] {
        switch family {
        case .bedrock:
            [
                "managed_canadian_cloud", "Bedrock", "ca-central-1", "CA", "NI-CA -> Bedrock-CA", "platform",
                "bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0",
                "bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0-global", "*", "CA,US", "declared",
            ]
        case .vertex:
            [
                "managed_canadian_cloud", "Vertex", "northamerica-northeast1", "CA", "NI-CA -> Vertex-CA", "platform",
                "vertex_ai/gemini-2.5-pro", "vertex_ai/gemini-2.5-pro-ca", "CA", "CA,US", "declared",
            ]
        case .azure:
            [
                "managed_canadian_cloud", "Azure", "canadaeast", "CA", "NI-CA -> Azure-CA", "platform",
                "azure/our-gpt-4.1", "azure/gpt-4.1-ca", "CA", "CA,US", "declared",
            ]
        case .openai:
            [
                "provider_api", "OpenAI", "us", "US", "NI-CA -> OpenAI-US", "platform", "openai/gpt-4.1-2025-04-14",
                "openai/gpt-4.1-us", "US", "US", "declared",
            ]
        case .anthropic:
            [
                "provider_api", "Anthropic", "us", "US", "NI-CA -> Anthropic-US", "platform",
                "anthropic/claude-haiku-4-5-20251001", "anthropic/claude-haiku-4-5-us", "US", "US", "declared",
            ]
        case .cohere:
            [
                "provider_api", "Cohere", "us", "US", "NI-CA -> Cohere-US", "platform",
                "cohere/command-a-reasoning-08-2025", "cohere/command-a-reasoning-us", "US", "US", "declared",
            ]
        case .bedrockAnthropic:
            [
                "managed_canadian_cloud", "Bedrock", "ca-central-1", "CA", "NI-CA -> Bedrock-CA", "platform",
                "bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0-global", "*", "CA,US", "declared",
            ]
        case .vertexAnthropic:
            [
                "provider_api", "Vertex", "us-east5", "US", "NI-CA -> Vertex-US", "platform",
                "vertex_ai/claude-haiku-4-5@20251001", "vertex_ai/claude-haiku-4-5@20251001-us", "US", "US",
                "declared",
            ]
        case .compatible:
            [
                "customer_premises", "OpenAI-compatible", "montreal-1", "CA", "NI-CA -> OpenAI-compatible-CA",
                "customer", "openai/meta-llama/Llama-3.3-70B-Instruct", "local/llama-3.3-70b-ca", "CA", "CA",
                "declared",
            ]
        }
    }

    private static let names = [
        "x-ni-resolved-tier", "x-ni-resolved-provider", "x-ni-resolved-region", "x-ni-resolved-jurisdiction",
        "x-ni-custody-path", "x-ni-credential-source", "x-ni-resolved-litellm-model", "x-ni-resolved-route",
        "x-ni-processing", "x-ni-exposure", "x-ni-evidence",
    ]

    private static let unresolved = [
        "none", "none", "none", "none", "NI-CA", "none", "none", "none", "none", "none", "none",
    ]

    private func check(_ reply: TestReply, _ values: [String], attempts: Int) {
        #expect(Self.names.map { reply[$0] ?? "missing" } == values)
        #expect(reply["x-ni-attempts"] == String(attempts))
        #expect(reply.requestID.count == 32)
        #expect(reply.requestID.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        #expect(reply["x-request-id"] == reply.requestID)
    }

    @Test(arguments: Family.allCases)
    func `a whole reply says who answered and where`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.chat(family, "hi"))
        check(reply, Self.resolved(family), attempts: 1)
        let record = try await gateway.record(of: reply)
        #expect(record["policy"]?.string == reply["x-ni-policy"])
        #expect(reply["x-ni-policy"]?.count == 16)
    }

    @Test(arguments: Family.allCases)
    func `a stream says the same in its head`(family: Family) async throws {
        let reply = try await gateway.reply(to: gateway.stream(family, "hi"))
        check(reply, Self.resolved(family), attempts: 1)
    }

    @Test(arguments: Family.allCases)
    func `an upstream's error says who failed`(family: Family) async throws {
        for call in [gateway.chat(family, "[[sim:status 500]]"), gateway.stream(family, "[[sim:status 500]]")] {
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == 502)
            check(reply, Self.resolved(family), attempts: 1)
        }
    }

    @Test func `a refusal says that nobody got the request`() async throws {
        let unknown = gateway.chat("no/such-route", "hi")
        let forbidden = gateway.chat(Family.bedrock.route, "hi", key: gateway.keys.premisesOnly)
        let broken = unknown.with(body: "{")
        let image: JSON = ["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]]
        let unprotected = gateway.chat(
            .compatible, "hi", ["messages": [["role": "user", "content": [image]]], "pii_substitution": "required"])
        for (call, status) in [(unknown, 404), (forbidden, 403), (broken, 400), (unprotected, 503)] {
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == status)
            check(reply, Self.unresolved, attempts: 0)
            #expect(reply["x-ni-policy"]?.count == 16)
        }
    }

    @Test func `a refusal before the key is known has the fields, too`() async throws {
        for (call, status) in [
            (gateway.chat(.compatible, "hi").with(key: nil), 401),
            (gateway.chat(.compatible, "hi").with(key: "ni_live_nobody"), 401),
        ] {
            let reply = try await gateway.reply(to: call)
            #expect(reply.status == status)
            check(reply, Self.unresolved, attempts: 0)
        }
        var wrongMethod = gateway.chat(.compatible, "hi")
        wrongMethod.method = "PUT"
        check(try await gateway.reply(to: wrongMethod), Self.unresolved, attempts: 0)
    }

    @Test func `ids differ from request to request`() async throws {
        var ids = Set<String>()
        for _ in 0..<10 { ids.insert(try await gateway.reply(to: gateway.chat(.compatible, "hi")).requestID) }
        #expect(ids.count == 10)
    }
}
