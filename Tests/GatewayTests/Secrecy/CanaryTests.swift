import Domain
import Foundation
import ProviderSimulator
import Testing
import Wire

/// What callers and upstreams say is neither printed nor kept.
///
/// A canary is a text that is found again wherever it gets. One at a time stands in every place that a request has on every
/// surface, and in everything that an upstream can say; then it is looked for in the log, the counters, the records, the
/// files, and in what is the gateway's own of the replies.
@Suite struct CanaryTests {
    // MARK: What a caller writes

    @Test func `no text of a request gets further than the upstream`() async throws {
        try await withEveryUpstream { gateway in
            var requests = CanaryRequests(key: gateway.keys.main)
            // What a request says is read before it matters whether the reply is streamed.
            for way in CanaryWay.all where !way.isStreamed {
                for place in try CanaryPlace.all(on: way) {
                    requests.add(place.path, way, body: { place.body(with: $0) })
                }
            }
            let evidence = try await CanaryEvidence(of: requests, to: gateway)
            #expect(evidence.leaks == [])

            // What wasn't sent was refused. Refusals name members and types, and repeat nothing else.
            let findings = evidence.findings
            for finding in findings where finding.isRefused && !finding.request.subject.hasSuffix(".type") {
                #expect(finding.reply.status >= 400 && !Canary.isAny(in: finding.reply.text), "\(finding.summary)")
            }
            let places = Set(findings.map(\.place))
            let sent = Set(findings.filter(\.hasArrived).map(\.place))
            #expect(places.subtracting(sent).isSubset(of: findings.filter(\.isRefused).map(\.place)))
            #expect(places.count > 200 && sent.count > places.count * 9 / 10)
        }
    }

    @Test func `a member that nobody knows is neither logged nor kept, nor is its name`() async throws {
        try await withEveryUpstream { gateway in
            var requests = CanaryRequests(key: gateway.keys.main)
            for way in CanaryWay.all {
                requests.add(
                    "an unknown member", way,
                    body: { canary in
                        var body = way.body("hi")
                        body[canary.text] = [canary.text: .string(canary.text)]
                        return body
                    })
            }
            let evidence = try await CanaryEvidence(of: requests, to: gateway)
            #expect(evidence.leaks == [])
            // Passed, or refused by its name.
            #expect(evidence.findings.allSatisfy { $0.hasArrived || $0.isRefused })
            #expect(evidence.findings.contains { $0.hasArrived })
        }
    }

    @Test func `what is refused at first sight is neither logged nor kept`() async throws {
        try await withEveryUpstream { gateway in
            var requests = CanaryRequests(key: gateway.keys.main)
            for way in CanaryWay.all where way.upstream == .openai {
                func add(_ subject: String, _ body: (String, String) -> String) {
                    requests.add(
                        subject, way,
                        call: { canary in
                            let whole = JSON.object(way.body(canary.text)).text()
                            return way.call([:]).with(body: body(whole, canary.text))
                        })
                }
                add("a cut body") { whole, _ in String(whole.dropLast()) }
                add("a body that goes on") { whole, text in whole + text }
                add("no object") { _, text in "\"\(text)\"" }
                add("two models") { whole, text in whole.dropLast() + ",\"model\":\"\(text)\"}" }
                add("an unknown model") { whole, text in whole.replacing(way.upstream.route, with: text) }
                add("an unknown tier") { whole, text in whole.dropLast() + ",\"privacy_tier\":\"\(text)\"}" }
                add("an unknown protection") { whole, text in whole.dropLast() + ",\"pii_substitution\":\"\(text)\"}" }
            }
            let evidence = try await CanaryEvidence(of: requests, to: gateway)
            #expect(evidence.leaks == [])
            #expect(evidence.findings.allSatisfy { $0.isRefused })
        }
    }

