import Crypto
package import Domain
import Wire

/// Signs the requests of one operation for AWS, with Signature Version 4: "Create a signed AWS API request" in the IAM
/// User Guide.
///
/// Made once for everything that is alike in an operation's requests, so that only the date, the session token and the
/// body are left to do for each one. What it is made with must be exactly what is sent.
package struct SigV4Signer: Sendable {
    let request: SigV4CanonicalRequest
    private let region: String
    private let service: String
    private let keys: SigV4KeyCache

    /// - Parameters:
    ///   - target: path and query as they are sent.
    ///   - headers: what is sent with every request, `host` included; `x-amz-date` and `x-amz-security-token` are added
    ///     by each signature.
    ///   - keys: may be shared by signers for the same region and service, and only by them.
    package init(
        method: String, target: String, headers: [(name: String, value: String)], region: String, service: String,
        keys: SigV4KeyCache = SigV4KeyCache()
    ) {
        request = SigV4CanonicalRequest(method: method, target: target, headers: headers)
        self.region = region
        self.service = service
        self.keys = keys
    }

    package func signature(of body: BodyHash, with credentials: AWSCredentials, at now: Timestamp) -> SigV4Signature {
        let date = keys.date(of: now)
        let canonical = request.bytes(date: date, token: credentials.sessionToken, body: body)
        var signing = keys.authenticator(for: credentials, date: date, region: region, service: service)
        signing.update(data: stringToSign(of: canonical, date: date))
        return SigV4Signature(
            date: date,
            authorization: authorization(signing.finalize(), date: date, credentials: credentials))
    }

    func stringToSign(of canonical: [UInt8], date: String) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(192)
        text.append("AWS4-HMAC-SHA256\n")
        text.append(text: date)
        text.append("\n")
        appendScope(to: &text, date: date)
        text.append("\n")
        canonical.withUnsafeBytes { SHA256.hash(of: $0) }.withUnsafeBytes { text.append(hex: $0) }
        return text
    }

    private func authorization(
        _ signature: HMAC<SHA256>.MAC, date: String, credentials: AWSCredentials
    ) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(320)
        text.append("AWS4-HMAC-SHA256 Credential=")
        text.append(text: credentials.accessKeyID)
        text.append("/")
        appendScope(to: &text, date: date)
        text.append(", SignedHeaders=")
        text.append(contentsOf: request.signedHeaders(withToken: credentials.sessionToken != nil))
        text.append(", Signature=")
        signature.withUnsafeBytes { text.append(hex: $0) }
        return String(decoding: text, as: UTF8.self)
    }

    private func appendScope(to text: inout [UInt8], date: String) {
        text.append(contentsOf: date.utf8.prefix(8))
        text.append("/")
        text.append(text: region)
        text.append("/")
        text.append(text: service)
        text.append("/aws4_request")
    }
}

/// What a signature adds to a request; a session token goes into `x-amz-security-token`.
package struct SigV4Signature: Sendable {
    /// The value of `x-amz-date`.
    package let date: String
    /// The value of `authorization`.
    package let authorization: String
}

extension SHA256 {
    static func hash(of bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return hash.finalize()
    }
}

extension [UInt8] {
    /// Appends bytes as lower-case hex digits.
    mutating func append(hex bytes: UnsafeRawBufferPointer) {
        let digits: StaticString = "0123456789abcdef"
        for byte in bytes {
            append(digits.utf8Start[Int(byte >> 4)])
            append(digits.utf8Start[Int(byte & 15)])
        }
    }
}
