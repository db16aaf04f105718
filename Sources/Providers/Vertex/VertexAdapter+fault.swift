import Wire

extension VertexAdapter {
    public func fault(of reply: FailedReply) -> UpstreamFault { Self.fault(of: reply) }

    static func fault(of reply: FailedReply) -> UpstreamFault {
        UpstreamFault(
            GoogleError(reply.body), status: reply.status, upstreamStatus: reply.status,
            retryAfter: reply.header("retry-after").flatMap { UInt32($0) }.map { Int($0) })
    }
}

extension UpstreamFault {
    /// For an error in the body of a reply with status 200.
    init(inBody error: GoogleError?) {
        self.init(error, status: error?.httpStatus ?? 500, upstreamStatus: nil, retryAfter: nil)
    }

    fileprivate init(_ error: GoogleError?, status: Int, upstreamStatus: Int?, retryAfter: Int?) {
        let (cause, ours) = Self.meaning(of: status, error)
        let seconds = cause == .limit || cause == .unavailable ? error?.retryDelay ?? retryAfter : nil
        self.init(
            cause, status: ours, message: Self.message(for: cause, status, error),
            retryAfter: seconds.map { String($0) }, upstreamStatus: upstreamStatus)
    }

    static func blockedPrompt(_ reason: String) -> UpstreamFault {
        UpstreamFault(
            .contentFilter, status: 400, message: "Vertex's content filter refused the prompt (\(reason.prefix(64))).")
    }

    static func malformed(json error: JSONError) -> UpstreamFault {
        .malformed("Vertex's reply is not the JSON it should be: \(error).")
    }

    private static func meaning(of status: Int, _ error: GoogleError?) -> (Cause, status: Int) {
        switch status {
        case 400: (error?.saysTooLong == true ? .contextLength : .request, 400)
        case 413: (.request, 413)
        case 401, 403: (.account, 502)
        case 404: (.missing, 502)
        case 408, 499, 504: (.timeout, 504)
        // A conflict with something that goes on at the same time: it passes.
        case 409: (.unavailable, 409)
        case 429: (.limit, 429)
        case 503: (.unavailable, 503)
        default: (.upstream, 502)
        }
    }

    /// Google's own words, except where they name the gateway's project or account.
    private static func message(for cause: Cause, _ status: Int, _ error: GoogleError?) -> String {
        let name = [error?.status, error?.reason].compactMap(\.self).joined(separator: ", ")
        let label = name.isEmpty ? "status \(status)" : name
        return switch cause {
        case .account:
            "Vertex refused the gateway's own account (\(label)). Whoever runs the gateway must check its credentials."
        case .missing:
            "Vertex doesn't serve this model in this region, or no longer does (\(label))."
        default:
            error?.message.map { String($0.prefix(1_000)) } ?? "Vertex answered with an error (\(label))."
        }
    }
}

extension GoogleError {
    fileprivate var saysTooLong: Bool {
        message?.lowercased().contains("exceeds the maximum number of tokens") ?? false
    }

    /// The HTTP status, told by the error's name where the number is missing (`google/rpc/code.proto`).
    fileprivate var httpStatus: Int? {
        if let code { return code }
        return switch status {
        case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE": 400
        case "UNAUTHENTICATED": 401
        case "PERMISSION_DENIED": 403
        case "NOT_FOUND": 404
        case "ABORTED", "ALREADY_EXISTS": 409
        case "RESOURCE_EXHAUSTED": 429
        case "CANCELLED": 499
        case "UNAVAILABLE": 503
        case "DEADLINE_EXCEEDED": 504
        default: nil
        }
    }
}
