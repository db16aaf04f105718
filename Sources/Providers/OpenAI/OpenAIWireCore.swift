import Domain
import Wire

/// What all upstreams of the OpenAI wire share: the head of a request, and the many shapes of an error.
public struct OpenAIWireCore: Sendable {
    private let head: UpstreamHead
    private let provider: String

    init(route: Route, path: String, provider: String) {
        let endpoint = route.endpoint
        var head = UpstreamHead(method: "POST", target: endpoint.pathPrefix + path, host: endpoint.authority)
        head.add("content-type", "application/json")
        head.add("user-agent", "northern")
        self.head = head
        self.provider = provider
    }

    func request(passing body: Splice, credential: Credential) -> UpstreamRequest {
        var head = head
        switch credential {
        case .bearer(let token): head.add("authorization", "Bearer \(token)")
        case .header(let name, let value): head.add(name, value)
        // AWS credentials sign requests to Bedrock; a route of this wire has no use for them.
        case .none, .aws: break
        }
        return UpstreamRequest(head: head.bytes, body: .spliced(body))
    }

    func fault(of reply: FailedReply) -> UpstreamFault {
        let error = ErrorBody(reply.body)
        let retryAfter = reply.header("retry-after")
        func fault(_ cause: UpstreamFault.Cause, _ status: Int, _ message: String? = nil) -> UpstreamFault {
            UpstreamFault(
                cause, status: status, message: message ?? error.message ?? "It answered \(reply.status).",
                retryAfter: retryAfter, upstreamStatus: reply.status)
        }
        switch (reply.status, error.code) {
        case (400, "context_length_exceeded"): return fault(.contextLength, 400)
        case (400, "content_filter"): return fault(.contentFilter, 400)
        // The upstream's words about our own key may hold a part of it.
        case (401...403, _): return fault(.account, 502, "It refused the gateway's own credentials.")
        case (404, _): return fault(.missing, 502, "It doesn't have the route's model.")
        case (408, _), (504, _): return fault(.timeout, 504)
        case (429, _): return fault(.limit, 429)
        case (400..<500, _): return fault(.request, reply.status)
        case (503, _), (529, _): return fault(.unavailable, 503)
        default: return fault(.upstream, 502)
        }
    }
}

/// An error as OpenAI, and servers that are only nearly alike, write it.
private struct ErrorBody {
    private(set) var message: String?
    private(set) var code: String?

    init(_ body: UnsafeRawBufferPointer) {
        guard let value = try? JSON(body) else { return }
        let error = value["error"] ?? value["detail"] ?? value
        message = error.string ?? error["message"]?.string ?? error.array?.first?["msg"]?.string
        code = error["code"]?.string ?? error["innererror"]?["code"]?.string
    }
}
