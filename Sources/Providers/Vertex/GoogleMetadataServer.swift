public import Domain

/// The server that gives machines at Google the tokens of the service account they run as.
///
/// It keeps tokens itself and answers with the same one until shortly before it expires.
public struct GoogleMetadataServer: Sendable {
    public let endpoint: Endpoint

    /// - Parameter host: its name or address, and its port if it isn't 80. Nil for anything else.
    public init?(host: String = "metadata.google.internal") {
        guard let endpoint = Endpoint(url: "http://\(host)"), endpoint.pathPrefix.isEmpty else { return nil }
        self.endpoint = endpoint
    }

    public var tokenRequest: UpstreamRequest {
        var head = UpstreamHead(
            method: "GET", target: "/computeMetadata/v1/instance/service-accounts/default/token",
            host: endpoint.authority)
        head.add("metadata-flavor", "Google")
        return UpstreamRequest(head: head.bytes, body: .bytes([]))
    }

    /// - Parameters:
    ///   - flavor: the answer's header field `metadata-flavor`. Without it something else answered, perhaps a proxy.
    ///   - now: when the request was sent.
    public func token(
        in reply: UnsafeRawBufferPointer, status: Int, flavor: String?, at now: Timestamp
    ) throws(GoogleCredentialError) -> AccessToken {
        guard flavor == "Google" else { throw .notMetadataServer }
        return try AccessToken(reply: reply, status: status, at: now)
    }
}
