import Crypto

/// Checks requests that are signed with AWS Signature Version 4.
///
/// It is written from AWS's description and shares nothing with a signer: two ways to the same signature are a test of
/// both. The clock is not looked at, so that tests can use a fixed one; but the date must be the one that is signed.
struct SignatureVerifier {
    let accessKeyID: String
    let secret: String
    let service: String

    /// Whose key a request says it is signed with.
    static func accessKeyID(of call: Call) -> String? {
        call.headers["authorization"].flatMap { Authorization($0) }?.accessKeyID
    }

    func verify(_ call: Call) throws(Refusal) {
        guard let value = call.headers["authorization"] else { throw Self.refusal(.missing) }
        guard let authorization = Authorization(value), let time = call.headers["x-amz-date"] else {
            throw Self.refusal(.incomplete)
        }
        guard authorization.accessKeyID == accessKeyID else { throw Self.refusal(.unknownKey) }
        let scope = authorization.scope
        guard scope.count == 4, scope[2] == service, scope[3] == "aws4_request", !scope[0].isEmpty,
            time.hasPrefix(scope[0] + "T"), signsWhatItMust(authorization, call),
            let request = canonicalRequest(call, authorization.signedHeaders)
        else { throw Self.refusal(.wrong) }
        let lines = ["AWS4-HMAC-SHA256", time, scope.joined(separator: "/"), digest(of: Array(request.utf8))]
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(lines.joined(separator: "\n").utf8), using: key(for: scope))
        guard hexadecimal(code) == authorization.signature else { throw Self.refusal(.wrong) }
    }

    /// The host, and every one of AWS's own headers that is there.
    private func signsWhatItMust(_ authorization: Authorization, _ call: Call) -> Bool {
        let signed = Set(authorization.signedHeaders)
        let own = call.headers.fields.map { $0.name.lowercased() }.filter { $0.hasPrefix("x-amz-") }
        return signed.contains("host") && own.allSatisfy(signed.contains)
    }

    private func key(for scope: [String]) -> SymmetricKey {
        scope.reduce(SymmetricKey(data: Array("AWS4\(secret)".utf8))) { key, part in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
    }
}

// MARK: The canonical request

extension SignatureVerifier {
    /// Nil when a header that is said to be signed is not there, or a digest of the body is not the body's.
    func canonicalRequest(_ call: Call, _ signedHeaders: [String]) -> String? {
        var headers = ""
        for name in signedHeaders {
            guard let value = canonicalValue(of: name, call) else { return nil }
            headers += "\(name):\(value)\n"
        }
        let bodyDigest = digest(of: call.body)
        let stated = call.headers["x-amz-content-sha256"] ?? bodyDigest
        guard stated == bodyDigest || stated == "UNSIGNED-PAYLOAD" else { return nil }
        let parts = [
            call.method, canonicalPath(call.path), canonicalQuery(call.query), headers,
            signedHeaders.joined(separator: ";"), stated,
        ]
        return parts.joined(separator: "\n")
    }

    /// The values of a name, each without white space around it and with single spaces inside.
    private func canonicalValue(of name: String, _ call: Call) -> String? {
        let values = call.headers.fields.filter { $0.name.lowercased() == name }
        guard !values.isEmpty else { return nil }
        return values.map { $0.value.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.joined(
            separator: ",")
    }

    /// The path as it was sent, encoded once more.
    private func canonicalPath(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        guard !segments.isEmpty else { return "/" }
        let isOpen = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        return "/" + segments.map { Self.encoded($0.utf8) }.joined(separator: "/") + (isOpen ? "/" : "")
    }

    /// The parameters, encoded once, in the order of their bytes.
    private func canonicalQuery(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.recoded(parts[0]), parts.count > 1 ? Self.recoded(parts[1]) : "")
        }
        return pairs.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    private static func recoded(_ text: Substring) -> String { encoded(percentDecoded(text)) }

    private static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%" + hexadecimal([byte]).uppercased()
            }
        }
        return text
    }
}

// MARK: What can be wrong

extension SignatureVerifier {
    private enum Fault {
        case missing, incomplete, unknownKey, wrong
    }

    private static func refusal(_ fault: Fault) -> Refusal {
        let (name, message) =
            switch fault {
            case .missing: ("MissingAuthenticationTokenException", "Missing Authentication Token")
            case .incomplete:
                ("IncompleteSignatureException", "The authorization header or X-Amz-Date is missing or malformed.")
            case .unknownKey:
                ("UnrecognizedClientException", "The security token included in the request is invalid.")
            case .wrong:
                (
                    "InvalidSignatureException",
                    "The request signature we calculated does not match the signature you provided. Check your AWS "
                        + "Secret Access Key and signing method."
                )
            }
        return Refusal(403, .badCredential, message, name: name)
    }
}

/// The parts of an `Authorization` header with a signature.
private struct Authorization {
    let accessKeyID: String
    /// Date, region, service and `aws4_request`.
    let scope: [String]
    let signedHeaders: [String]
    let signature: String

    init?(_ value: String) {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] == "AWS4-HMAC-SHA256" else { return nil }
        var members: [String: String] = [:]
        for member in parts[1].split(separator: ",") {
            let pair = trimmed(member).split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            members[String(pair[0])] = String(pair[1])
        }
        guard let credential = members["Credential"], let headers = members["SignedHeaders"],
            let signature = members["Signature"]
        else { return nil }
        let places = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        accessKeyID = places.first ?? ""
        scope = Array(places.dropFirst())
        signedHeaders = headers.split(separator: ";").map(String.init)
        self.signature = signature
    }
}
