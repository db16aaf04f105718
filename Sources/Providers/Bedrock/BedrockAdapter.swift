public import Domain
public import Wire

/// Models on Amazon Bedrock, through Converse and ConverseStream, which are alike for all of them.
///
/// Signs with AWS credentials, or sends a Bedrock API key as a bearer. The region that signs is the route's.
public struct BedrockAdapter: TranslatingAdapter {
    public static let facts = ProviderFacts(
        id: ProviderID(rawValue: "bedrock"), displayName: "Bedrock", litellmPrefix: "bedrock",
        telemetryName: "aws.bedrock", defaultBaseURL: { baseURL(region: $0) },
        residency: BedrockResidency.finding)

    let model: ConverseModel
    private let converse: BedrockOperation
    private let converseStream: BedrockOperation
    private let counter: BedrockTokenCounter

    public init(route: Route, settings: ProviderSettings) throws(AdapterSettingError) {
        guard !route.residency.region.isEmpty else {
            throw AdapterSettingError(
                setting: "region", "Bedrock signs requests for a region. Give the route one, such as 'ca-central-1'.")
        }
        guard 1...2_048 ~= route.upstreamModel.utf8.count else {
            throw AdapterSettingError(
                setting: "model", "Bedrock needs a model id, or an inference profile's id or ARN, of up to 2048 bytes.")
        }
        let model = ConverseModel(id: route.upstreamModel, capabilities: route.capabilities)
        self.model = model
        let keys = SigV4KeyCache()
        converse = BedrockOperation("converse", accept: "application/json", of: route, keys: keys)
        converseStream = BedrockOperation(
            "converse-stream", accept: "application/vnd.amazon.eventstream", of: route, keys: keys)
        counter = BedrockTokenCounter(of: route, keys: keys) { chat throws(TranslationError) in
            try ConverseRequest(chat, for: model).countBytes
        }
    }

    public var tokenCounter: (any UpstreamTranslator)? { counter }

    public func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        let body = try ConverseRequest(chat, for: model).bytes
        let operation = chat.isStreamed ? converseStream : converse
        return operation.request(body, credential: credential, at: now)
    }

    public func reader(for chat: ChatRequest) -> any ReplyReader {
        chat.isStreamed
            ? ConverseStreamReader(stopSequences: chat.stop) : ConverseReader(stopSequences: chat.stop)
    }

    private static func baseURL(region: String) -> String {
        "https://bedrock-runtime.\(region).\(domain(of: region))"
    }

    /// The three partitions that have names of their own.
    static func domain(of region: String) -> String {
        region.hasPrefix("cn-") ? "amazonaws.com.cn" : region.hasPrefix("eusc-") ? "amazonaws.eu" : "amazonaws.com"
    }
}

/// One operation on one route: the head of its requests, and who signs them.
struct BedrockOperation: Sendable {
    private let head: UpstreamHead
    private let signer: SigV4Signer

    /// - Parameter model: in place of the route's own.
    init(_ name: String, accept: String, of route: Route, model: String? = nil, keys: SigV4KeyCache) {
        // The model is one segment, whatever colons and slashes an ARN has.
        let model = SigV4CanonicalRequest.percentEncoded(model ?? route.upstreamModel)
        let target = "\(route.endpoint.pathPrefix)/model/\(model)/\(name)"
        let host = route.endpoint.authority
        var head = UpstreamHead(method: "POST", target: target, host: host)
        head.add("content-type", "application/json")
        head.add("accept", accept)
        self.head = head
        signer = SigV4Signer(
            method: "POST", target: target, headers: [("host", host), ("content-type", "application/json")],
            region: route.residency.region, service: "bedrock", keys: keys)
    }

    func request(_ body: [UInt8], credential: Credential, at now: Timestamp) -> UpstreamRequest {
        guard case .aws(let keys) = credential else {
            return UpstreamRequest(head: head.bytes(with: credential), body: .bytes(body))
        }
        let hash = body.withUnsafeBytes { BodyHash(of: $0) }
        return UpstreamRequest(head: head(signing: hash, with: keys, at: now), body: .bytes(body))
    }

    func request(passing body: Splice, credential: Credential, at now: Timestamp) -> PassedRequest {
        guard case .aws(let keys) = credential else {
            return .ready(UpstreamRequest(head: head.bytes(with: credential), body: .spliced(body)))
        }
        return .unsigned(UnsignedRequest(body) { hash in head(signing: hash, with: keys, at: now) })
    }

    private func head(signing body: BodyHash, with keys: AWSCredentials, at now: Timestamp) -> [UInt8] {
        var head = head
        let signature = signer.signature(of: body, with: keys, at: now)
        head.add("x-amz-date", signature.date)
        if let token = keys.sessionToken { head.add("x-amz-security-token", token) }
        head.add("authorization", signature.authorization)
        return head.bytes
    }
}
