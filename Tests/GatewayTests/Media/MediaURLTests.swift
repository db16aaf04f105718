import Domain
import Foundation
import Gateway
import NIOCore
import NIOPosix
import NIOSSL
import Pipeline
import ProviderSimulator
import Routing
import Testing
import Upstream
import Wire

/// What becomes of a request that names an address in place of an image or a document.
@Suite struct MediaURLTests {
    /// A member that names an address on a surface, and how the message calls it.
    struct Sample: Sendable, CustomTestStringConvertible {
        let surface: FieldSurface
        /// With URL in the place of the address, and TAG of a text that no other test sends.
        let members: String
        let place: String
        var isDocument = false

        var testDescription: String { "\(surface): \(place)" }
    }

    static let samples: [Sample] = [
        Sample(
            surface: .chat,
            members:
                #""messages":[{"role":"user","content":[{"type":"text","text":"TAG"},{"type":"image_url","image_url":{"url":"URL","detail":"low"}}]}]"#,
            place: "messages[0].content[1].image_url.url"),
        Sample(
            surface: .messages,
            members:
                #""max_tokens":9,"messages":[{"role":"user","content":[{"source":{"type":"url","url":"URL"},"type":"image"},{"type":"text","text":"TAG"}]}]"#,
            place: "messages[0].content[0].source.url"),
        Sample(
            surface: .messages,
            members:
                #""max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"URL"},"title":"t"},{"type":"text","text":"TAG"}]}]"#,
            place: "messages[0].content[0].source.url", isDocument: true),
        Sample(
            surface: .tokenCount,
            members:
                #""messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"URL"}},{"type":"text","text":"TAG"}]}]"#,
            place: "messages[0].content[0].source.url"),
        Sample(
            surface: .responses,
            members:
                #""input":[{"role":"user","content":[{"type":"input_text","text":"TAG"},{"type":"input_image","image_url":"URL"}]}]"#,
            place: "input[0].content[1].image_url"),
        Sample(
            surface: .responses,
            members:
                #""input":[{"role":"user","content":[{"type":"input_file","file_url":"URL"},{"type":"input_text","text":"TAG"}]}]"#,
            place: "input[0].content[0].file_url", isDocument: true),
    ]

