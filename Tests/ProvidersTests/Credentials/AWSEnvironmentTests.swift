import Testing

@testable import Providers

/// Which of the many places keys are looked for in.
@Suite struct AWSEnvironmentTests {
    private static let config = """
        # Shared by everybody
        [default]
        region = ca-west-1
        [profile gateway]   ; the role that the gateway has
        role_arn = arn:aws:iam::111122223333:role/gateway
        source_profile=keys
        external_id = abc # given by its owner
        duration_seconds = 1800
        s3 =
          max_concurrent_requests = 20
          role_arn = ignored
        [profile self]
        role_arn = arn:aws:iam::111122223333:role/self
        source_profile = self
        [profile web]
        role_arn = arn:aws:iam::111122223333:role/web
        web_identity_token_file = /token
        [profile machine]
        role_arn = arn:aws:iam::111122223333:role/machine
        credential_source = Ec2InstanceMetadata
        [profile a]
        role_arn = arn:aws:iam::111122223333:role/a
        source_profile = b
        [profile b]
        role_arn = arn:aws:iam::111122223333:role/b
        source_profile = a
        [profile person]
        sso_session = work
        [profile program]
        credential_process = /bin/keys
        [profile nothing]
        [profile half]
        role_arn = arn:aws:iam::111122223333:role/half
        [sso-session work]
        sso_start_url = https://example.ca
        [services x]
        aws_access_key_id = IGNORED
        """
    private static let credentials = """
        [default]
        aws_access_key_id=AKIDDEFAULT
        aws_secret_access_key = de/fault+
        [keys]\r
        AWS_ACCESS_KEY_ID = AKIDKEYS\r
        aws_secret_access_key = ke=ys#not-a-comment\r
        aws_session_token = to/ken\r
        [self]
        aws_access_key_id = AKIDSELF
        aws_secret_access_key = secret
        [broken]
        aws_access_key_id = AKIDBROKEN
        """

    private static func profiles() throws -> AWSProfiles {
        try AWSProfiles(config: Array(config.utf8), credentials: Array(credentials.utf8))
    }

    private func issuer(of profile: String, _ values: [String: String] = [:]) throws -> any CredentialIssuer {
        try Self.profiles().issuer(of: profile, environment: AWSEnvironment(values), region: "ca-central-1")
    }

    private func failure(of profile: String) throws -> CredentialError? {
        let profiles = try Self.profiles()
        return credentialFailure { () throws(CredentialError) in
            _ = try profiles.issuer(of: profile, environment: AWSEnvironment([:]), region: "ca-central-1")
        }
    }

    // MARK: Profiles

    @Test func `reads keys as both files write them`() throws {
        #expect(try issuer(of: "default").issued().keys == ["AKIDDEFAULT", "de/fault+", "-"])
        #expect(try issuer(of: "keys").issued().keys == ["AKIDKEYS", "ke=ys#not-a-comment", "to/ken"])
        #expect(!(try Self.profiles().names.contains("x")))
    }

    @Test func `assumes a profile's role with another profile's keys`() throws {
        let (lines, body, url) = try issuer(of: "gateway").asked()
        #expect(url == "https://sts.ca-central-1.amazonaws.com")
        #expect(lines.last?.contains("Credential=AKIDKEYS/") == true)
        #expect(body.contains("role%2Fgateway&"))
        #expect(body.hasSuffix("DurationSeconds=1800&ExternalId=abc"))
    }

    @Test func `lets a profile assume its role with its own keys`() throws {
        #expect(try issuer(of: "self").asked().lines.last?.contains("Credential=AKIDSELF/") == true)
    }

    @Test func `finds the other sources of a role's keys`() throws {
        #expect(try issuer(of: "web").file() == "/token")
        #expect(try issuer(of: "machine").asked().lines.first == "PUT /latest/api/token HTTP/1.1")
    }

    @Test(arguments: [
        ("person", CredentialError.Kind.unsupported, "sso_session"), ("program", .unsupported, "credential_process"),
        ("nothing", .configuration, "aws_access_key_id"), ("half", .configuration, "source_profile"),
        ("broken", .configuration, "aws_secret_access_key"), ("a", .configuration, "source_profile"),
        ("missing", .configuration, "missing"),
    ])
    func `says by name what a profile lacks, or what it can't use`(
        _ profile: String, _ kind: CredentialError.Kind, _ name: String
    ) throws {
        let failure = try failure(of: profile)
        #expect(failure?.kind == kind)
        #expect(failure?.message.contains("'\(name)'") == true)
    }

    @Test func `reads no file that is too long or no text`() {
        let files: [[UInt8]] = [[0xFF, 0xFE], Array(repeating: 0x20, count: (1 << 20) + 1)]
        for file in files {
            let failure = credentialFailure { () throws(CredentialError) in
                _ = try AWSProfiles(config: file, credentials: nil)
            }
            #expect(failure?.kind == .configuration)
        }
    }

