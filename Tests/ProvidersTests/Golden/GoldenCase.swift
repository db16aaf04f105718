import Domain
import Foundation
import Fuzzing
import Providers
import Testing
import Wire

/// One exchange on file: what a client asked, what went upstream, what came back, and what the client got.
///
/// The file's `client` and `reply` are what goes in; everything else is what comes out, and is compared.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    let provider: String
    let name: String
    let file: URL
    let json: JSON

    var testDescription: String { "\(provider)/\(name)" }
    var isStreamed: Bool { json["client"]?["request"]?["stream"] == true && json["reply"]?["status"] == nil }

    static func all(of providers: [String]) throws -> [GoldenCase] {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures")
        var cases: [GoldenCase] = []
        for provider in providers {
            let folder = fixtures.appending(path: provider)
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            for file in files.sorted(by: { $0.path < $1.path }) where file.pathExtension == "json" {
                cases.append(
                    GoldenCase(
                        provider: provider, name: file.deletingPathExtension().lastPathComponent, file: file,
                        json: try JSON(parsing: Data(contentsOf: file))))
            }
        }
        return cases
    }

    // MARK: The route

    func adapter() throws -> any TranslatingAdapter {
        let settings = (json["settings"]?.object?.members ?? []).reduce(into: [String: String]()) {
            $0[$1.key] = $1.value.string
        }
        let made: [String: any TranslatingAdapter.Type] = [
            "openai": OpenAIAdapter.self, "azure": AzureOpenAIAdapter.self, "compatible": OpenAICompatibleAdapter.self,
            "cohere": CohereAdapter.self,
        ]
        return try #require(made[provider]).init(route: try route(), settings: ProviderSettings(settings))
    }

    private func route() throws -> Route {
        let urls = [
            "openai": "https://api.openai.com/v1", "azure": "https://contoso-east.openai.azure.com",
            "compatible": "http://10.0.0.7:8000/v1", "cohere": "https://api.cohere.com",
        ]
        let free = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
        return Route(
            id: "route", name: "Route", provider: ProviderID(rawValue: provider),
            upstreamModel: json["model"]?.string ?? "model",
            endpoint: try #require(Endpoint(url: urls[provider] ?? "")), tier: .managedCanadianCloud,
            residency: Residency(
                region: "canadaeast", jurisdiction: .anywhere, processing: .anywhere, storage: .anywhere,
                exposure: .anywhere),
            prices: PriceSnapshot(id: "free", cost: free, charge: free),
            capabilities: Capabilities(
                supportsVision: true, supportsFunctionCalling: true, modalities: ["text", "image"],
                contextWindow: 128_000, maximumOutputTokens: 8_192,
                supportsSamplingParameters: json["takes_sampling"]?.bool ?? true, basis: .route),
            lifecycle: Lifecycle(), fallbacks: [],
            retention: Retention(days: 0, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform)
    }
}

// MARK: What comes out

extension GoldenCase {
    /// Every member of the file that isn't an input.
    func outcome() throws -> JSONObject {
        let client = try GoldenClient(try #require(json["client"]))
        let adapter = try adapter()
        var outcome = JSONObject()
        let request: UpstreamRequest
        do throws(TranslationError) {
            request = try adapter.request(for: client.chat, credential: credential, at: Timestamp(seconds: 0))
        } catch {
            outcome["refusal"] = [
                "parameter": .string(error.parameter), "kind": error.kind == .invalid ? "invalid" : "unsupported",
                "message": .string(error.message),
            ]
            return outcome
        }
        outcome["upstream_request"] = try Self.told(request)
        guard let reply = json["reply"] else { return outcome }
        if let status = reply["status"]?.int {
            outcome["fault"] = Self.told(adapter.fault(of: reply, status: status))
            return outcome
        }
        let (events, fault) = Self.read(replyBytes, by: adapter.reader(for: client.chat))
        // A reply that fails before it began to be told is told as the fault alone.
        if isStreamed || fault == nil { outcome["client_reply"] = try client.reply(to: events) }
        outcome["fault"] = fault.map(Self.told)
        return outcome
    }

    private var credential: Credential {
        provider == "azure" && json["token"] == nil
            ? .header(name: "api-key", value: "k-1") : .bearer(json["token"]?.string ?? "k-1")
    }

    private static func told(_ request: UpstreamRequest) throws -> JSON {
        guard case .bytes(let body) = request.body else { return .null }
        let lines = String(decoding: request.head, as: UTF8.self).split(separator: "\r\n")
        return ["head": .array(lines.map { .string(String($0)) }), "body": try JSON(parsing: body)]
    }

    private static func told(_ fault: UpstreamFault) -> JSON {
        [
            "cause": .string(fault.cause.rawValue), "status": JSON(fault.status), "message": .string(fault.message),
            "retry_after": fault.retryAfter.map { .string($0) } ?? .null,
        ]
    }

    /// The upstream's bytes: an object, a stream's events, or text as it is.
    var replyBytes: [UInt8] {
        let reply = json["reply"]
        if let text = reply?["text"]?.string { return Array(text.utf8) }
        if let whole = reply?["whole"] { return whole.bytes() }
        var bytes: [UInt8] = []
        for event in reply?["stream"]?.array ?? [] {
            if provider == "cohere", let type = event["type"]?.string { bytes.append(text: "event: \(type)\n") }
            bytes.append("data: ")
            if let text = event.string { bytes.append(text: text) } else { event.write(to: &bytes) }
            bytes.append("\n\n")
        }
        return bytes
    }

    static func read(
        _ bytes: [UInt8], by reader: any ReplyReader
    ) -> (events: [ChatEvent], fault: UpstreamFault?) {
        let reply = ReadReply(of: [bytes[...]], by: reader)
        return (reply.events, reply.fault)
    }
}

extension ProviderAdapter {
    fileprivate func fault(of reply: JSON, status: Int) -> UpstreamFault {
        let body = reply["body"]?.string.map { Array($0.utf8) } ?? reply["body"]?.bytes() ?? []
        return body.withUnsafeBytes { bytes in
            fault(of: FailedReply(status: status, header: { reply["headers"]?[$0]?.string }, body: bytes))
        }
    }
}
