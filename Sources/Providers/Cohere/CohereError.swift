import Wire

/// An error of Cohere: `{"id","message"}`.
struct CohereError {
    private let message: String?

    init(_ body: UnsafeRawBufferPointer) {
        let value = try? JSON(body)
        message = (value?["message"] ?? value?["error"])?.string.map { String($0.prefix(1_000)) }
    }

    func fault(status: Int, retryAfter: String?) -> UpstreamFault {
        let (cause, outside) = meaning(of: status)
        return UpstreamFault(
            cause, status: outside, message: text(for: cause, status), retryAfter: retryAfter, upstreamStatus: status)
    }

    private func meaning(of status: Int) -> (UpstreamFault.Cause, Int) {
        switch status {
        case 400 where saysTooLong: (.contextLength, 400)
        // 498 is a token that was blocked.
        case 401...403, 498: (.account, 502)
        case 404: (.missing, 502)
        case 408, 504: (.timeout, 504)
        case 429: (.limit, 429)
        // The connection was given up somewhere on the way.
        case 499: (.upstream, 502)
        // Something that the deployment doesn't do.
        case 501: (.request, 400)
        case 400..<500: (.request, status)
        case 503: (.unavailable, 503)
        default: (.upstream, 502)
        }
    }

    private var saysTooLong: Bool {
        let message = message?.lowercased() ?? ""
        return message.hasPrefix("too many tokens") || message.contains("maximum context length")
    }

    /// Words about credentials and models are about the gateway's own.
    private func text(for cause: UpstreamFault.Cause, _ status: Int) -> String {
        switch cause {
        case .account: "Cohere refused this gateway's own credentials or account."
        case .missing: "Cohere doesn't have the route's model."
        default: message ?? "Cohere answered \(status)."
        }
    }
}
