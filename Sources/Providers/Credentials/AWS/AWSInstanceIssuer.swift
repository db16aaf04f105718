public import Domain
import Wire

/// The metadata service of an EC2 machine, in its second version, which answers only to who can send a `PUT`: a request
/// that was smuggled through a server on the machine mostly can't.
public struct AWSInstanceIssuer: CredentialIssuer {
    public let name = "AWS instance metadata"
    public var endpoints: [Endpoint] { [endpoint] }
    private let endpoint: Endpoint

    private static let roles = "/latest/meta-data/iam/security-credentials/"

    public init() {
        endpoint = Endpoint(isTLS: false, host: "169.254.169.254", port: 80, pathPrefix: "")
    }

    /// - Parameter url: `AWS_EC2_METADATA_SERVICE_ENDPOINT`, such as `http://[fd00:ec2::254]`.
    public init(url: String) throws(CredentialError) {
        guard let endpoint = Endpoint(url: url) else {
            throw .setting(
                "'AWS_EC2_METADATA_SERVICE_ENDPOINT'", issuer: name, "must be a URL such as 'http://[fd00:ec2::254]'.")
        }
        self.endpoint = endpoint
    }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep {
        switch answers.count {
        case 0:
            // Its life in seconds; it is used for the next two requests only.
            let life = ("x-aws-ec2-metadata-token-ttl-seconds", "60")
            return .ask(CredentialCall("PUT", "/latest/api/token", of: endpoint, headers: [life]))
        case 1: return .ask(get(Self.roles, token: try token(in: answers[0])))
        case 2:
            let role = try role(in: answers[1])
            return .ask(get(Self.roles + role, token: try token(in: answers[0])))
        default: return .done(try keys(in: answers[2]))
        }
    }

    private func get(_ target: String, token: String) -> CredentialCall {
        CredentialCall("GET", target, of: endpoint, headers: [("x-aws-ec2-metadata-token", token)])
    }

    private func token(in reply: CredentialAnswer) throws(CredentialError) -> String {
        guard reply.status == 200 else {
            let isOff = [403, 404, 405].contains(reply.status)
            let reason = "the second version of the service, or the service at all, is turned off on this machine"
            throw .status(reply.status, issuer: name, isOff ? reason : nil)
        }
        let token = String(decoding: reply.body.prefix(4_096), as: UTF8.self)
        guard !token.isEmpty, reply.body.count < 4_096, token.isVisibleASCII else {
            throw .malformed(name, "is no token")
        }
        return token
    }

    private func role(in reply: CredentialAnswer) throws(CredentialError) -> String {
        guard reply.status == 200 else {
            throw .status(reply.status, issuer: name, reply.status == 404 ? "no role is attached to this machine" : nil)
        }
        let line = reply.body.prefix(256).prefix { $0 != 0x0A && $0 != 0x0D }
        let role = String(decoding: line, as: UTF8.self)
        guard AWSRole.isName(role) else { throw .malformed(name, "names no role") }
        return role
    }

    private func keys(in reply: CredentialAnswer) throws(CredentialError) -> IssuedCredential {
        try reply.check(name)
        guard reply.status == 200 else { throw .status(reply.status, issuer: name) }
        guard let json = try? JSON(parsing: reply.body), json.object != nil else {
            throw .malformed(name, "is no JSON object")
        }
        if let code = json["Code"]?.string, code != "Success" {
            throw CredentialError(.refused, issuer: name, "It gave no keys (\(code.prefix(64))).")
        }
        return try AWSIssuedKeys(json: json, issuer: name).issued(askedAt: reply.askedAt, issuer: name)
    }
}
