import Domain
import Testing

@testable import Providers

/// The services that a container or a machine at AWS asks for its keys.
@Suite struct AWSMachineIssuerTests {
    static let keys =
        #"{"Code":"Success","LastUpdated":"2026-11-22T07:00:00Z","Type":"AWS-HMAC","AccessKeyId":"ASIAEXAMPLE","#
        + #""SecretAccessKey":"s+/x","Token":"t0k==","Expiration":"2026-11-22T14:16:31Z"}"#

    // MARK: Containers

    @Test func `asks ECS at its own address, with the token that it gave`() throws {
        let issuer = try AWSContainerIssuer(relativeURI: "/v2/credentials/id?a=b", authorization: .token("Basic abc"))
        let (lines, body, url) = try issuer.asked()
        #expect(
            lines == [
                "GET /v2/credentials/id?a=b HTTP/1.1", "host: 169.254.170.2", "accept: application/json",
                "authorization: Basic abc",
            ])
        #expect(body.isEmpty)
        #expect(url == "http://169.254.170.2")
        let issued = try issuer.issued(after: Recorded.answer(Self.keys))
        #expect(issued.keys == ["ASIAEXAMPLE", "s+/x", "t0k=="])
        #expect(issued.expiresAt == Recorded.now.adding(seconds: 6 * 3_600))
        #expect(issued.issuedAt == Recorded.now)
    }

    @Test func `reads a pod's token anew each time`() throws {
        let url = "http://169.254.170.23/v1/credentials"
        let issuer = try AWSContainerIssuer(fullURI: url, authorization: .file("/var/run/token"))
        #expect(try issuer.file() == "/var/run/token")
        let lines = try issuer.asked(after: Recorded.answer("eyJ0\n")).lines
        #expect(lines.first == "GET /v1/credentials HTTP/1.1")
        #expect(lines.contains("authorization: eyJ0"))
        #expect(try issuer.issued(after: Recorded.answer("eyJ0"), Recorded.answer(Self.keys)).keys.count == 3)
    }

    @Test(arguments: ["", " \n", "a\r\nx-evil: 1", "é", String(repeating: "a", count: 20_000)])
    func `takes no file for a token that holds none`(_ content: String) throws {
        let issuer = try AWSContainerIssuer(relativeURI: "/x", authorization: .file("/token"))
        #expect(issuer.failure(after: Recorded.answer(content))?.kind == .configuration)
        #expect(issuer.failure(after: Recorded.answer("eyJ0", status: 404))?.kind == .configuration)
    }

    @Test(arguments: [
        "http://127.0.0.1:8080/x", "http://127.9.9.9", "http://localhost/x", "http://[::1]/x", "http://169.254.170.2/x",
        "http://169.254.170.23/x", "http://[fd00:ec2::23]/x", "https://example.ca/x?y=z",
    ])
    func `asks the machine itself, AWS's addresses, and others over TLS`(_ url: String) throws {
        #expect(throws: Never.self) { try AWSContainerIssuer(fullURI: url, authorization: .none) }
    }

    @Test(arguments: [
        "http://example.ca/x", "http://169.254.169.254/x", "http://127.0.0.1.example.ca/x", "http://127.0.0", "ftp://x",
        "http://127.1", "http://0x7f.0.0.1/", "http://user@127.0.0.1/", "https://example.ca/#x", "https://a b/", "",
        "http://[fd00:ec2::24]/x", "http://127.0.0.256/",
    ])
    func `asks nobody else`(_ url: String) {
        let failure = credentialFailure { () throws(CredentialError) in
            _ = try AWSContainerIssuer(fullURI: url, authorization: .none)
        }
        #expect(failure?.kind == .configuration)
    }

    @Test(arguments: ["", "v2", "//example.ca/x", "/a b", "/a\r\nb"])
    func `takes only a path for ECS`(_ path: String) {
        let failure = credentialFailure { () throws(CredentialError) in
            _ = try AWSContainerIssuer(relativeURI: path, authorization: .none)
        }
        #expect(failure?.kind == .configuration)
    }

    @Test(arguments: [
        (200, "", CredentialError.Kind.malformed), (200, "[]", .malformed), (200, "{}", .malformed),
        (200, #"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t"}"#, .malformed),
        (200, #"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"soon"}"#, .malformed),
        (200, #"{"AccessKeyId":"A","SecretAccessKey":"","Token":"t","Expiration":"2027-01-01T00:00:00Z"}"#, .malformed),
        (
            200, #"{"AccessKeyId":"A\n","SecretAccessKey":"s","Token":"t","Expiration":"2027-01-01T00:00:00Z"}"#,
            .malformed
        ),
        (200, #"{"AccessKeyId":"A","SecretAccessKey":"s","Token":5,"Expiration":"2027-01-01T00:00:00Z"}"#, .malformed),
        (
            200, #"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-22T08:16:31Z"}"#,
            .unavailable
        ),
        (403, #"{"code":"AccessDenied","message":"no role"}"#, .refused), (404, "<html>", .refused),
        (429, "", .unavailable), (500, "", .unavailable),
    ])
    func `takes no keys out of an answer that has none`(
        _ status: Int, _ body: String, _ kind: CredentialError.Kind
    ) throws {
        let container = try AWSContainerIssuer(relativeURI: "/x", authorization: .none)
        #expect(container.failure(after: Recorded.answer(body, status: status))?.kind == kind)
        let (token, role) = (Recorded.answer("t"), Recorded.answer("r"))
        #expect(AWSInstanceIssuer().failure(after: token, role, Recorded.answer(body, status: status))?.kind == kind)
    }

    @Test func `takes no answer that is too long`() throws {
        let long = #"{"a":""# + String(repeating: "a", count: 300_000) + #""}"#
        let container = try AWSContainerIssuer(relativeURI: "/x", authorization: .none)
        #expect(container.failure(after: Recorded.answer(long))?.kind == .malformed)
    }

    // MARK: Machines

    @Test func `asks a machine's service for a token, its role and the role's keys`() throws {
        let issuer = AWSInstanceIssuer()
        let token = try issuer.asked()
        #expect(
            token.lines == [
                "PUT /latest/api/token HTTP/1.1", "host: 169.254.169.254", "x-aws-ec2-metadata-token-ttl-seconds: 60",
            ])
        let role = try issuer.asked(after: Recorded.answer("AQAE=="))
        #expect(
            role.lines == [
                "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1", "host: 169.254.169.254",
                "x-aws-ec2-metadata-token: AQAE==",
            ])
        let keys = try issuer.asked(after: Recorded.answer("AQAE=="), Recorded.answer("gateway-role\n"))
        #expect(keys.lines.first == "GET /latest/meta-data/iam/security-credentials/gateway-role HTTP/1.1")
        let issued = try issuer.issued(
            after: Recorded.answer("AQAE=="), Recorded.answer("gateway-role"), Recorded.answer(Self.keys))
        #expect(issued.keys == ["ASIAEXAMPLE", "s+/x", "t0k=="])
    }

    @Test func `asks over IPv6 where it is told to`() throws {
        let issuer = try AWSInstanceIssuer(url: "http://[fd00:ec2::254]")
        #expect(try issuer.asked().lines[1] == "host: [fd00:ec2::254]")
    }

    @Test(arguments: ["", "a b", "a\r\nb", String(repeating: "a", count: 5_000)])
    func `takes no token that isn't one`(_ token: String) {
        #expect(AWSInstanceIssuer().failure(after: Recorded.answer(token))?.kind == .malformed)
    }

    @Test(arguments: [401, 403, 404, 405])
    func `never falls back to the service's first version`(_ status: Int) {
        #expect(AWSInstanceIssuer().failure(after: Recorded.answer("", status: status))?.kind == .refused)
    }

    @Test(arguments: ["", "\n", "../../x", "a/b", "a b", "a?b", String(repeating: "a", count: 65)])
    func `asks for no role that can't be one`(_ role: String) {
        let failure = AWSInstanceIssuer().failure(after: Recorded.answer("t"), Recorded.answer(role))
        #expect(failure?.kind == .malformed)
    }

    @Test func `says that a machine has no role`() {
        let failure = AWSInstanceIssuer().failure(after: Recorded.answer("t"), Recorded.answer("", status: 404))
        #expect(failure?.message.contains("no role is attached") == true)
    }

    @Test func `passes on why the keys are missing`() {
        let failure = AWSInstanceIssuer().failure(
            after: Recorded.answer("t"), Recorded.answer("r"),
            Recorded.answer(#"{"Code":"AssumeRoleUnauthorizedAccess"}"#))
        #expect(failure?.kind == .refused)
        #expect(failure?.message.contains("AssumeRoleUnauthorizedAccess") == true)
    }
}