    @Test(arguments: ["", "[", "]", "[]", "[profile]", "=", "a=b", "[a\nb=c", "[profile a b]\nx=y", "[a]\n=\n x"])
    func `reads any text without a crash`(_ text: String) throws {
        let profiles = try AWSProfiles(config: Array(text.utf8), credentials: Array(text.utf8))
        #expect(profiles["a", "x"] == nil)
    }

    // MARK: The order

    private static let keys = ["AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s"]
    private static let web = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/w", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/w"]
    private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"]

    private func found(_ values: [String: String]..., profiles: AWSProfiles? = nil) throws -> String? {
        let all = values.reduce(into: [:]) { $0.merge($1) { $1 } }
        return try AWSEnvironment(all).issuer(profiles: profiles, region: "ca-central-1")?.name
    }

    @Test func `looks in one place after the other`() throws {
        let profiles = try Self.profiles()
        #expect(try found(Self.keys, Self.web, Self.container, profiles: profiles) == "AWS environment")
        #expect(try found(Self.web, Self.container, profiles: profiles) == "AWS web identity")
        #expect(try found(Self.container, profiles: profiles) == "AWS profile 'default'")
        #expect(try found(["AWS_PROFILE": "gateway"], profiles: profiles) == "AWS assumed role")
        #expect(try found(Self.container) == "AWS container credentials")
    }

    @Test func `asks the machine's own service only where it is told to`() throws {
        #expect(try found(["AWS_ACCESS_KEY_ID": ""]) == nil)
        #expect(try found(profiles: AWSProfiles(config: nil, credentials: nil)) == nil)
        let machine = try AWSEnvironment([:]).issuer(from: .instance, profiles: nil, region: "ca-central-1")
        #expect(machine.name == "AWS instance metadata")
    }

    @Test func `overlooks a default profile that has nothing but a region`() throws {
        let profiles = try AWSProfiles(config: Array("[default]\nregion = ca-west-1".utf8), credentials: nil)
        #expect(try found(Self.container, profiles: profiles) == "AWS container credentials")
        #expect(try found(profiles: profiles) == nil)
    }

    @Test(arguments: [AWSEnvironment.Source.keys, .webIdentity, .profile, .container])
    func `says what is missing of the one source that is asked for`(_ source: AWSEnvironment.Source) {
        let failure = credentialFailure { () throws(CredentialError) in
            _ = try AWSEnvironment([:]).issuer(from: source, profiles: nil, region: "ca-central-1")
        }
        #expect(failure?.kind == .configuration)
        #expect(failure?.message.contains("'AWS_") == true)
    }

    @Test func `takes the region and the address of the token service out of the environment`() throws {
        var values = ["AWS_REGION": "ca-west-1"]
        #expect(try issuer(of: "gateway", values).asked().url == "https://sts.ca-west-1.amazonaws.com")
        values["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:4566"
        let (lines, _, url) = try issuer(of: "gateway", values).asked()
        #expect(url == "http://127.0.0.1:4566")
        #expect(lines.last?.contains("/ca-west-1/sts/") == true)
        #expect(try issuer(of: "web", values).asked(after: Recorded.answer("eyJ")).url == url)
    }

    @Test func `takes the session token and a container's file`() throws {
        var values = Self.keys
        values["AWS_SESSION_TOKEN"] = "t"
        let keys = try AWSEnvironment(values).issuer(profiles: nil, region: "ca-central-1")
        #expect(try keys?.issued().keys == ["AKIDENV", "s", "t"])
        let pod = AWSEnvironment([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/pod", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "x",
        ])
        #expect(try pod.issuer(profiles: nil, region: "ca-central-1")?.file() == "/pod")
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "A"], "AWS_SECRET_ACCESS_KEY"), (["AWS_SECRET_ACCESS_KEY": "s"], "AWS_ACCESS_KEY_ID"),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/w"], "AWS_ROLE_ARN"), (["AWS_PROFILE": "x"], "AWS_PROFILE"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.ca"], "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ])
    func `names a variable that is missing or wrong`(_ values: [String: String], _ name: String) {
        let failure = credentialFailure { () throws(CredentialError) in
            _ = try AWSEnvironment(values).issuer(profiles: nil, region: "ca-central-1")
        }
        #expect(failure?.kind == .configuration)
        #expect(failure?.message.contains(name) == true)
    }

    @Test(arguments: [
        (["AWS_EC2_METADATA_DISABLED": "True"], "AWS_EC2_METADATA_DISABLED"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "x"], "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
    ])
    func `doesn't ask a machine that mustn't be asked`(_ values: [String: String], _ name: String) {
        let failure = credentialFailure { () throws(CredentialError) in
            _ = try AWSEnvironment(values).issuer(from: .instance, profiles: nil, region: "ca-central-1")
        }
        #expect(failure?.kind == .configuration)
        #expect(failure?.message.contains(name) == true)
    }
}