    @Test func `no header field of a caller gets anywhere, nor does the query`() async throws {
        let fields = [
            "user-agent", "cookie", "referer", "x-forwarded-for", "forwarded", "idempotency-key", "openai-organization",
            "openai-project", "traceparent", "tracestate", "baggage", "x-request-id", "x-stainless-lang", "accept",
            "accept-language", "content-type", "anthropic-version", "x-ni-allow-fallbacks", "x-ni-pii-substitution",
            "x-privacy-tier",
        ]
        try await withEveryUpstream { gateway in
            var requests = CanaryRequests(key: gateway.keys.main)
            for way in CanaryWay.all where !way.isStreamed {
                let call = way.call(way.body("hi"))
                for field in fields {
                    requests.add(field, way, call: { call.with(field, $0.text).with("x-\($0.text)", $0.text) })
                }
                requests.add(
                    "the query", way,
                    call: { canary in
                        var call = call
                        call.path += "?" + canary.text
                        return call
                    })
            }
            let evidence = try await CanaryEvidence(of: requests, to: gateway)
            #expect(evidence.leaks == [])
            for finding in evidence.findings { #expect(!Canary.isAny(in: finding.reply.text), "\(finding.summary)") }
            let seen = evidence.upstreamRequests
            #expect(seen.count > 500)
            #expect(!seen.contains { Canary.isAny(in: "\($0.path) \($0.query) \($0.headers)") })
            #expect(!evidence.findings.contains { $0.hasArrived })
        }
    }

    // MARK: What an upstream says

    @Test(
        arguments: ["[[sim:echo]]CANARY", "[[sim:think CANARY]]hi", #"[[sim:call get_weather {"city":"CANARY"}]]"#])
    func `no answer gets further than the caller`(answer: String) async throws {
        try await withEveryUpstream { gateway in
            var requests = CanaryRequests(key: gateway.keys.main)
            for way in CanaryWay.all where way.surface.conversation != nil {
                requests.add(
                    answer, way, body: { way.body(answer.replacing("CANARY", with: $0.text), thinks: true) })
            }
            let evidence = try await CanaryEvidence(of: requests, to: gateway)
            #expect(evidence.leaks == [])
            var signatures: Set<String> = []
            for finding in evidence.findings {
                let whole = try finding.wholeReply()
                #expect(whole.text().contains(finding.request.canary.text), "\(finding.summary)")
                signatures.formUnion(try ChatAnswer(whole, on: finding.surface).signatures)
            }
            #expect(!signatures.isEmpty || !answer.contains("think"))
            for signature in signatures {
                #expect(evidence.files.range(of: Data(signature.utf8)) == nil)
                #expect(!evidence.log.contains { $0.contains(signature) })
            }
        }
    }

    /// What goes wrong, and whether the caller hears of it in the upstream's own words; nil where some adapters have better
    /// ones.
    private static let troubles: [(markers: String, isStreamed: Bool, areWordsTold: Bool?)] = [
        ("[[sim:status 400]]", false, true), ("[[sim:status 401]]", false, false), ("[[sim:status 403]]", false, false),
        ("[[sim:status 404]]", false, nil), ("[[sim:status 429]]", false, true), ("[[sim:status 500]]", false, true),
        ("[[sim:status 503]]", false, true), ("[[sim:garbage]]", false, false), ("[[sim:html]]", false, false),
        ("[[sim:words 9]][[sim:cut 2]]", true, false), ("[[sim:words 9]][[sim:garbage-event 2]]", true, false),
        ("[[sim:words 9]][[sim:error-event 2]]", true, true),
    ]

    @Test(arguments: troubles)
    func `no words of an upstream that fails get further than the caller`(
        markers: String, isStreamed: Bool, areWordsTold: Bool?
    ) async throws {
        try await withEveryUpstream { gateway in
            var requests = CanaryRequests(key: gateway.keys.main)
            // Of what Bedrock is to count for Claude the simulator sees no markers, since it comes as Base64.
            for way in CanaryWay.all
            where (way.isStreamed || !isStreamed) && (way.surface, way.upstream) != (.counts, .bedrockAnthropic) {
                requests.add(markers, way, body: { way.body("\(markers)[[sim:complaint \($0.text)]]") })
            }
            let evidence = try await CanaryEvidence(of: requests, to: gateway)
            #expect(evidence.leaks == [])
            // Embeddings and counts aren't everybody's.
            let findings = evidence.findings.filter { !$0.isRefused }
            for finding in findings {
                #expect(finding.record["outcome"] == "failed", "\(finding.summary)")
                guard let areWordsTold else { continue }
                #expect(Canary.isAny(in: finding.reply.text) == areWordsTold, "\(finding.summary)")
            }
            // The simulator has said it each time.
            let faults = gateway.simulator.stats().faults.values.reduce(0, +)
            #expect(faults == findings.count)
        }
    }

    @Test func `no header field of an upstream gets anywhere, and names of its own are kept if they are names`()
        async throws
    {
        let text = Canary(number: 0).text
        let names = ["set-cookie", "server", "via", "location", "openai-organization", "x-ratelimit-limit-requests"]
        let fields = names.map { "\($0): \(text)\r\n" }.joined() + "x-request-id: you asked: \(text)\r\n"
        func action(_ status: String, _ type: String, _ body: String) -> RawUpstream.Action {
            let head = "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n"
            return .reply(Array("\(head)\(fields)\r\n\(body)".utf8))
        }
        let answer = #"{"model":"you asked: \#(text)","choices":[{"delta":{},"finish_reason":"stop"}]}"#
        let actions = [
            action("200 OK", "application/json", answer),
            action("200 OK", "text/event-stream", "data: \(answer)\n\ndata: [DONE]\n\n"),
            action("500 Broken", "application/json", "{}"), action("302 Found", "text/html", text),
        ]
        try await withRawUpstream([actions]) { gateway, upstream in
            // One event loop, which keeps its connection to the upstream.
            let client = try await TestClient.connect(to: gateway)
            let whole = gateway.chat(TestRoute.raw, "hi")
            for call in [whole, gateway.stream(TestRoute.raw, "hi"), whole, whole] {
                try await client.send(call)
                let reply = try await client.reply()
                #expect(!Canary.isAny(in: reply.headers.map(\.value).joined(separator: "\n")))
                let record = try await gateway.record(of: reply)
                #expect(record["attempts"]?.array?.count == 1 && !Canary.isAny(in: record.text()))
            }
            #expect(upstream.requests.count == actions.count)
            #expect(!gateway.log.lines.contains { Canary.isAny(in: $0.text) })
            #expect(!Canary.isAny(in: try gateway.directory.allBytes()))
        }
    }
}

extension CanaryEvidence.Finding {
    /// The surface, and the place in its requests.
    fileprivate var place: String { "\(request.way.surface.rawValue) \(request.subject)" }

    fileprivate var summary: String { "\(request.name): \(reply.status) \(reply.text)" }

    fileprivate var surface: ChatSurface { request.way.surface.conversation ?? .chatCompletions }

    fileprivate func wholeReply() throws -> JSON {
        request.way.isStreamed ? try ChatAssembly.whole(reply, on: surface) : try reply.json
    }
}
