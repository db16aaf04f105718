public import Domain
import Wire

/// A role that is assumed with the keys of another issuer.
public struct AWSRoleIssuer: CredentialIssuer {
    public let name = "AWS assumed role"
    public var origin: String { "\(name) \(role.arn), with \(base.origin)" }
    public var endpoints: [Endpoint] { base.endpoints + [service.endpoint] }
    private let role: AWSRole
    private let base: any CredentialIssuer
    private let service: AWSTokenService

    /// - Parameters:
    ///   - region: whose token service is asked.
    ///   - tokenURL: where that service is, if it isn't AWS's own.
    public init(
        _ role: AWSRole, with base: any CredentialIssuer, region: String, tokenURL: String? = nil
    ) throws(CredentialError) {
        self.role = role
        self.base = base
        service = try AWSTokenService(region: region, url: tokenURL, issuer: name)
    }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep {
        for count in 0...answers.count {
            let step = try base.next(after: Array(answers.prefix(count)), at: now)
            guard case .done(let issued) = step else {
                if count == answers.count { return step }
                continue
            }
            guard case .aws(let keys) = issued.credential else {
                throw CredentialError(.configuration, issuer: name, "\(base.name) gives no keys of AWS's to sign with.")
            }
            guard count < answers.count else { return .ask(service.call(form, signedBy: keys, at: now)) }
            return .done(try AWSTokenService.keys(in: answers[count], of: "AssumeRole", issuer: name))
        }
        throw CredentialError(.configuration, issuer: name, "\(base.name) never gives any keys.")
    }

    private var form: FormBody {
        FormBody([
            ("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", role.arn),
            ("RoleSessionName", role.sessionName), ("DurationSeconds", role.duration.map { String($0) }),
            ("ExternalId", role.externalID),
        ])
    }
}

/// A role that is assumed with a token of somebody else's, such as Kubernetes'.
public struct AWSWebIdentityIssuer: CredentialIssuer {
    public let name = "AWS web identity"
    public var origin: String { "\(name) \(role.arn), with the token in '\(tokenFile)'" }
    public var endpoints: [Endpoint] { [service.endpoint] }
    private let role: AWSRole
    private let tokenFile: String
    private let service: AWSTokenService

    /// - Parameters:
    ///   - tokenFile: its content is exchanged now and then, so it is read anew for each renewal.
    ///   - tokenURL: where AWS's token service is, if it isn't AWS's own.
    public init(
        _ role: AWSRole, tokenFile: String, region: String, tokenURL: String? = nil
    ) throws(CredentialError) {
        self.role = role
        self.tokenFile = tokenFile
        service = try AWSTokenService(region: region, url: tokenURL, issuer: name)
    }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep {
        switch answers.count {
        case 0: return .read(file: tokenFile)
        case 1:
            let token = try answers[0].secret(from: tokenFile, issuer: name, most: 20_000)
            return .ask(service.call(form(token), signedBy: nil, at: now))
        default:
            return .done(
                try AWSTokenService.keys(in: answers[1], of: "AssumeRoleWithWebIdentity", issuer: name))
        }
    }

    private func form(_ token: String) -> FormBody {
        FormBody([
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role.arn),
            ("RoleSessionName", role.sessionName), ("DurationSeconds", role.duration.map { String($0) }),
            ("WebIdentityToken", token),
        ])
    }
}