    private func call(
        _ gateway: TestGateway, _ sample: Sample, to route: Route.ID, naming url: String, tag: String = "tag"
    ) -> TestCall {
        let members = sample.members.replacing("URL", with: url).replacing("TAG", with: tag)
        return TestCall(path: sample.surface.path).with(key: gateway.keys.main)
            .with(body: #"{"model":"\#(route)",\#(members)}"#)
    }

    private func code(_ reply: TestReply, _ surface: FieldSurface) throws -> String? {
        let error = try reply.json["error"]
        return surface.wire.isAnthropic ? error?["details"]?["error_code"]?.string : error?["code"]?.string
    }

    /// A route of the surface's own wire, which is passed the body; or one that stays where it says.
    private func route(_ surface: FieldSurface, staying: Bool = false) -> Route.ID {
        switch (surface.wire.isAnthropic, staying) {
        case (true, false): Family.anthropic.route
        case (true, true): Family.bedrockAnthropic.route
        case (false, false): Family.openai.route
        case (false, true): Family.azure.route
        }
    }

    private func withGateway(
        _ policy: MediaURLPolicy, bodyLimit: Int = 16 << 20, _ body: (TestGateway) async throws -> Void
    ) async throws {
        let change = { (options: inout TestGateway.Options) in
            options.mediaURLs = policy
            options.bodyLimit = bodyLimit
        }
        try await GatewayTests.withGateway(change, body)
    }

    // MARK: Refused, and passed

    @Test(arguments: samples)
    func `where they are refused, none leaves by any route`(sample: Sample) async throws {
        try await withGateway(.refuse) { gateway in
            let reply = try await gateway.reply(
                to: call(gateway, sample, to: route(sample.surface), naming: "https://images.example/a.png"))
            #expect(try reply.status == 400 && code(reply, sample.surface) == "url_not_allowed")
            let message = try reply.errorMessage
            #expect(message.hasPrefix("'\(sample.place)' ") && message.contains("data:image/png;base64,"))
            #expect(message.contains("'images.urls'") && !message.contains("images.example"))
            if !sample.surface.wire.isAnthropic { #expect(try reply.json["error"]?["param"]?.string == sample.place) }
            #expect(gateway.simulator.requests().isEmpty)
            let record = try await gateway.record(of: reply)
            #expect(record["outcome"] == "refused" && record["error"] == "url_not_allowed" && record["fetched"] == nil)
        }
    }

    @Test(arguments: samples)
    func `where they pass, they do so only by routes that let their provider turn to others`(
        sample: Sample
    ) async throws {
        try await withGateway(.pass) { gateway in
            let url = "https://images.example/a.png"
            let staying = route(sample.surface, staying: true)
            let refused = try await gateway.reply(to: call(gateway, sample, to: staying, naming: url))
            #expect(try refused.status == 400 && code(refused, sample.surface) == "url_not_allowed")
            #expect(try refused.errorMessage.contains("'\(staying)' lets its provider turn to nobody else"))
            #expect(gateway.simulator.requests().isEmpty)
            _ = try await gateway.reply(to: call(gateway, sample, to: route(sample.surface), naming: url))
            let sent = try #require(gateway.simulator.requests().first)
            #expect(String(decoding: sent.body, as: UTF8.self).contains(url))
        }
    }

    @Test func `a key that demands processing has no provider fetch anything`() async throws {
        try await withGateway(.pass) { gateway in
            let demand = ResidencyDemand(processing: JurisdictionSet([.unitedStates]))
            let key = try await gateway.makeKey(KeyPolicy(tiers: Set(Tier.allCases), residency: demand)).secret
            let reply = try await gateway.reply(
                to: call(gateway, Self.samples[0], to: Family.openai.route, naming: "https://images.example/a.png")
                    .with(key: key))
            #expect(try reply.status == 400 && reply.errorCode == "url_not_allowed")
            #expect(gateway.simulator.requests().isEmpty)
        }
    }

    @Test func `what hides behind escapes, in a large body or in another case is refused all the same`() async throws {
        try await withGateway(.refuse) { gateway in
            let filler = String(repeating: "word ", count: 100_000)
            let bodies = [
                #"{"im\u0061ge_url":{"u\u0072l":"https://images.example/a.png"}}"#,
                #"{"image_url":{"url":"\u0068ttps://images.example/a.png"}}"#,
                #"{"image_url":"HTTPS://images.example"}"#,
                #"{"image_url":{"url":"//images.example/a.png"}}"#, #"{"image_url":{"url":"gs://bucket/a.png"}}"#,
                #"{"image_url":{"url":" data:image/png;base64,AAAA"}}"#,
                #"{"type":"file","file":{"file_data":"https://x"}}"#,
                #"{"video_url":{"url":"https://images.example/a.mp4"}}"#,
                #"{"type":"text","text":"\#(filler)"},{"image_url":{"url":"https://images.example/\#(filler.filter { $0 != " " })"}}"#,
            ]
            for part in bodies {
                let body = #"{"model":"\#(Family.openai.route)","messages":[{"role":"user","content":[\#(part)]}]}"#
                let reply = try await gateway.reply(to: gateway.chat(.openai, "").with(body: body))
                #expect(try reply.status == 400 && reply.errorCode == "url_not_allowed", "\(part.prefix(80))")
            }
            #expect(gateway.simulator.requests().isEmpty)
        }
    }

    @Test func `content itself is no address, and neither is what a caller's own tool is called with`() async throws {
        try await withGateway(.refuse) { gateway in
            let png = Data(ImageServer.png).base64EncodedString()
            let parts = [
                #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(png)"}}"#,
                #"{"type":"image_url","image_url":{"url":"DATA:image\/png;base64,\#(png)"}}"#,
                #"{"type":"image_url","image_url":{"url":"\u0064ata:image/png;base64,\#(png)"}}"#,
                #"{"type":"text","text":"https://images.example/a.png"}"#,
            ]
            for part in parts {
                let body = #"{"model":"\#(Family.openai.route)","messages":[{"role":"user","content":[\#(part)]}]}"#
                let reply = try await gateway.reply(to: gateway.chat(.openai, "").with(body: body))
                #expect(try reply.errorCode != "url_not_allowed", "\(part)")
            }
            let call =
                #"{"model":"\#(Family.anthropic.route)","max_tokens":9,"tools":[{"name":"t","input_schema":{"type":"object","properties":{"source":{"type":"object","properties":{"url":{"type":"string"}}}}}}],"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"t","input":{"source":{"url":"https://x"}}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"ok"}]}]}"#
            let reply = try await gateway.reply(
                to: TestCall(path: "/v1/messages").with(key: gateway.keys.main).with(body: call))
            #expect(reply.status == 200, "\(reply.text)")
        }
    }

    // MARK: Fetched

    private func withFetching(
        bodyLimit: Int = 16 << 20, parts: Int = 20, _ body: (TestGateway, ImageServer) async throws -> Void
    ) async throws {
        try await withServer { server in
            var limits = HTTPSFetcher.Limits()
            limits.ports = [server.port]
            limits.networks = [IPPrefix("127.0.0.0/8")].compactMap { $0 }
            limits.time = .seconds(300)
            limits.parts = parts
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates([try TLSUpstream.certificate])
            let fetcher = HTTPSFetcher(
                on: .singletonMultiThreadedEventLoopGroup, tls: try NIOSSLContext(configuration: tls),
                resolver: ScriptedResolver([["127.0.0.1"]]), limits: limits)
            try await withGateway(.fetch(fetcher), bodyLimit: bodyLimit) { try await body($0, server) }
        }
    }

    @Test(arguments: samples)
    func `where the gateway fetches them, every provider gets the content and none the address`(
        sample: Sample
    ) async throws {
        try await withFetching { gateway, server in
            let path = sample.isDocument ? "a.pdf" : "a.png"
            let url = "https://model.test:\(server.port)/\(path)"
            let content = Data(sample.isDocument ? ImageServer.pdf : ImageServer.png).base64EncodedString()
            let routes =
                sample.surface == .tokenCount
                // Bedrock is sent what is to be counted in Base64.
                ? [Family.anthropic.route, Family.vertexAnthropic.route]
                : [
                    route(sample.surface), route(sample.surface, staying: true), Family.vertex.route,
                    Family.bedrock.route,
                ]
            for route in routes {
                let tag = gateway.tag()
                let reply = try await gateway.reply(to: call(gateway, sample, to: route, naming: url, tag: tag))
                let sent = try #require(gateway.upstreamRequests(with: tag).first, "\(route): \(reply.text)")
                // Some writers escape slashes.
                let body = String(decoding: sent.body, as: UTF8.self).replacing("\\/", with: "/")
                #expect(body.contains(content) && !body.contains("model.test"), "\(route)")
                let record = try await gateway.record(of: reply)
                let bytes = sample.isDocument ? ImageServer.pdf.count : ImageServer.png.count
                #expect(record["fetched"] == ["bytes": JSON(bytes), "parts": 1], "\(route)")
            }
            #expect(server.heads.count == routes.count)
        }
    }

    @Test func `a document that has no name gets one, which OpenAI wants`() async throws {
        try await withFetching { gateway, server in
            let url = "https://model.test:\(server.port)/a.pdf"
            let tag = gateway.tag()
            _ = try await gateway.reply(
                to: call(gateway, Self.samples[5], to: Family.openai.route, naming: url, tag: tag))
            let body = try JSON(parsing: try #require(gateway.upstreamRequests(with: tag).first).body)
            let part = try #require(body["input"]?[0]?["content"]?[0])
            #expect(part["filename"] == "document.pdf" && part["file_url"] == nil)
            #expect(part["file_data"]?.string?.hasPrefix("data:application/pdf;base64,") == true)
        }
    }

    private static let failures: [(path: String, words: String)] = [
        ("/page", "no PNG, JPEG, GIF or WebP image"), ("/a.pdf", "no PNG, JPEG, GIF or WebP image"),
        ("/elsewhere", "redirections aren't followed"), ("/none", "the status 404"),
    ]

    @Test(arguments: failures)
    func `what can't be fetched is told without a word of whoever serves it, and nothing is sent`(
        failure: (path: String, words: String)
    ) async throws {
        try await withFetching { gateway, server in
            let url = "https://model.test:\(server.port)\(failure.path)"
            let reply = try await gateway.reply(
                to: call(gateway, Self.samples[0], to: Family.openai.route, naming: url))
            #expect(try reply.status == 400 && reply.errorCode == "invalid_image_url")
            #expect(try reply.errorMessage.hasPrefix("What 'messages[0].content[1].image_url.url' names could not"))
            #expect(try reply.errorMessage.contains(failure.words))
            #expect(!reply.text.contains("SECRET") && !reply.text.contains("model.test"))
            #expect(gateway.simulator.requests().isEmpty)
            let record = try await gateway.record(of: reply)
            #expect(record["outcome"] == "refused" && record["attempts"] == [])
            #expect(record["fetched"] == ["bytes": 0, "parts": 1])
        }
    }

    @Test func `neither log nor record nor file has an address, whether it was fetched or not`() async throws {
        try await withFetching { gateway, server in
            for path in ["a.png", "none", "page"] {
                for sample in [Self.samples[0], Self.samples[1]] {
                    let url = "https://model.test:\(server.port)/\(path)?canary=quetzalcoatl"
                    let reply = try await gateway.reply(
                        to: call(gateway, sample, to: route(sample.surface), naming: url))
                    #expect(try !"\(await gateway.record(of: reply))".contains("quetzal"))
                }
            }
            #expect(server.heads.allSatisfy { $0.contains("quetzalcoatl") } && server.heads.count == 6)
            #expect(!gateway.log.lines.contains { $0.text.contains("quetzal") || $0.text.contains("model.test") })
            #expect(try gateway.directory.allBytes().range(of: Data("quetzal".utf8)) == nil)
        }
    }

    @Test func `what is never fetched is refused before anything is`() async throws {
        try await withFetching(parts: 2) { gateway, server in
            let url = "https://model.test:\(server.port)/a.png"
            let image = #"{"type":"image_url","image_url":{"url":"\#(url)"}}"#
            let video = #"{"type":"video_url","video_url":{"url":"\#(url)"}}"#
            for (parts, words) in [
                ("\(image),\(image),\(image)", "No more than 2 addresses"),
                ("\(image),\(video)", "only images and PDF"),
            ] {
                let body = #"{"model":"\#(Family.openai.route)","messages":[{"role":"user","content":[\#(parts)]}]}"#
                let reply = try await gateway.reply(to: gateway.chat(.openai, "").with(body: body))
                #expect(try reply.status == 400 && reply.errorCode == "invalid_image_url")
                #expect(try reply.errorMessage.contains(words))
                #expect(try await gateway.record(of: reply)["fetched"] == nil)
            }
            #expect(server.heads.isEmpty)
        }
    }

    @Test func `a body that would be too large with the content is refused as one that is`() async throws {
        try await withFetching(bodyLimit: 300) { gateway, server in
            func body(_ user: String) -> String {
                let part = #"{"type":"image_url","image_url":{"url":"https://model.test:\#(server.port)/a.png"}}"#
                return
                    #"{"model":"\#(Family.openai.route)","messages":[{"role":"user","content":[\#(part)]}],"user":"\#(user)"}"#
            }
            let whole = body(String(repeating: "u", count: 299 - body("").utf8.count))
            let reply = try await gateway.reply(to: gateway.chat(.openai, "").with(body: whole))
            #expect(try reply.status == 413 && reply.errorCode == "request_too_large")
        }
    }

    @Test func `personal information is looked for after the fetch, and what can't be protected isn't fetched`()
        async throws
    {
        try await withFetching { gateway, server in
            let url = "https://model.test:\(server.port)/a.png?for=jane.roe@clinic.example"
            let tag = gateway.tag()
            let text = "Write to jane.roe@clinic.example about \(tag)"
            var asked = call(gateway, Self.samples[0], to: Family.openai.route, naming: url, tag: text)
                .with("x-ni-pii-substitution", "true")
            let reply = try await gateway.reply(to: asked)
            let body = String(
                decoding: try #require(gateway.upstreamRequests(with: tag).first, "\(reply.text)").body, as: UTF8.self)
            #expect(!body.contains("jane.roe") && body.contains(Data(ImageServer.png).base64EncodedString()))
            #expect(server.heads.first?.contains("for=jane.roe@clinic.example ") == true)
            asked = call(gateway, Self.samples[0], to: Family.openai.route, naming: url)
                .with("x-ni-pii-substitution", "required")
            #expect(try await gateway.reply(to: asked).status == 503)
            #expect(server.heads.count == 1)
        }
    }

    @Test func `a caller that leaves while something is fetched ends that, and the record is cancelled`() async throws {
        try await withFetching { gateway, server in
            let url = "https://model.test:\(server.port)/silent"
            let client = try await TestClient.connect(to: gateway)
            try await client.send(call(gateway, Self.samples[0], to: Family.openai.route, naming: url))
            try await eventually("it is being fetched") { server.heads.count == 1 }
            client.leave()
            try await eventually("the request is over") { try await gateway.server.counters().activeRequests == 0 }
            #expect(try await gateway.server.counters().outcomes == [.cancelled: 1])
            #expect(gateway.simulator.requests().isEmpty)
        }
    }

    @Test func `the record is there before anybody is asked for content`() async throws {
        try await withFetching { gateway, server in
            gateway.journalFault.isPresent = true
            let url = "https://model.test:\(server.port)/a.png"
            let reply = try await gateway.reply(
                to: call(gateway, Self.samples[0], to: Family.openai.route, naming: url))
            #expect(try reply.status == 503 && reply.errorCode == "custody_unavailable")
            #expect(server.heads.isEmpty)
            gateway.journalFault.isPresent = false
        }
    }

    @Test func `an explanation tells what would be sent, and fetches nothing`() async throws {
        try await withFetching { gateway, server in
            for family in [Family.openai, .vertex, .bedrock] {
                var asked = call(
                    gateway, Self.samples[0], to: family.route, naming: "https://model.test:\(server.port)/a.png")
                asked.path = "/api/explain"
                let explanation = try await gateway.reply(to: asked).json
                #expect(explanation["would_be_sent"] == true, "\(explanation)")
            }
            #expect(server.heads.isEmpty)
        }
    }

    @Test func `a request without addresses is served as before`() async throws {
        try await withFetching { gateway, server in
            let reply = try await gateway.reply(to: gateway.chat(.openai, "[[sim:echo]]hello"))
            #expect(try reply.content == "hello" && server.heads.isEmpty)
            #expect(try await gateway.record(of: reply)["fetched"] == nil)
        }
    }
}
