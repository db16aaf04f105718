import Domain
import Wire

/// What all upstreams of the OpenAI wire share: the head of a request, and what a failed one means.
public struct OpenAIWireCore: Sendable {
    private let head: UpstreamHead
    let provider: String
    /// What an upstream's words must not tell our callers: where the gateway's own account is.
    private let hidden: [String]

    /// - Parameter hidden: names beside the host's that are left out of messages, too.
    init(route: Route, path: String, provider: String, hidden: [String] = []) {
        let endpoint = route.endpoint
        var head = UpstreamHead(method: "POST", target: endpoint.pathPrefix + path, host: endpoint.authority)
        head.add("content-type", "application/json")
        head.add("user-agent", "northern")
        self.head = head
        self.provider = provider
        // Shorter names are words that a message may hold for other reasons.
        self.hidden = [endpoint.host] + hidden.filter { $0.utf8.count > 5 }
    }

    func request(passing body: Splice, credential: Credential) -> UpstreamRequest {
        UpstreamRequest(head: head.bytes(with: credential), body: .spliced(body))
    }

    func request(_ body: [UInt8], credential: Credential) -> UpstreamRequest {
        UpstreamRequest(head: head.bytes(with: credential), body: .bytes(body))
    }

    func fault(of reply: FailedReply) -> UpstreamFault {
        let error = OpenAIError(reply.body)
        let (cause, status) = error.meaning(status: reply.status)
        return UpstreamFault(
            cause, status: status, message: message(for: cause, error, reply.status),
            retryAfter: Self.retryAfter(reply), upstreamStatus: reply.status)
    }

    private func message(for cause: UpstreamFault.Cause, _ error: OpenAIError, _ status: Int) -> String {
        switch cause {
        case .account: return OpenAIError.accountMessage
        case .missing: return "It doesn't have the route's model."
        default:
            let message = error.message ?? "It answered \(status)."
            return hidden.reduce(message) { $0.replacing($1, with: "the upstream") }
        }
    }

    /// Seconds. Some quotas are told in thousandths only.
    private static func retryAfter(_ reply: FailedReply) -> String? {
        if let seconds = reply.header("retry-after") { return seconds }
        guard let thousandths = reply.header("retry-after-ms").flatMap({ Double($0) }), 0...86_400_000 ~= thousandths
        else { return nil }
        return String(Int((thousandths / 1_000).rounded(.up)))
    }
}
