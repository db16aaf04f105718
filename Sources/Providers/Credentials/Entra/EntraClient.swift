public import Domain
public import Wire

/// An application that is registered with Microsoft Entra ID, which proves who it is by a secret, or by a token that
/// Entra was told to trust, such as Kubernetes'.
public struct EntraClient: CredentialIssuer {
    public let name = "Entra client credentials"
    public var origin: String { "\(name) of \(clientID) in \(tenant)" }
    public var endpoints: [Endpoint] { [endpoint] }
    private let endpoint: Endpoint
    private let tenant: String
    private let clientID: String
    private let scope: String
    private let proof: Proof

    public enum Proof: Sendable {
        case secret(String)
        /// Its content is exchanged now and then, so it is read anew for each renewal.
        case federatedToken(file: String)
    }

    /// For Azure OpenAI; a resource of Foundry has `https://ai.azure.com/.default`.
    public static let defaultScope = "https://cognitiveservices.azure.com/.default"
    public static let defaultAuthority = "https://login.microsoftonline.com"

    /// - Parameters:
    ///   - tenant: its id or its domain's name.
    ///   - authority: where tokens are asked for; clouds of their own have their own.
    public init(
        tenant: String, clientID: String, proof: Proof, scope: String = defaultScope,
        authority: String = defaultAuthority
    ) throws(CredentialError) {
        guard let endpoint = Endpoint(url: authority), endpoint.isTLS || endpoint.isOnThisMachine else {
            throw .setting(
                "'AZURE_AUTHORITY_HOST'", issuer: name,
                "must be an https URL without query. Over http only the machine itself is asked.")
        }
        guard Self.isName(tenant) else {
            throw .setting("'AZURE_TENANT_ID'", issuer: name, "must be a tenant's id or domain.")
        }
        guard Self.isName(clientID) else {
            throw .setting("'AZURE_CLIENT_ID'", issuer: name, "must be an application's id.")
        }
        self.endpoint = endpoint
        self.tenant = tenant
        self.clientID = clientID
        self.proof = proof
        self.scope = scope
    }

    /// From the variables that Azure's own libraries read. Nil where none of them is set.
    public init?(environment values: [String: String], scope: String = defaultScope) throws(CredentialError) {
        let value = { (name: String) -> String? in values[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let client = value("AZURE_CLIENT_ID") else { return nil }
        let proof: Proof
        if let secret = value("AZURE_CLIENT_SECRET") {
            proof = .secret(secret)
        } else if let file = value("AZURE_FEDERATED_TOKEN_FILE") {
            proof = .federatedToken(file: file)
        } else if value("AZURE_CLIENT_CERTIFICATE_PATH") != nil {
            throw CredentialError(
                .unsupported, issuer: "Entra client credentials",
                "'AZURE_CLIENT_CERTIFICATE_PATH' asks for a certificate, which this gateway can't sign with. Use "
                    + "'AZURE_CLIENT_SECRET', or a managed identity.")
        } else {
            return nil
        }
        try self.init(
            tenant: value("AZURE_TENANT_ID") ?? "", clientID: client, proof: proof, scope: scope,
            authority: value("AZURE_AUTHORITY_HOST") ?? Self.defaultAuthority)
    }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep {
        switch proof {
        case .secret(let secret):
            guard let reply = answers.first else { return .ask(call([("client_secret", secret)])) }
            return .done(try EntraTokenReply.credential(in: reply, issuer: name))
        case .federatedToken(let file):
            guard let content = answers.first else { return .read(file: file) }
            guard answers.count > 1 else {
                let token = try content.secret(from: file, issuer: name, most: 32 << 10)
                return .ask(call([("client_assertion_type", Self.assertion), ("client_assertion", token)]))
            }
            return .done(try EntraTokenReply.credential(in: answers[1], issuer: name))
        }
    }

    private static let assertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    private func call(_ proof: [(name: String, value: String?)]) -> CredentialCall {
        let form = FormBody(
            [("grant_type", "client_credentials"), ("client_id", clientID), ("scope", scope)] + proof)
        return CredentialCall(
            "POST", "/\(tenant)/oauth2/v2.0/token", of: endpoint, headers: [("accept", "application/json")], form: form)
    }

    /// Whether a text can stand in a path as it is.
    private static func isName(_ text: String) -> Bool {
        1...128 ~= text.utf8.count && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

extension EntraClient: Unprintable {}
