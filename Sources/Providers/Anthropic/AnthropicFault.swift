import Wire

extension UpstreamFault {
    /// - Parameters:
    ///   - status: the reply's, or the one that goes with an error in a stream.
    ///   - upstreamStatus: the reply's; nil for an error in a stream.
    init(
        _ error: AnthropicError?, status: Int, upstreamStatus: Int?, retryAfter: String?, provider: String
    ) {
        let (cause, ours) = Self.meaning(of: status, error)
        self.init(
            cause, status: ours, message: Self.message(for: cause, status, error, provider),
            retryAfter: cause == .limit || cause == .unavailable ? retryAfter : nil, upstreamStatus: upstreamStatus)
    }

    private static func meaning(of status: Int, _ error: AnthropicError?) -> (Cause, status: Int) {
        // The account's own cap. Waiting doesn't help, and it isn't the caller's doing.
        if error?.code == "enforced_spend_limit_reached" { return (.account, 502) }
        return switch status {
        case 400: (request(error), 400)
        case 401...403: (.account, 502)
        case 404: (.missing, 502)
        case 408, 504: (.timeout, 504)
        // A conflict with something that goes on at the same time: it passes.
        case 409: (.unavailable, 409)
        case 413: (.request, 413)
        case 429: (.limit, 429)
        case 503, 529: (.unavailable, 503)
        case 402..<500: (.request, 400)
        default: (.upstream, 502)
        }
    }

    /// The wire has one type for all that is wrong with a request, so the words must tell.
    private static func request(_ error: AnthropicError?) -> Cause {
        let message = error?.message.lowercased() ?? ""
        if message.contains("prompt is too long") || message.contains("exceed context limit") { return .contextLength }
        if message.contains("content filtering policy") { return .contentFilter }
        return .request
    }

    /// The upstream's own words, except where they are about the gateway's account.
    private static func message(
        for cause: Cause, _ status: Int, _ error: AnthropicError?, _ provider: String
    ) -> String {
        let label = error.flatMap { $0.code ?? ($0.type.isEmpty ? nil : $0.type) } ?? "status \(status)"
        switch cause {
        case .account:
            return "\(provider) refused the gateway's own account (\(label.prefix(64))). "
                + "Whoever runs the gateway must check its credentials and limits."
        case .missing: return "\(provider) doesn't have the route's model."
        default:
            guard let message = error?.message, !message.isEmpty else {
                return "\(provider) answered with an error (\(label.prefix(64)))."
            }
            // Words about a request can quote it.
            return String(message.unicodeScalars.prefix(1_000))
        }
    }
}

extension AnthropicDialect {
    func fault(of reply: FailedReply) -> UpstreamFault {
        UpstreamFault(
            AnthropicError(reply.body), status: reply.status, upstreamStatus: reply.status,
            retryAfter: reply.header("retry-after"), provider: provider)
    }
}
