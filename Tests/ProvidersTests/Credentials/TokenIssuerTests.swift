import CryptoExtras
import Domain
import Testing
import Wire

@testable import Providers

/// Google's and Microsoft's tokens.
@Suite struct TokenIssuerTests {
    // MARK: Entra

    private func client(_ proof: EntraClient.Proof = .secret("p&s=w")) throws -> EntraClient {
        try EntraClient(tenant: "contoso.onmicrosoft.com", clientID: "11-22", proof: proof)
    }

    @Test func `asks Entra with a secret`() throws {
        let (lines, body, url) = try client().asked()
        #expect(url == "https://login.microsoftonline.com")
        #expect(
            lines == [
                "POST /contoso.onmicrosoft.com/oauth2/v2.0/token HTTP/1.1", "host: login.microsoftonline.com",
                "content-type: application/x-www-form-urlencoded; charset=utf-8", "accept: application/json",
            ])
        #expect(
            body == "grant_type=client_credentials&client_id=11-22"
                + "&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default&client_secret=p%26s%3Dw")
        let reply = #"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"eyJ0"}"#
        let issued = try client().issued(after: Recorded.answer(reply))
        #expect(issued.bearer == "eyJ0")
        #expect(issued.expiresAt == Recorded.now.adding(seconds: 3_599))
    }

    @Test func `asks Entra with a token out of a file`() throws {
        let client = try client(.federatedToken(file: "/azure/token"))
        #expect(try client.file() == "/azure/token")
        let body = try client.asked(after: Recorded.answer("eyJ.x\n")).body
        #expect(
            body.hasSuffix(
                "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                    + "&client_assertion=eyJ.x"))
        let reply = Recorded.answer(#"{"expires_in":"60","access_token":"a"}"#)
        #expect(try client.issued(after: Recorded.answer("eyJ"), reply).bearer == "a")
    }

    @Test(arguments: [
        (200, "", CredentialError.Kind.malformed), (200, "[]", .malformed), (200, #"{"access_token":"a"}"#, .malformed),
        (200, #"{"access_token":"a","expires_in":0}"#, .malformed), (200, #"{"expires_in":60}"#, .malformed),
        (200, #"{"access_token":"a\r\nb","expires_in":60}"#, .malformed),
        (200, #"{"access_token":"a","expires_in":9223372036854775807}"#, .malformed),
        (200, #"{"access_token":"a","expires_in":60,"token_type":"mac"}"#, .malformed),
        (401, #"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid secret."}"#, .refused),
        (400, "<html>", .refused), (503, "", .unavailable), (429, "", .unavailable),
    ])
    func `takes no token out of an answer that has none`(
        _ status: Int, _ body: String, _ kind: CredentialError.Kind
    ) throws {
        let reply = Recorded.answer(body, status: status)
        let failure = try client().failure(after: reply)
        #expect(failure?.kind == kind)
        if body.contains("AADSTS") { #expect(failure?.message.contains("AADSTS7000215") == true) }
        #expect(try AzureManagedIdentity().failure(after: reply)?.kind == kind)
    }

    @Test func `reads Azure's own variables, and refuses a certificate by name`() throws {
        let ids = ["AZURE_CLIENT_ID": "c", "AZURE_TENANT_ID": "t"]
        #expect(try EntraClient(environment: [:]) == nil)
        #expect(try EntraClient(environment: ids) == nil)
        let values = ids.merging([
            "AZURE_CLIENT_SECRET": "s", "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us/",
        ]) { $1 }
        let client = try #require(try EntraClient(environment: values))
        #expect(try client.asked().url == "https://login.microsoftonline.us")
        let pod = try #require(try EntraClient(environment: ids.merging(["AZURE_FEDERATED_TOKEN_FILE": "/t"]) { $1 }))
        #expect(try pod.file() == "/t")
        let failure = credentialFailure { () throws(CredentialError) in
            _ = try EntraClient(environment: ids.merging(["AZURE_CLIENT_CERTIFICATE_PATH": "/c"]) { $1 })
        }
        #expect(failure?.kind == .unsupported)
        #expect(failure?.message.contains("AZURE_CLIENT_CERTIFICATE_PATH") == true)
    }

    @Test(arguments: [
        ("", "c", "https://x"), ("a/b", "c", "https://x"), ("..", "c", "https://x"), ("t", "", "https://x"),
        ("t", "c", "http://x"), ("t", "c", "x"), ("t\r\n", "c", "https://x"),
    ])
    func `asks nobody but an authority over TLS, for nothing but a tenant`(
        _ tenant: String, _ client: String, _ authority: String
    ) {
        let failure = credentialFailure { () throws(CredentialError) in
            _ = try EntraClient(tenant: tenant, clientID: client, proof: .secret("s"), authority: authority)
        }
        #expect(failure?.kind == .configuration)
    }

    @Test(arguments: ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"])
    func `asks the machine itself without TLS`(_ url: String) throws {
        let client = try EntraClient(tenant: "t", clientID: "c", proof: .secret("s"), authority: url)
        #expect(try client.asked().url == url)
    }

    @Test func `asks a machine at Azure`() throws {
        let issuer = try AzureManagedIdentity(clientID: "a b")
        #expect(
            try issuer.asked().lines == [
                "GET /metadata/identity/oauth2/token?api-version=2018-02-01"
                    + "&resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=a%20b HTTP/1.1",
                "host: 169.254.169.254", "metadata: true",
            ])
        let reply = #"{"access_token":"eyJ0","expires_in":"86399","expires_on":"1795421790","token_type":"Bearer"}"#
        let issued = try issuer.issued(after: Recorded.answer(reply))
        #expect(issued.expiresAt == Recorded.now.adding(seconds: 86_399))
    }

    // MARK: Google

    private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    private func account() throws -> GoogleServiceAccount {
        let file: JSON = [
            "type": "service_account", "private_key_id": "k1", "client_email": "g@p.iam.gserviceaccount.com",
            "private_key": JSON(try Self.key.get().pkcs8PEMRepresentation),
            "token_uri": "https://oauth2.googleapis.com/token",
        ]
        return try GoogleCredentialsFile.issuer(json: file.bytes())
    }

    @Test func `asks Google with a service account's key, and reads its token`() throws {
        let account = try account()
        let (lines, body, url) = try account.asked()
        #expect(url == "https://oauth2.googleapis.com/token")
        #expect(lines.first == "POST /token HTTP/1.1")
        #expect(body.hasPrefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey"))
        let issued = try account.issued(
            after: Recorded.answer(#"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#))
        #expect(issued.bearer == "ya29.x")
        #expect(issued.renewsAt == Recorded.now.adding(seconds: 3_299))
        #expect(account.failure(after: Recorded.answer("{}"))?.kind == .malformed)
        let revoked = #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#
        let refusal = account.failure(after: Recorded.answer(revoked, status: 400))
        #expect(refusal?.kind == .refused)
        #expect(refusal?.message.contains("invalid_grant") == true)
        #expect(account.failure(after: Recorded.answer("", status: 503))?.kind == .unavailable)
    }

    @Test func `asks a machine at Google, and believes nobody else`() throws {
        let server = try #require(GoogleMetadataServer())
        #expect(try server.asked().lines.last == "metadata-flavor: Google")
        let token = #"{"access_token":"ya29.x","expires_in":100,"token_type":"Bearer"}"#
        let flavor = ["metadata-flavor": "Google"]
        #expect(try server.issued(after: Recorded.answer(token, headers: flavor)).bearer == "ya29.x")
        #expect(server.failure(after: Recorded.answer(token))?.kind == .malformed)
        #expect(server.failure(after: Recorded.answer("{}", headers: flavor))?.kind == .malformed)
        #expect(server.failure(after: Recorded.answer("", status: 500, headers: flavor))?.kind == .unavailable)
    }

    @Test(arguments: ["external_account", "authorized_user", "impersonated_service_account"])
    func `refuses the other kinds of Google's files by name`(_ type: String) {
        let failure = credentialFailure { () throws(CredentialError) in
            _ = try GoogleCredentialsFile.issuer(json: Array(#"{"type":"\#(type)","audience":"secret"}"#.utf8))
        }
        #expect(failure?.kind == .unsupported)
        #expect(failure?.message.contains("'\(type)'") == true)
        #expect(failure?.message.contains("secret") == false)
    }
}
