/// Why there is no access token.
public enum GoogleCredentialError: Error, Hashable, Sendable {
    case notJSON
    case missingMember(String)
    case unsupportedType(String)
    case badKey
    case badTokenURI
    /// The token endpoint said no: OAuth's error code, such as `invalid_grant`, and its description.
    case refused(status: Int, code: String?, description: String?)
    case malformedReply
    /// The answer doesn't come from a metadata server.
    case notMetadataServer
}

extension GoogleCredentialError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notJSON:
            "The service account file is not a JSON object. Use the key file as Google hands it out."
        case .missingMember(let name):
            "The service account file has no '\(name)'. Use the key file as Google hands it out."
        case .unsupportedType(let type):
            "The credentials file is of type '\(type)', which this gateway can't use. Give it the key of a service "
                + "account, or run it on a machine at Google that has one."
        case .badKey:
            "The service account's 'private_key' is no RSA key in PEM of 2048 bits or more. Make a new key."
        case .badTokenURI:
            "The service account's 'token_uri' is no http or https URL without query."
        case .refused(let status, let code, let description):
            "Google refused to give a token (\((code ?? "status \(status)").quotable)): "
                + "\((description ?? "no reason given").quotable). "
                + "Check that the key isn't revoked and that the clock is right."
        case .malformedReply:
            "The token endpoint's answer holds no token."
        case .notMetadataServer:
            "The answer lacks 'Metadata-Flavor: Google', so no metadata server gave it. Is this a machine at Google?"
        }
    }
}
