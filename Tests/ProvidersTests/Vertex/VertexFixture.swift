import Domain
import Testing
import Wire

@testable import Providers

/// What the tests of the Vertex adapter share.
enum VertexFixture {
    static func route(
        model: String = "gemini-2.5-flash", region: String = "northamerica-northeast1", url: String? = nil,
        takesSampling: Bool = true
    ) throws -> Route {
        let prices = TokenPrices(input: TokenPrice(picodollars: 0), output: TokenPrice(picodollars: 0))
        return Route(
            id: "gemini", name: "Gemini", provider: VertexAdapter.facts.id, upstreamModel: model,
            endpoint: try #require(Endpoint(url: url ?? VertexAdapter.facts.defaultBaseURL(region) ?? "")),
            tier: .managedCanadianCloud,
            residency: Residency(
                region: region, jurisdiction: .anywhere, processing: .anywhere, storage: .anywhere, exposure: .anywhere),
            prices: PriceSnapshot(id: "p", cost: prices, charge: prices),
            capabilities: Capabilities(
                supportsVision: true, supportsFunctionCalling: true, modalities: ["text", "image"],
                contextWindow: 1_048_576, maximumOutputTokens: 65_536, supportsSamplingParameters: takesSampling,
                basis: .route),
            lifecycle: Lifecycle(), fallbacks: [],
            retention: Retention(days: nil, isUsedForTraining: false, isReviewedByHumans: false),
            credentialSource: .platform)
    }

    static func adapter(model: String = "gemini-2.5-flash", takesSampling: Bool = true) throws -> VertexAdapter {
        try VertexAdapter(
            route: route(model: model, takesSampling: takesSampling), settings: ProviderSettings(["project": "p-1"]))
    }

    static func chat(_ content: ChatContent...) -> ChatRequest {
        ChatRequest(model: "gemini", messages: [ChatMessage(role: .user, content: content.map { ChatPart($0) })])
    }

    /// The body that a request becomes.
    static func body(
        of chat: ChatRequest, model: String = "gemini-2.5-flash", takesSampling: Bool = true
    ) throws -> JSON {
        let request = try adapter(model: model, takesSampling: takesSampling)
            .request(for: chat, credential: .none, at: Timestamp(seconds: 0))
        guard case .bytes(let bytes) = request.body else {
            Issue.record("a translated body is made of bytes")
            return .null
        }
        return try JSON(parsing: bytes)
    }

    /// The error of a request that can't be translated.
    static func refusal(
        of chat: ChatRequest, model: String = "gemini-2.5-flash", takesSampling: Bool = true
    ) throws -> TranslationError? {
        let adapter = try adapter(model: model, takesSampling: takesSampling)
        do throws(TranslationError) {
            _ = try adapter.request(for: chat, credential: .none, at: Timestamp(seconds: 0))
            return nil
        } catch {
            return error
        }
    }

    /// The events of a reply that comes in pieces of a size, and the fault that ends it, if one does.
    static func read(
        _ text: String, streamed: Bool, calls: GeminiCalls = .all, pieces size: Int = .max
    ) -> (events: [ChatEvent], fault: UpstreamFault?) {
        var reader: any ReplyReader =
            streamed ? StreamGenerateContentReader(calls: calls) : GenerateContentReader(calls: calls)
        var events: [ChatEvent] = []
        var rest = Array(text.utf8)[...]
        do throws(UpstreamFault) {
            while !rest.isEmpty {
                let piece = Array(rest.prefix(size))
                rest = rest.dropFirst(piece.count)
                try piece.withUnsafeBufferPointer { bytes throws(UpstreamFault) in
                    try reader.receive(UnsafeRawBufferPointer(bytes), into: &events)
                }
            }
            try reader.end(into: &events)
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    /// Objects as the events of a stream.
    static func stream(_ objects: String..., newline: String = "\r\n") -> String {
        objects.map { "data: \($0)\(newline)\(newline)" }.joined()
    }

    /// Compares without regard to the order of members.
    static func expectEqual(_ json: JSON?, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let expected = try JSON(parsing: text)
        #expect(json?.text(.sorted) == expected.text(.sorted), sourceLocation: sourceLocation)
    }
}
