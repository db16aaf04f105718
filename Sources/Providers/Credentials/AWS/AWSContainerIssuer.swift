public import Domain
public import Wire

/// The service that gives a container on ECS, or a pod on EKS, the keys of its role.
public struct AWSContainerIssuer: CredentialIssuer {
    public let name = "AWS container credentials"
    public var endpoints: [Endpoint] { [endpoint] }
    private let endpoint: Endpoint
    private let target: String
    private let authorization: Authorization

    public enum Authorization: Sendable {
        case none
        case token(String)
        /// It is exchanged while the container runs.
        case file(String)
    }

    /// - Parameter relativeURI: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, a path on ECS's own address.
    public init(relativeURI: String, authorization: Authorization) throws(CredentialError) {
        guard relativeURI.hasPrefix("/"), !relativeURI.hasPrefix("//"), relativeURI.isVisibleASCII else {
            throw .setting(
                "'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'", issuer: name, "must be a path that begins with '/'.")
        }
        endpoint = Endpoint(isTLS: false, host: "169.254.170.2", port: 80, pathPrefix: "")
        target = relativeURI
        self.authorization = authorization
    }

    /// - Parameter fullURI: `AWS_CONTAINER_CREDENTIALS_FULL_URI`. Without TLS only the machine itself and AWS's own
    ///   addresses are asked: the token must not be readable on the way, nor go to whoever a name leads to.
    public init(fullURI: String, authorization: Authorization) throws(CredentialError) {
        let setting = "'AWS_CONTAINER_CREDENTIALS_FULL_URI'"
        guard let (endpoint, target) = Self.split(fullURI) else {
            throw .setting(setting, issuer: name, "must be an http or https URL without user and fragment.")
        }
        guard endpoint.isTLS || endpoint.isOnThisMachine || Self.isAddressOfAWS(endpoint.host) else {
            throw .setting(
                setting, issuer: name,
                "leads to a host that is asked only over https. Over http it may be the machine itself, 169.254.170.2, "
                    + "169.254.170.23 or [fd00:ec2::23].")
        }
        self.endpoint = endpoint
        self.target = target
        self.authorization = authorization
    }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep {
        guard case .file(let file) = authorization else {
            guard let reply = answers.first else { return .ask(try call(token: nil)) }
            return .done(try keys(in: reply))
        }
        switch answers.count {
        case 0: return .read(file: file)
        case 1: return .ask(try call(token: try answers[0].secret(from: file, issuer: name, most: 16 << 10)))
        default: return .done(try keys(in: answers[1]))
        }
    }

    private func call(token: String?) throws(CredentialError) -> CredentialCall {
        var headers = [("accept", "application/json")]
        if let token {
            headers.append(("authorization", token))
        } else if case .token(let token) = authorization {
            // Kubernetes and ECS write whole header values, with a blank behind the scheme.
            guard token.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
                throw .setting("'AWS_CONTAINER_AUTHORIZATION_TOKEN'", issuer: name, "must be one line of ASCII.")
            }
            headers.append(("authorization", token))
        }
        return CredentialCall("GET", target, of: endpoint, headers: headers)
    }

    private func keys(in reply: CredentialAnswer) throws(CredentialError) -> IssuedCredential {
        try reply.check(name)
        let json = try? JSON(parsing: reply.body)
        guard reply.status == 200 else {
            throw .status(reply.status, issuer: name, json?["message"]?.string ?? json?["code"]?.string)
        }
        guard let json, json.object != nil else { throw .malformed(name, "is no JSON object") }
        return try AWSIssuedKeys(json: json, issuer: name).issued(askedAt: reply.askedAt, issuer: name)
    }

    // MARK: Addresses

    private static func split(_ uri: String) -> (Endpoint, target: String)? {
        guard uri.isVisibleASCII, !uri.contains("#"), let scheme = uri.firstRange(of: "://") else { return nil }
        let rest = uri[scheme.upperBound...]
        let start = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let endpoint = Endpoint(url: String(uri[..<start])) else { return nil }
        let target = rest[start...]
        return (endpoint, target.hasPrefix("/") ? String(target) : "/\(target)")
    }

    private static func isAddressOfAWS(_ host: String) -> Bool {
        ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host.lowercased())
    }
}

extension AWSContainerIssuer: Unprintable {}
