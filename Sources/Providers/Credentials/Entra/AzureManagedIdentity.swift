public import Domain
import Wire

/// The service that gives a machine at Azure the tokens of the identity it runs as.
public struct AzureManagedIdentity: CredentialIssuer {
    public let name = "Azure managed identity"
    private let endpoint = Endpoint(isTLS: false, host: "169.254.169.254", port: 80, pathPrefix: "")
    private let target: String

    /// - Parameters:
    ///   - clientID: which identity, where the machine has several.
    ///   - resource: what the token is for.
    public init(clientID: String? = nil, resource: String = "https://cognitiveservices.azure.com") {
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
