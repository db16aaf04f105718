public import Domain
import Wire

/// The service that gives a machine at Azure the tokens of the identity it runs as.
public struct AzureManagedIdentity: CredentialIssuer {
    public let name = "Azure managed identity"
    public var endpoints: [Endpoint] { [endpoint] }
    private let endpoint: Endpoint
    private let target: String

    public static let defaultURL = "http://169.254.169.254"
    /// What a token for Azure OpenAI is for.
    public static let defaultResource = "https://cognitiveservices.azure.com"

    /// - Parameters:
    ///   - clientID: which identity, where the machine has several.
    ///   - resource: what the token is for.
    ///   - url: where the machine's service is.
    public init(
        clientID: String? = nil, resource: String = defaultResource, url: String = defaultURL
    ) throws(CredentialError) {
        guard let endpoint = Endpoint(url: url), endpoint.pathPrefix.isEmpty else {
            throw .setting(
                "'AZURE_POD_IDENTITY_AUTHORITY_HOST'", issuer: name, "must be a URL such as '\(Self.defaultURL)'.")
        }
        self.endpoint = endpoint
        let query = FormBody([("api-version", "2018-02-01"), ("resource", resource), ("client_id", clientID)])
        target = "/metadata/identity/oauth2/token?\(query.text)"
    }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep {
        guard let reply = answers.first else {
            return .ask(CredentialCall("GET", target, of: endpoint, headers: [("metadata", "true")]))
        }
        return .done(try EntraTokenReply.credential(in: reply, issuer: name))
    }
}
