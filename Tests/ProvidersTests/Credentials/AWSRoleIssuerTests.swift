import Domain
import TestSupport
import Testing

@testable import Providers

/// Roles that are assumed through AWS's token service.
@Suite struct AWSRoleIssuerTests {
    private static let arn = "arn:aws:iam::111122223333:role/gateway"
    private static let base = FixedCredential(
        .aws(AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "base/+=")),
        name: "keys")

    private static func reply(
        _ action: String, token: String = "Fwo&#47;GZ&amp;x", expiration: String = "2026-11-22T09:16:31Z"
    )
        -> String
    {
        """
        <?xml version="1.0"?>
        <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <\(action)Result>
            <AssumedRoleUser><AssumedRoleId>AROA:northern</AssumedRoleId><Arn>arn:x</Arn></AssumedRoleUser>
            <Credentials>
              <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
              <SecretAccessKey>s+/x</SecretAccessKey>
              <SessionToken>\(token)</SessionToken>
              <Expiration>\(expiration)</Expiration>
            </Credentials>
          </\(action)Result>
          <ResponseMetadata><RequestId>c6104cbe</RequestId></ResponseMetadata>
        </\(action)Response>
        """
    }

    private static let refusal = """
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
        <Code>AccessDenied</Code><Message>User is not authorized &lt;here&gt;</Message></Error>
        <RequestId>1</RequestId></ErrorResponse>
        """

    @Test func `signs its request with the base's keys, for the region's own service`() throws {
        let role = try AWSRole(arn: Self.arn, sessionName: "gw@1", externalID: "a b/é", duration: 900)
        let issuer = try AWSRoleIssuer(role, with: Self.base, region: "ca-central-1")
        let (lines, body, url) = try issuer.asked()
        #expect(url == "https://sts.ca-central-1.amazonaws.com")
        #expect(
            lines.prefix(5) == [
                "POST / HTTP/1.1", "host: sts.ca-central-1.amazonaws.com",
                "content-type: application/x-www-form-urlencoded; charset=utf-8", "x-amz-date: 20261122T081631Z",
                "x-amz-security-token: base/+=",
            ])
        let authorization = try #require(lines.last)
        #expect(
            authorization.hasPrefix(
                "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/ca-central-1/sts/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="))
        #expect(
            body == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fgateway"
                + "&RoleSessionName=gw%401&DurationSeconds=900&ExternalId=a%20b%2F%C3%A9")
    }

    @Test func `reads the keys and when they expire`() throws {
        let issuer = try AWSRoleIssuer(AWSRole(arn: Self.arn), with: Self.base, region: "ca-central-1")
        let issued = try issuer.issued(after: Recorded.answer(Self.reply("AssumeRole")))
        #expect(issued.keys == ["ASIAEXAMPLE", "s+/x", "Fwo/GZ&x"])
        #expect(issued.expiresAt == Recorded.now.adding(seconds: 3_600))
    }

    @Test func `asks the base first, however many steps that takes, and roles can be chained`() throws {
        let inner = try AWSRoleIssuer(AWSRole(arn: Self.arn), with: AWSInstanceIssuer(), region: "ca-west-1")
        let outer = try AWSRoleIssuer(AWSRole(arn: Self.arn + "2"), with: inner, region: "ca-central-1")
        let machine = [
            Recorded.answer("t"), Recorded.answer("r"), Recorded.answer(AWSMachineIssuerTests.keys),
        ]
        var answers: [CredentialAnswer] = []
        var hosts: [String] = []
        for answer in machine + [Recorded.answer(Self.reply("AssumeRole")), Recorded.answer(Self.reply("AssumeRole"))] {
            guard case .ask(let call) = try outer.next(after: answers, at: Recorded.now) else { break }
            hosts.append(call.endpoint.host)
            answers.append(answer)
        }
        #expect(
            hosts == Array(repeating: "169.254.169.254", count: 3)
                + ["sts.ca-west-1.amazonaws.com", "sts.ca-central-1.amazonaws.com"])
        guard case .done(let issued) = try outer.next(after: answers, at: Recorded.now) else {
            Issue.record("it should be done")
            return
        }
        #expect(issued.keys.first == "ASIAEXAMPLE")
    }

    @Test func `assumes a role with a token out of a file, unsigned`() throws {
        let issuer = try AWSWebIdentityIssuer(AWSRole(arn: Self.arn), tokenFile: "/token", region: "cn-north-1")
        #expect(try issuer.file() == "/token")
        let (lines, body, url) = try issuer.asked(after: Recorded.answer("eyJ.a_b-c\n"))
        #expect(url == "https://sts.cn-north-1.amazonaws.com.cn")
        #expect(lines.count == 3)
        #expect(body.hasSuffix("&RoleSessionName=northern&WebIdentityToken=eyJ.a_b-c"))
        let reply = Recorded.answer(Self.reply("AssumeRoleWithWebIdentity"))
        #expect(try issuer.issued(after: Recorded.answer("e"), reply).keys.first == "ASIAEXAMPLE")
        #expect(
            issuer.failure(after: Recorded.answer("e"), Recorded.answer(Self.reply("AssumeRole")))?.kind == .malformed)
    }

    @Test func `passes on why a role isn't given`() throws {
        let issuer = try AWSRoleIssuer(AWSRole(arn: Self.arn), with: Self.base, region: "ca-central-1")
        let failure = issuer.failure(after: Recorded.answer(Self.refusal, status: 403))
        #expect(failure?.kind == .refused)
        #expect(failure?.message.contains("AccessDenied User is not authorized <here>") == true)
        let throttled = Self.refusal.replacing("AccessDenied", with: "Throttling")
        #expect(issuer.failure(after: Recorded.answer(throttled, status: 400))?.kind == .unavailable)
        #expect(issuer.failure(after: Recorded.answer("<html>", status: 503))?.kind == .unavailable)
    }

    @Test(arguments: [
        "", "<", "{}", "<a></b>", "<a>", "<a/><b/>", "<a>&x;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#+65;</a>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a><!-- c --></a>", "<a><![CDATA[x]]></a>", "<a>b<c/></a>",
        "<a b=c/>", "<a b='<'/>", "<a \u{1}/>", "<1/>", String(repeating: "<a>", count: 40), "<?xml",
        "<AssumeRoleResponse/>", "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>",
    ])
    func `takes no reply that isn't exactly one`(_ body: String) throws {
        let issuer = try AWSRoleIssuer(AWSRole(arn: Self.arn), with: Self.base, region: "ca-central-1")
        #expect(issuer.failure(after: Recorded.answer(body))?.kind == .malformed)
    }

    @Test func `takes no reply in which a value stands twice or is wrong`() throws {
        let issuer = try AWSRoleIssuer(AWSRole(arn: Self.arn), with: Self.base, region: "ca-central-1")
        let sound = Self.reply("AssumeRole")
        let twice = sound.replacing("<Expiration>", with: "<AccessKeyId>OTHER</AccessKeyId><Expiration>")
        let replies = [
            twice, Self.reply("AssumeRole", token: ""), Self.reply("AssumeRole", token: "a b"),
            Self.reply("AssumeRole", expiration: "soon"),
        ]
        for reply in replies { #expect(issuer.failure(after: Recorded.answer(reply))?.kind == .malformed) }
        for count in 0..<sound.utf8.count {
            #expect(issuer.failure(after: Recorded.answer(String(sound.prefix(count)))) != nil)
        }
    }

    @Test func `reads any bytes without a crash`() {
        var random = SeededGenerator(seed: 11)
        let sound = Array(Self.reply("AssumeRole").utf8)
        for _ in 0..<5_000 {
            var damaged = sound
            for _ in 0..<3 {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = try? XMLTree(parsing: damaged)
        }
    }

    @Test(arguments: ["", "role", "arn:", "arn:aws:iam::1:role/\n0000000000"])
    func `takes no ARN that can't be one`(_ arn: String) {
        #expect(credentialFailure { () throws(CredentialError) in _ = try AWSRole(arn: arn) }?.kind == .configuration)
    }

    @Test func `takes only session names, durations and regions that AWS takes`() throws {
        func failure(session: String? = nil, duration: Int? = nil, region: String = "ca-central-1") -> CredentialError?
        {
            credentialFailure { () throws(CredentialError) in
                let role = try AWSRole(arn: Self.arn, sessionName: session, duration: duration)
                _ = try AWSRoleIssuer(role, with: Self.base, region: region)
            }
        }
        #expect(failure() == nil)
        #expect(failure(session: "a b")?.kind == .configuration)
        #expect(failure(session: "a")?.kind == .configuration)
        #expect(failure(duration: 899)?.kind == .configuration)
        #expect(failure(region: "x.example.ca/")?.kind == .configuration)
        for url in ["http://sts.example.ca", "https://sts.example.ca/path", "sts.example.ca", ""] {
            let failure = credentialFailure { () throws(CredentialError) in
                _ = try AWSRoleIssuer(
                    try AWSRole(arn: Self.arn), with: Self.base, region: "ca-central-1", tokenURL: url)
            }
            #expect(failure?.message.contains("AWS_ENDPOINT_URL_STS") == true)
        }
        let bearer = FixedCredential(.bearer("k"), name: "key")
        let issuer = try AWSRoleIssuer(AWSRole(arn: Self.arn), with: bearer, region: "ca-central-1")
        #expect(issuer.failure()?.kind == .configuration)
    }
}
