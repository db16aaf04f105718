public import Domain
import Providers
public import Wire

/// What a caller is told about an error that a module met in its own terms.
extension GatewayError {
    init(_ error: ChatRequestError) {
        switch error {
        case .json(let error): self = .invalidJSON(error.description, french: error.frenchDescription)
        case .missing(let name): self = .missingParameter(name)
        case .type(let name, let expected):
            self = .invalidType(name, expected: expected.rawValue, french: expected.french)
        case .value(let name, let message): self = .invalidValue(name, message)
        case .repeated(let name): self = .repeatedParameter(name)
        case .escaped(let name): self = .escapedParameter(name)
        case .unknown(let name): self = .unknownParameter(name)
        case .notOffered(let name, let message): self = .notOffered(name, message)
        }
    }

    init(_ error: TranslationError) {
        switch error.kind {
        case .unsupported: self = .unsupportedParameter(error.parameter, error.message)
        case .invalid: self = .invalidValue(error.parameter, error.message)
        }
    }

    init(_ fault: UpstreamFault, provider: String) {
        self = .upstream(
            Self.code(for: fault.cause), status: fault.status, provider: provider, message: fault.message,
            retryAfter: fault.retryAfter)
    }

    private static func code(for cause: UpstreamFault.Cause) -> Code {
        switch cause {
        case .request: .upstreamRejected
        case .contextLength: .contextLengthExceeded
        case .contentFilter: .contentFilter
        case .limit: .rateLimitExceeded
        case .account, .missing, .upstream, .malformed: .upstreamError
        case .unavailable: .upstreamUnavailable
        case .timeout, .stalled: .upstreamTimeout
        case .truncated: .upstreamTruncated
        case .connection: .upstreamUnreachable
        case .residency: .residencyCheckFailed
        }
    }
}

extension TranslationError {
    /// The same with the name that the caller has for the parameter.
    func renamed(_ name: String) -> TranslationError {
        guard name != parameter else { return self }
        return TranslationError(kind, parameter: name, message.replacing("'\(parameter)'", with: "'\(name)'"))
    }
}

extension ChatReplyError {
    public init(_ error: GatewayError, in language: Language, id: RequestID) {
        self.init(
            status: error.status, message: error.message[language], code: error.code.rawValue,
            parameter: error.parameter, id: id.hex)
    }
}
