import Domain
import Wire

/// AWS's Security Token Service in one region: its query requests, and its replies in XML.
struct AWSTokenService {
    let endpoint: Endpoint
    private let region: String

    /// The region's own service: the global one would take the request out of it.
    ///
    /// - Parameter url: takes its place, for instance that of a private cloud.
    init(region: String, url: String? = nil, issuer: String) throws(CredentialError) {
        let isName = region.utf8.allSatisfy { byte in
            0x61...0x7A ~= byte || 0x30...0x39 ~= byte || byte == UInt8(ascii: "-")
        }
        guard 1...32 ~= region.utf8.count, isName else {
            throw .setting("The region", issuer: issuer, "of AWS's token service must be one such as 'ca-central-1'.")
        }
        self.region = region
        if let url {
            endpoint = try Self.endpoint(url, issuer: issuer)
        } else {
            endpoint = Endpoint(
                isTLS: true, host: "sts.\(region).\(BedrockAdapter.domain(of: region))", port: 443, pathPrefix: "")
        }
    }

    private static func endpoint(_ url: String, issuer: String) throws(CredentialError) -> Endpoint {
        guard let endpoint = Endpoint(url: url), endpoint.pathPrefix.isEmpty,
            endpoint.isTLS || endpoint.isOnThisMachine
        else {
            throw .setting(
                "'AWS_ENDPOINT_URL_STS'", issuer: issuer,
                "must be an https URL without path and query. Over http only the machine itself is asked.")
        }
        return endpoint
    }

    /// - Parameter keys: who signs; nil: nobody.
    func call(_ form: FormBody, signedBy keys: AWSCredentials?, at now: Timestamp) -> CredentialCall {
        var headers: [(String, String)] = []
        if let keys {
            let signer = SigV4Signer(
                method: "POST", target: "/",
                headers: [("host", endpoint.authority), ("content-type", FormBody.mediaType)], region: region,
                service: "sts")
            let body = form.bytes.withUnsafeBytes { BodyHash(of: $0) }
            let signature = signer.signature(of: body, with: keys, at: now)
            headers.append(("x-amz-date", signature.date))
            if let token = keys.sessionToken { headers.append(("x-amz-security-token", token)) }
            headers.append(("authorization", signature.authorization))
        }
        return CredentialCall("POST", "/", of: endpoint, headers: headers, form: form)
    }

    /// - Parameter action: such as `AssumeRole`, which names the elements of its reply.
    static func keys(
        in reply: CredentialAnswer, of action: String, issuer: String
    ) throws(CredentialError) -> IssuedCredential {
        try reply.check(issuer)
        guard reply.status == 200 else { throw refusal(in: reply, issuer: issuer) }
        let root: XMLTree
        do { root = try XMLTree(parsing: reply.body) } catch { throw .malformed(issuer, "is no XML: \(error)") }
        guard root.name == "\(action)Response", let keys = root["\(action)Result"]?["Credentials"] else {
            throw .malformed(issuer, "is none to \(action)")
        }
        return try AWSIssuedKeys(issuer: issuer, token: "SessionToken") { keys[$0]?.text }
            .issued(askedAt: reply.askedAt, issuer: issuer)
    }

    private static func refusal(in reply: CredentialAnswer, issuer: String) -> CredentialError {
        guard let error = (try? XMLTree(parsing: reply.body))?["Error"], let code = error["Code"]?.text else {
            return .status(reply.status, issuer: issuer)
        }
        let message = error["Message"]?.text ?? ""
        let words = "\(code.prefix(64)) \(message)".trimmed
        return code == "Throttling" || code == "IDPCommunicationError"
            ? CredentialError(.unavailable, issuer: issuer, words.quotable)
            : .status(reply.status, issuer: issuer, words)
    }
}
