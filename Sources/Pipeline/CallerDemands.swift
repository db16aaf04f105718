import Domain
import Privacy
import Wire

/// What a caller demands in header fields, for clients that can't add members to the body. The body wins.
public struct CallerDemands: Sendable {
    /// `x-ni-nonce`
    public var nonce: String?
    /// `x-ni-allow-fallbacks`
    public var fallbacks: String?
    /// `x-ni-pii-substitution`
    public var piiSubstitution: String?
    /// `x-privacy-tier`
    public var privacyTier: String?
    /// `anthropic-beta`: what is in trial on Anthropic's wire. It goes on to upstreams of that wire.
    public var betas: String?

    public init() {}

    func checkedNonce() throws(GatewayError) -> String? {
        guard let nonce else { return nil }
        guard (1...128).contains(nonce.utf8.count), nonce.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
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

    func substitution(_ ask: ChatScan) throws(GatewayError) -> SubstitutionStage.Choice {
        if let choice = ask.substitution { return SubstitutionStage.Choice(choice) }
        guard let piiSubstitution else { return .off }
        guard let choice = PIISubstitutionChoice(header: piiSubstitution) else {
            throw GatewayError(.type("x-ni-pii-substitution", expected: .flagOrRequired))
        }
        return SubstitutionStage.Choice(choice)
    }
}

extension SubstitutionStage.Choice {
    fileprivate init(_ choice: PIISubstitutionChoice) {
        switch choice {
        case .off: self = .off
        case .on: self = .on
        case .required: self = .required
        }
    }
}
