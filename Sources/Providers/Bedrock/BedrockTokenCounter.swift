import Domain
import Wire

/// Asks Bedrock how many tokens a request has, by CountTokens.
///
/// That is done by a foundation model, in the route's own region; what it can't be asked of, such as an application's
/// profile, a newer Claude or a region that counts nothing, Bedrock refuses by itself.
struct BedrockTokenCounter: UpstreamTranslator {
    private let operation: BedrockOperation
    private let body: @Sendable (ChatRequest) throws(TranslationError) -> [UInt8]

    /// - Parameter body: writes the operation's body.
    init(
        of route: Route, keys: SigV4KeyCache,
        body: @escaping @Sendable (ChatRequest) throws(TranslationError) -> [UInt8]
    ) {
        operation = BedrockOperation(
            "count-tokens", accept: "application/json", of: route,
            model: Self.foundationModel(of: route.upstreamModel), keys: keys)
        self.body = body
    }

    func request(
        for chat: ChatRequest, credential: Credential, at now: Timestamp
    ) throws(TranslationError) -> UpstreamRequest {
        operation.request(try body(chat), credential: credential, at: now)
    }

    func reader(for chat: ChatRequest) -> any ReplyReader {
        TokenCountReader(provider: BedrockAdapter.facts.displayName, member: "inputTokens")
    }

    /// The model that a profile of a geography runs, which has the same tokens: CountTokens refuses the profile itself.
    private static func foundationModel(of id: String) -> String {
        let name = id.contains(":inference-profile/") ? id.split(separator: "/").last ?? id[...] : id[...]
        let parts = name.split(separator: ".", maxSplits: 1)
        guard let geography = parts.first, let model = parts.last, geographies.contains(String(geography)) else {
            return id
        }
        return String(model)
    }

    private static let geographies: Set<String> = ["global", "us", "us-gov", "ca", "eu", "apac", "au", "jp"]

    /// A body of InvokeModel, as CountTokens takes it.
    static func wrap(invoking body: [UInt8]) -> [UInt8] {
        var bytes = Array(#"{"input":{"invokeModel":{"body":""#.utf8)
        body.withUnsafeBytes { Base64.append($0, to: &bytes) }
        bytes.append("\"}}}")
        return bytes
    }
}
