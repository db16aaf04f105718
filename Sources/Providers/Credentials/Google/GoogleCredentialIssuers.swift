public import Domain
import Wire

extension GoogleServiceAccount: CredentialIssuer {
    public var name: String { "Google service account" }
    public var origin: String { "\(name) \(clientEmail)" }
    public var endpoints: [Endpoint] { [tokenEndpoint] }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep {
        do throws(GoogleCredentialError) {
            guard let reply = answers.first else {
                return .ask(CredentialCall(try tokenRequest(at: now), to: tokenEndpoint))
            }
            return .done(try IssuedCredential(googleReply: reply))
        } catch {
            throw CredentialError(error, issuer: name)
        }
    }
}

extension GoogleMetadataServer: CredentialIssuer {
    public var name: String { "Google metadata server" }
    public var endpoints: [Endpoint] { [endpoint] }

    public func next(after answers: [CredentialAnswer], at now: Timestamp) throws(CredentialError) -> CredentialStep {
        guard let reply = answers.first else { return .ask(CredentialCall(tokenRequest, to: endpoint)) }
        do throws(GoogleCredentialError) {
            guard reply.headers["metadata-flavor"] == "Google" else { throw .notMetadataServer }
            return .done(try IssuedCredential(googleReply: reply))
        } catch {
            throw CredentialError(error, issuer: name)
        }
    }
}

/// A file as Google's libraries find it through `GOOGLE_APPLICATION_CREDENTIALS`.
public enum GoogleCredentialsFile {
    /// - Throws: for every kind but a service account's key, by its name.
    public static func issuer(
        json: [UInt8], tokenURI: String? = nil
    ) throws(CredentialError) -> GoogleServiceAccount {
        do throws(GoogleCredentialError) {
            return try GoogleServiceAccount(json: json, tokenURI: tokenURI)
        } catch {
            throw CredentialError(error, issuer: "Google credentials file")
        }
    }
}

extension IssuedCredential {
    fileprivate init(googleReply reply: CredentialAnswer) throws(GoogleCredentialError) {
        guard reply.body.count <= CredentialAnswer.mostBytes else { throw .malformedReply }
        let token = try reply.body.withUnsafeBufferPointer { bytes throws(GoogleCredentialError) in
            try AccessToken(reply: UnsafeRawBufferPointer(bytes), status: reply.status, at: reply.askedAt)
        }
        self.init(.bearer(token.value), issuedAt: reply.askedAt, expiresAt: token.expiresAt)
    }
}

extension CredentialError {
    fileprivate init(_ error: GoogleCredentialError, issuer: String) {
        let kind: Kind =
            switch error {
            case .unsupportedType: .unsupported
            case .notJSON, .missingMember, .badKey, .badTokenURI: .configuration
            case .refused(let status, _, _): status == 429 || status >= 500 ? .unavailable : .refused
            case .malformedReply, .notMetadataServer: .malformed
            }
        self.init(kind, issuer: issuer, error.description)
    }
}
