import Wire

/// What an error of the Bedrock runtime says, whether it came as a reply with a status or as a frame within a stream.
struct BedrockError {
    /// The exception's name, such as `ThrottlingException`; empty where there is none.
    let name: String
    let message: String
    /// What the model itself answered, in a `ModelErrorException`.
    let originalStatus: Int?

    /// - Parameter name: as it is on the wire: in a header, `ThrottlingException:http://…`; within a body,
    ///   `com.amazonaws#ThrottlingException`; within a stream, `throttlingException`.
    init(name: String, payload: JSON?) {
        self.init(
            name: name, message: (payload?["message"] ?? payload?["Message"])?.string ?? "",
            originalStatus: payload?["originalStatusCode"]?.int)
    }

    init(name: String, message: String, originalStatus: Int? = nil) {
        let bare = name.prefix { $0 != ":" }.split(separator: "#").last ?? ""
        self.name = bare.prefix(1).uppercased() + bare.dropFirst()
        self.message = String(message.unicodeScalars.prefix(Self.longestMessage))
        self.originalStatus = originalStatus
    }

    /// Validation messages can quote the request.
    private static let longestMessage = 1_000

    /// - Parameters:
    ///   - status: the reply's, or nil for an exception within a stream.
    ///   - retryAfter: the header, which Bedrock doesn't send but what stands before it may.
    func fault(status: Int?, retryAfter: String? = nil) -> UpstreamFault {
        let (cause, outside) = byName ?? byStatus(status)
        return UpstreamFault(
            cause, status: outside, message: text(for: cause), retryAfter: retryAfter, upstreamStatus: status)
    }

    private var byName: (UpstreamFault.Cause, Int)? {
        switch name {
        case "ValidationException": validation
        case "ThrottlingException", "ServiceQuotaExceededException": (.limit, 429)
        case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException",
            "ExpiredTokenException", "IncompleteSignatureException", "MissingAuthenticationTokenException",
            "RequestExpired", "InvalidClientTokenId":
            (.account, 502)
        case "ResourceNotFoundException": (.missing, 502)
        case "ModelTimeoutException": (.timeout, 504)
        case "ModelErrorException", "ModelStreamErrorException":
            400..<500 ~= (originalStatus ?? 0) ? (.request, 400) : (.upstream, 502)
        case "ModelNotReadyException", "ServiceUnavailableException": (.unavailable, 503)
        case "InternalServerException": (.upstream, 502)
        default: nil
        }
    }

    private var validation: (UpstreamFault.Cause, Int) {
        // In AWS's words, and in those that Claude's service has for it.
        if message.contains("Input is too long") || message.contains("prompt is too long") {
            return (.contextLength, 400)
        }
        // The model is only to be had through an inference profile: the route names the wrong id, not the caller.
        if message.contains("on-demand throughput isn") { return (.missing, 502) }
        return (.request, 400)
    }

    private func byStatus(_ status: Int?) -> (UpstreamFault.Cause, Int) {
        switch status {
        case 401, 403: (.account, 502)
        case 404: (.missing, 502)
        case 408, 504: (.timeout, 504)
        case 413: (.request, 413)
        case 429: (.limit, 429)
        case 503: (.unavailable, 503)
        case .some(400..<500): (.request, 400)
        default: (.upstream, 502)
        }
    }

    /// AWS's words about credentials name accounts and users, and for a wrong signature quote the signed headers, session
    /// token included. They stay here.
    private func text(for cause: UpstreamFault.Cause) -> String {
        if cause == .account {
            return "Bedrock refused this gateway's own credentials or rights\(name.isEmpty ? "" : " (\(name))")."
        }
        if !message.isEmpty { return message }
        return name.isEmpty ? "Bedrock failed without saying why." : "Bedrock failed: \(name)."
    }
}

extension BedrockAdapter {
    public func fault(of reply: FailedReply) -> UpstreamFault { BedrockError.fault(of: reply) }
}

extension BedrockError {
    static func fault(of reply: FailedReply) -> UpstreamFault {
        let body = try? JSON(reply.body)
        let name = reply.header("x-amzn-errortype") ?? body?["__type"]?.string ?? ""
        return BedrockError(name: name, payload: body)
            .fault(status: reply.status, retryAfter: reply.header("retry-after"))
    }
}
