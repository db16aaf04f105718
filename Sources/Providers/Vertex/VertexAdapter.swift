public import Domain
public import Wire

/// Gemini models on Google Vertex AI: `generateContent`, and `streamGenerateContent` as server-sent events.
///
/// Needs the setting `project`. The location in the path is the route's region; Vertex refuses a request whose host is of
/// another location.
public struct VertexAdapter: TranslatingAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "vertex"), displayName: "Vertex", litellmPrefix: "vertex_ai",
        telemetryName: "gcp.vertex_ai", defaultBaseURL: { baseURL(region: $0) },
        residency: VertexResidency.finding, witness: ReplyWitness(models: .gemini))

    let route: Route
    let model: GeminiModel
    /// The heads of the methods, without the credential.
    private let wholeHead: UpstreamHead
    private let streamHead: UpstreamHead
    let countHead: UpstreamHead

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        let models = try Self.models(of: "google", for: route, settings)
        self.route = route
        model = GeminiModel(name: route.upstreamModel)
        let path = "\(models)/\(percentEncoded(route.upstreamModel))"
        wholeHead = Self.head(target: "\(path):generateContent", of: route)
        // Without `alt=sse` the stream would be one JSON array, written piece by piece.
        streamHead = Self.head(target: "\(path):streamGenerateContent?alt=sse", of: route)
        countHead = Self.head(target: "\(path):countTokens", of: route)
    }

    /// Gemini can't be told to make one call at a time, so where the caller wants
    /// that, only the first call of the reply is taken.
    public func reader(for chat: ChatRequest) -> any ReplyReader {
        let calls: GeminiCalls = chat.allowsParallelToolCalls == false ? .firstOnly : .all
        return chat.isStreamed ? StreamGenerateContentReader(calls: calls) : GenerateContentReader(calls: calls)
    }

    func head(streamed: Bool, credential: Credential) -> [UInt8] {
        (streamed ? streamHead : wholeHead).bytes(with: credential)
    }

    /// The path of a publisher's models, in the project and at the location that serve the route.
    static func models(
        of publisher: String, for route: Route, _ settings: ProviderSettings
    ) throws(AdapterSettingError) -> String {
        guard let project = settings["project"], !project.isEmpty else {
            throw AdapterSettingError(
                setting: "project", "Vertex needs the id of the Google Cloud project that is billed. Set 'project'.")
        }
        return "\(route.endpoint.pathPrefix)/v1/projects/\(percentEncoded(project))"
            + "/locations/\(percentEncoded(route.residency.region))/publishers/\(publisher)/models"
    }

    static func head(target: String, of route: Route) -> UpstreamHead {
        var head = UpstreamHead(method: "POST", target: target, host: route.endpoint.authority)
        head.add("content-type", "application/json")
        return head
    }

    /// Host names by location: regions, the two multi-regions, and `global`, which promises no place at all.
    private static func baseURL(region: String) -> String {
        switch region {
        case "global": "https://aiplatform.googleapis.com"
        case "us", "eu": "https://aiplatform.\(region).rep.googleapis.com"
        default: "https://\(region)-aiplatform.googleapis.com"
        }
    }
}

/// One segment of a path: everything is encoded but what RFC 3986, section 3.3, allows in a segment beside delimiters.
func percentEncoded(_ segment: String) -> String {
    var bytes: [UInt8] = []
    for byte in segment.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "@"), UInt8(ascii: ":"):
            bytes.append(byte)
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            bytes.append(text: byte < 0x10 ? "%0\(digits)" : "%\(digits)")
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
