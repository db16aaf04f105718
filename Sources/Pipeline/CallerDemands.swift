import Domain
import Wire

/// What a caller demands in header fields, for clients that can't add members to the body. The body wins.
public struct CallerDemands: Sendable {
    /// `x-ni-nonce`
    public var nonce: String?
    /// `x-ni-allow-fallbacks`
    public var fallbacks: String?
    /// `x-ni-pii-substitution`
    public var piiSubstitution: String?
    /// `x-ni-pii-scope`
    public var piiScope: String?
    /// `x-privacy-tier`
    public var privacyTier: String?
    /// `anthropic-beta`: what is in trial on Anthropic's wire. It goes on to upstreams of that wire.
    public var betas: String?

    public init() {}

    func checkedNonce() throws(GatewayError) -> String? {
        guard let nonce else { return nil }
        guard nonce.isShortAndVisible else {
            throw .invalidValue("x-ni-nonce", "'x-ni-nonce' must be 1 to 128 visible ASCII characters.")
        }
        return nonce
    }

    /// - Parameter usual: what holds where the caller doesn't say.
    func allowsFallbacks(_ ask: ChatScan, usually usual: Bool) throws(GatewayError) -> Bool {
        if let choice = ask.allowsFallbacks { return choice }
        switch fallbacks?.lowercased() {
        case nil: return usual
        case "true": return true
        case "false": return false
        default: throw GatewayError(.type("x-ni-allow-fallbacks", expected: .flag))
        }
    }

    func tier(_ ask: ChatScan) throws(GatewayError) -> Tier? {
        guard let name = ask.privacyTier ?? privacyTier else { return nil }
        guard let tier = Tier(rawValue: name) else {
            let known = Tier.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidValue("privacy_tier", "'privacy_tier' must be one of \(known).")
        }
        return tier
    }

    /// What the caller says about personal information; nil where nothing is said.
    func substitution(_ ask: ChatScan) throws(GatewayError) -> SubstitutionDemand? {
        if let choice = ask.substitution { return SubstitutionDemand(choice) }
        guard let piiSubstitution else { return nil }
        guard let choice = PIISubstitutionChoice(header: piiSubstitution) else {
            throw GatewayError(.type("x-ni-pii-substitution", expected: .flagOrRequired))
        }
        return SubstitutionDemand(choice)
    }

    /// What the stand-ins of a request depend on beside its organization's secret: nothing, the request, or a conversation.
    func substitutionScope(of id: RequestID) throws(GatewayError) -> [UInt8] {
        switch piiScope {
        case nil, "organization": return []
        case "request": return Array("request ".utf8) + Array(id.hex.utf8)
        case let name?:
            guard name.isShortAndVisible else {
                throw .invalidValue(
                    "x-ni-pii-scope",
                    "'x-ni-pii-scope' must be 'organization', 'request', or a conversation's name of 1 to 128 visible "
                        + "ASCII characters.")
            }
            return Array("conversation ".utf8) + Array(name.utf8)
        }
    }
}

extension SubstitutionDemand {
    fileprivate init(_ choice: PIISubstitutionChoice) {
        switch choice {
        case .off: self = .off
        case .on: self = .on
        case .required: self = .required
        }
    }
}

extension String {
    /// Whether it is 1 to 128 visible characters of ASCII.
    fileprivate var isShortAndVisible: Bool {
        (1...128).contains(utf8.count) && utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }
}
