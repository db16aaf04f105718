/// The one error a caller can meet: a stable code for programs, a sentence for people that says what to do next.
///
/// All of them are made in `GatewayError+catalog.swift`. They are rendered once, at the border, in the shape of the
/// surface that was called.
public struct GatewayError: Error, Hashable, Sendable {
    public let code: Code
    public let message: LocalizedText
    /// The request member at fault.
    public let parameter: String?
    /// Differs from the code's own status where an upstream's status is passed on, and where HTTP has a closer one for a
    /// request that can't be read.
    public let status: Int
    /// Seconds until another try is welcome.
    public let retryAfter: String?
    /// The limit of the key that struck.
    public let limit: Limit?

    init(
        _ code: Code, english: String, french: String, parameter: String? = nil, status: Int? = nil,
        retryAfter: String? = nil, limit: Limit? = nil
    ) {
        self.code = code
        self.message = LocalizedText(english: english, french: french)
        self.parameter = parameter
        self.status = status ?? code.status
        self.retryAfter = retryAfter
        self.limit = limit
    }

    /// Stable: a code is never renamed or used for something else.
    public enum Code: String, CaseIterable, Sendable {
        case missingAPIKey = "missing_api_key"
        case invalidAPIKey = "invalid_api_key"
        case revokedAPIKey = "revoked_api_key"
        case expiredAPIKey = "expired_api_key"
        case addressNotAllowed = "address_not_allowed"
        case invalidJSON = "invalid_json"
        case invalidType = "invalid_type"
        case invalidValue = "invalid_value"
        case missingRequiredParameter = "missing_required_parameter"
        case repeatedParameter = "repeated_parameter"
        case unsupportedParameter = "unsupported_parameter"
        case invalidRequest = "invalid_request"
        case urlNotAllowed = "url_not_allowed"
        case invalidImageURL = "invalid_image_url"
        case requestTooLarge = "request_too_large"
        case requestTimeout = "request_timeout"
        case modelNotFound = "model_not_found"
        case routeNotAllowed = "route_not_allowed"
        case onwardNotAllowed = "onward_not_allowed"
        case residencyCheckFailed = "residency_check_failed"
        case routeRetired = "route_retired"
        case notFound = "not_found"
        case recordNotFound = "record_not_found"
        case recordOpen = "record_open"
        case recordUnlogged = "record_unlogged"
        case methodNotAllowed = "method_not_allowed"
        case notImplementedYet = "not_implemented_yet"
        case contextLengthExceeded = "context_length_exceeded"
        case contentFilter = "content_filter"
        case upstreamRejected = "upstream_rejected"
        case rateLimitExceeded = "rate_limit_exceeded"
        case budgetExceeded = "budget_exceeded"
        case creditsExhausted = "credits_exhausted"
        case upstreamError = "upstream_error"
        case upstreamUnavailable = "upstream_unavailable"
        case upstreamTimeout = "upstream_timeout"
        case upstreamUnreachable = "upstream_unreachable"
        case upstreamTruncated = "upstream_truncated"
        case custodyUnavailable = "custody_unavailable"
        case piiProtectionUnavailable = "pii_protection_unavailable"
        case gatewayUnavailable = "gateway_unavailable"
        case controlPlaneUnavailable = "control_plane_unavailable"
        case internalError = "internal_error"

        /// HTTP status.
        public var status: Int {
            switch self {
            case .missingAPIKey, .invalidAPIKey, .revokedAPIKey, .expiredAPIKey: 401
            case .invalidJSON, .invalidType, .invalidValue, .missingRequiredParameter, .repeatedParameter,
                .unsupportedParameter, .invalidRequest, .urlNotAllowed, .invalidImageURL, .contextLengthExceeded,
                .contentFilter, .upstreamRejected:
                400
            case .requestTooLarge: 413
            case .requestTimeout: 408
            case .modelNotFound, .notFound, .recordNotFound, .recordUnlogged: 404
            case .addressNotAllowed, .routeNotAllowed, .onwardNotAllowed, .residencyCheckFailed: 403
            case .routeRetired: 410
            case .methodNotAllowed: 405
            case .recordOpen: 409
            case .notImplementedYet: 501
            case .rateLimitExceeded: 429
            case .budgetExceeded, .creditsExhausted: 402
            case .upstreamError, .upstreamUnreachable, .upstreamTruncated, .controlPlaneUnavailable: 502
            case .upstreamUnavailable, .custodyUnavailable, .piiProtectionUnavailable, .gatewayUnavailable: 503
            case .upstreamTimeout: 504
            case .internalError: 500
            }
        }
    }
}

/// A sentence in the languages we answer in.
public struct LocalizedText: Hashable, Sendable {
    public let english: String
    public let french: String

    public init(english: String, french: String) {
        self.english = english
        self.french = french
    }

    public subscript(language: Language) -> String { language == .french ? french : english }
}

public enum Language: Sendable {
    case english, french

    /// What an `Accept-Language` field prefers (RFC 9110, section 12.5.4); English where it names neither.
    public init(acceptLanguage field: String?) {
        let ranges = (field ?? "").split(separator: ",").prefix(20).map(Self.range)
        let best = ranges.filter { $0.quality > 0 && ($0.tag == "fr" || $0.tag == "en") }
            .max { $0.quality < $1.quality }
        self = best?.tag == "fr" ? .french : .english
    }

    private static func range(_ text: Substring) -> (tag: String, quality: Double) {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        let tag = String((parts.first ?? "").prefix { $0 != "-" })
        let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        return (tag, quality)
    }
}
