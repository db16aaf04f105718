import Domain
import Foundation
import Providers
import Testing
import Wire

/// One file of `Fixtures/anthropic`, `Fixtures/vertex_anthropic` or `Fixtures/bedrock_anthropic`: what a client asks, what
/// the upstream is asked, what it answers, and what the client gets.
struct AnthropicGoldenCase: Sendable, CustomTestStringConvertible {
    let provider: String
    let name: String
    let entry: JSON

    var testDescription: String { "\(provider)/\(name)" }

    static let providers = ["anthropic", "vertex_anthropic", "bedrock_anthropic"]

    static let all: [AnthropicGoldenCase] = {
        do {
            return try providers.flatMap { try all(of: $0) }
        } catch {
            Issue.record(error)
            return []
        }
    }()

    static let streamed = all.filter { $0.isStreamed && $0.reply?["stream"] != nil }

    private static func all(of provider: String) throws -> [AnthropicGoldenCase] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/\(provider)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { file in
                AnthropicGoldenCase(
                    provider: provider, name: file.deletingPathExtension().lastPathComponent,
                    entry: try JSON(parsing: Data(contentsOf: file)))
            }
    }

    // MARK: The client

    var isAnthropicClient: Bool { entry["client"]?["wire"] == "anthropic_messages" }

    var isStreamed: Bool { entry["client"]?["request"]?["stream"] == true }

    func chat() throws -> ChatRequest {
        try (entry["client"]?["request"] ?? .null).bytes().withUnsafeBytes { bytes in
            isAnthropicClient
                ? try AnthropicDecoder().request(bytes, leavingOut: [])
                : try OpenAIChatDecoder().request(bytes, leavingOut: [])
        }
    }

    // MARK: The upstream

    var reply: JSON? { entry["upstream"]?["reply"] }

    var isFailure: Bool { (reply?["status"]?.int ?? 200) != 200 }

    func adapter() throws -> any TranslatingAdapter {
        let adapter: any TranslatingAdapter.Type =
            switch provider {
            case "vertex_anthropic": VertexAnthropicAdapter.self
            case "bedrock_anthropic": BedrockAnthropicAdapter.self
            default: AnthropicAdapter.self
            }
        let settings = entry["settings"]?.object?.members.map { ($0.key, $0.value.string ?? "") } ?? []
        let route = try anthropicRoute(
            adapter.facts, model: entry["model"]?.string ?? "", takesSampling: entry["sampling"]?.bool ?? true)
        return try adapter.init(
            route: route,
            settings: ProviderSettings(["project": "p-1"].merging(settings) { _, given in given }))
    }

    /// The bytes of the reply's body.
    func replyBody() -> [UInt8] {
        if let body = reply?["body"] { return body.bytes() }
        if let text = reply?["text"]?.string { return Array(text.utf8) }
        let events = reply?["stream"]?.array ?? []
        return events.flatMap { provider == "bedrock_anthropic" ? frame($0) : Self.serverSent($0) }
    }

    /// The events of the reply as the Messages wire streams them, up to where it fails.
    func replyEvents() throws -> [UInt8] {
        let body = replyBody()
        guard var unframer = (try adapter() as? any PassingAdapter)?.unframer else { return body }
        var events: [UInt8] = []
        body.withUnsafeBytes { bytes in _ = try? unframer.receive(bytes, into: &events) }
        return events
    }

    static func serverSent(_ event: JSON) -> [UInt8] {
        if let text = event.string { return Array(text.utf8) }
        return Array("event: \(event["type"]?.string ?? "")\ndata: \(event.text())\n\n".utf8)
    }

    private func frame(_ event: JSON) -> [UInt8] {
        if let exception = event["exception"]?.string {
            return Self.frame("exception", ":exception-type", exception, event["payload"] ?? [:])
        }
        let payload: JSON = ["bytes": .string(Data(event.bytes()).base64EncodedString()), "p": "abcd"]
        return Self.frame("event", ":event-type", event["frame"]?.string ?? "chunk", payload)
    }

    private static func frame(_ type: String, _ header: String, _ name: String, _ payload: JSON) -> [UInt8] {
        EventStreamMessage(
            headers: [
                (header, .string(name)), (":content-type", .string("application/json")),
                (":message-type", .string(type)),
            ], payload: payload.bytes()
        ).encoded()
    }
}

/// A route to Claude for tests.
func anthropicRoute(
    _ facts: ProviderFacts, model: String, url: String? = nil, takesSampling: Bool = true
) throws -> Route {
    let free = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
    return Route(
        id: "test", name: "Test", provider: facts.id, upstreamModel: model,
        endpoint: try #require(Endpoint(url: url ?? facts.defaultBaseURL("ca-central-1") ?? "")),
        tier: .managedCanadianCloud,
        residency: Residency(
            region: "ca-central-1", jurisdiction: .anywhere, processing: .anywhere, storage: .anywhere,
            exposure: .anywhere),
        prices: PriceSnapshot(id: "free", cost: free, charge: free),
        capabilities: Capabilities(
            supportsVision: true, supportsFunctionCalling: true, modalities: ["text", "image"], contextWindow: 200_000,
            maximumOutputTokens: 64_000, supportsSamplingParameters: takesSampling, basis: .route),
        lifecycle: Lifecycle(), fallbacks: [],
        retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false), credentialSource: .platform)
}
