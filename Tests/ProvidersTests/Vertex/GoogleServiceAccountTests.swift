import CryptoExtras
import Domain
import Testing
import Wire

@testable import Providers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite struct GoogleServiceAccountTests {
    /// A fresh key: none lies about in the repository.
    private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
    private static let now = Timestamp(seconds: 1_795_335_391)

    private func file(without missing: String? = nil) throws -> [UInt8] {
        var file: JSON = [
            "type": "service_account", "project_id": "p-1", "private_key_id": "k1",
            "private_key": JSON(try Self.key.get().pkcs8PEMRepresentation),
            "client_email": "gateway@p-1.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token",
        ]
        guard case .object(var members) = file else { return [] }
        if let missing { members[missing] = nil }
        file = .object(members)
        return file.bytes()
    }

    @Test func `signs an assertion that the public key verifies`() throws {
        let account = try GoogleServiceAccount(json: file())
        let parts = try account.assertion(at: Self.now).split(separator: ".")
        try #require(parts.count == 3)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(Base64URL.decoded(parts[2])))
        let isValid = try Self.key.get().publicKey.isValidSignature(
            signature, for: Array("\(parts[0]).\(parts[1])".utf8), padding: .insecurePKCS1v1_5)
        #expect(isValid)
        let header = try JSON(parsing: #require(Base64URL.decoded(parts[0])))
        try VertexFixture.expectEqual(header, #"{"alg":"RS256","typ":"JWT","kid":"k1"}"#)
        let claims = try JSON(parsing: #require(Base64URL.decoded(parts[1])))
        try VertexFixture.expectEqual(
            claims,
            #"""
            {"iss":"gateway@p-1.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloud-platform",
             "aud":"https://oauth2.googleapis.com/token","iat":1795335391,"exp":1795338991}
            """#)
    }

    @Test func `asks the token endpoint with a form`() throws {
        let account = try GoogleServiceAccount(json: file(), tokenURI: "http://127.0.0.1:9000/token")
        #expect(account.tokenEndpoint == Endpoint(isTLS: false, host: "127.0.0.1", port: 9000, pathPrefix: "/token"))
        let request = try account.tokenRequest(at: Self.now)
        #expect(
            String(decoding: request.head, as: UTF8.self)
                == "POST /token HTTP/1.1\r\nhost: 127.0.0.1:9000\r\n"
                + "content-type: application/x-www-form-urlencoded\r\naccept: application/json\r\n")
        guard case .bytes(let body) = request.body else { return }
        let assertion = try account.assertion(at: Self.now)
        #expect(
            String(decoding: body, as: UTF8.self)
                == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)")
    }

    @Test(arguments: ["type", "client_email", "private_key", "private_key_id", "token_uri"])
    func `names the member that a key file lacks`(_ name: String) throws {
        let file = try file(without: name)
        #expect(throws: GoogleCredentialError.missingMember(name)) { try GoogleServiceAccount(json: file) }
    }

    @Test func `does without a token URI where one is given`() throws {
        #expect(throws: Never.self) {
            try GoogleServiceAccount(json: file(without: "token_uri"), tokenURI: "https://example.ca/token")
        }
    }

    @Test(arguments: [
        ("x", GoogleCredentialError.notJSON), ("[]", .notJSON),
        (#"{"type":"authorized_user"}"#, .unsupportedType("authorized_user")),
        (
            #"{"type":"service_account","client_email":"a","private_key_id":"k","private_key":"-----BEGIN"}"#, .badKey
        ),
    ])
    func `refuses files that are no service account's`(_ text: String, _ error: GoogleCredentialError) {
        #expect(throws: error) { try GoogleServiceAccount(json: text.utf8) }
    }

    // MARK: Replies

    private func token(_ text: String, status: Int = 200) throws -> AccessToken {
        try Array(text.utf8).withUnsafeBytes { try AccessToken(reply: $0, status: status, at: Self.now) }
    }

    @Test func `reads a token and when it expires`() throws {
        let token = try token(#"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#)
        #expect(token == AccessToken(value: "ya29.x", expiresAt: Self.now.adding(seconds: 3_599)))
    }

    @Test func `reads why there is no token`() {
        #expect(
            throws: GoogleCredentialError.refused(
                status: 400, code: "invalid_grant", description: "Invalid JWT Signature.")
        ) {
            try token(#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#, status: 400)
        }
        #expect(throws: GoogleCredentialError.refused(status: 503, code: nil, description: nil)) {
            try token("<html>", status: 503)
        }
    }

    @Test(arguments: [
        "", "{}", #"{"access_token":"a"}"#, #"{"access_token":"","expires_in":1}"#,
        #"{"access_token":"a","expires_in":9223372036854775807}"#, #"{"access_token":"a","expires_in":-1}"#,
    ])
    func `refuses a reply without a usable token`(_ text: String) {
        #expect(throws: GoogleCredentialError.malformedReply) { try token(text) }
    }

    @Test func `prints no secret`() throws {
        let account = try GoogleServiceAccount(json: file())
        let token = AccessToken(value: "ya29.secret", expiresAt: Self.now)
        var dumped = ""
        dump(account, to: &dumped)
        dump(token, to: &dumped)
        let printed = "\(account) \(token) \(String(reflecting: account)) \(String(reflecting: token)) \(dumped)"
        #expect(!printed.contains("secret"))
        #expect(!printed.contains("gserviceaccount"))
    }

    // MARK: The metadata server

    @Test func `asks the metadata server as it wants to be asked`() throws {
        let server = try #require(GoogleMetadataServer())
        #expect(server.endpoint.url == "http://metadata.google.internal")
        #expect(
            String(decoding: server.tokenRequest.head, as: UTF8.self)
                == "GET /computeMetadata/v1/instance/service-accounts/default/token HTTP/1.1\r\n"
                + "host: metadata.google.internal\r\nmetadata-flavor: Google\r\n")
        #expect(GoogleMetadataServer(host: "169.254.169.254/x") == nil)
    }

    @Test func `trusts no answer that a metadata server didn't give`() throws {
        let server = try #require(GoogleMetadataServer())
        let reply = Array(#"{"access_token":"a","expires_in":10,"token_type":"Bearer"}"#.utf8)
        func token(flavor: String?) throws -> AccessToken {
            try reply.withUnsafeBytes { try server.token(in: $0, status: 200, flavor: flavor, at: Self.now) }
        }
        #expect(try token(flavor: "Google").value == "a")
        #expect(throws: GoogleCredentialError.notMetadataServer) { try token(flavor: nil) }
    }
}
