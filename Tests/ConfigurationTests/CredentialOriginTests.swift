import Domain
import Foundation
import Providers
import Testing

@testable import northern

/// Which credential is found from which settings and which environment. Nothing is asked.
@Suite struct CredentialOriginTests {
    private let home = FileManager.default.temporaryDirectory.appending(path: "northern-home-\(UUID().uuidString)")

    private func configuration(
        _ settings: [String: String] = [:], _ environment: [String: String] = [:]
    ) async throws -> GatewayConfiguration {
        try GatewayConfiguration(await SettingReader(file: nil, flags: settings, environment: environment))
    }

    /// What is said about a provider's credential.
    private func origin(
        _ provider: String, _ settings: [String: String] = [:], _ environment: [String: String] = [:]
    ) async throws -> String {
        let providers = try await configuration(settings, environment).providers
        return try #require(providers[ProviderID(rawValue: provider)]).credential.description
    }

    private func mistake(_ settings: [String: String], _ environment: [String: String] = [:]) async -> String {
        let error = await #expect(throws: ConfigurationError.self) { try await configuration(settings, environment) }
        return error?.description ?? ""
    }

    /// An environment whose home directory has a file of AWS's.
    private func environment(withProfiles text: String) throws -> [String: String] {
        let folder = home.appending(path: ".aws")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: folder.appending(path: "credentials"))
        return ["HOME": home.path]
    }

    private static let bearer = "the Bedrock API key ('bedrock.bearer_key')"
    private static let ourKeys = ["bedrock.access_key_id": "AKIDOURS", "bedrock.secret_access_key": "s"]
    private static let keys = ["AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s"]
    private static let web = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/w", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/w"]
    private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"]
    private static let role = "arn:aws:iam::111122223333:role/gateway"
    private static let profiles = """
        [default]
        aws_access_key_id = AKIDDEFAULT
        aws_secret_access_key = s
        [other]
        aws_access_key_id = AKIDOTHER
        aws_secret_access_key = s
        """

    // MARK: Bedrock

    @Test func `finds Bedrock's credential in the order of AWS's tools`() async throws {
        var environment = try environment(withProfiles: Self.profiles)
        defer { try? FileManager.default.removeItem(at: home) }
        #expect(try await origin("bedrock", [:], environment) == "AWS profile 'default'")
        environment.merge(Self.container) { $1 }
        #expect(try await origin("bedrock", [:], environment) == "AWS profile 'default'")
        environment.merge(Self.web) { $1 }
        #expect(try await origin("bedrock", [:], environment).hasPrefix("AWS web identity"))
        environment.merge(Self.keys) { $1 }
        #expect(try await origin("bedrock", [:], environment) == "AWS environment")
        #expect(try await origin("bedrock", ["bedrock.profile": "other"], environment) == "AWS profile 'other'")
        environment["AWS_BEARER_TOKEN_BEDROCK"] = "b"
        #expect(try await origin("bedrock", [:], environment) == Self.bearer)
        #expect(try await origin("bedrock", Self.ourKeys, environment) == "AWS environment")
        let both = Self.ourKeys.merging(["bedrock.bearer_key": "b"]) { $1 }
        #expect(try await origin("bedrock", both, environment) == Self.bearer)
    }

    @Test func `a machine where nothing is set up has no credential, and isn't asked for one`() async throws {
        #expect(try await origin("bedrock") == "none is configured")
        #expect(try await origin("vertex") == "none is configured")
        #expect(try await origin("azure") == "none is configured")
        let instance = try await origin("bedrock", ["bedrock.credential_source": "instance"])
        #expect(instance == "AWS instance metadata; renewed while the gateway runs")
    }

    @Test(arguments: ["bearer_key", "keys", "web_identity", "profile", "container"])
    func `a source that is chosen must be there, whatever else is`(_ source: String) async throws {
        let said = await mistake(["bedrock.credential_source": source], ["HOME": "/nowhere"])
        #expect(said.contains("missing") || said.contains("no shared files"))
    }

    @Test func `a source that is chosen goes before all others`() async throws {
        let environment = Self.keys.merging(Self.container) { $1 }
        let chosen = ["bedrock.credential_source": "container"]
        #expect(try await origin("bedrock", chosen, environment).hasPrefix("AWS container credentials"))
    }

    @Test func `both of Bedrock's wires share one account, which is asked once`() async throws {
        let environment = Self.container
        let settings = ["bedrock.base_url": "http://127.0.0.1:1"]
        let offer = try Offer(try await configuration(settings, environment), sources: [.builtIn])
        #expect(offer.issuedCredentials.map(\.account) == ["bedrock"])
        #expect(offer.issuedCredentials.allSatisfy { $0.slots.contains("bedrock") })
        #expect(offer.credentialOrigins.filter { $0.provider.hasPrefix("bedrock") }.count == 2)
        #expect(offer.tokenHosts.map(\.authority) == ["169.254.170.2"])
    }

    @Test func `what no route uses is never fetched`() async throws {
        let settings = ["catalog.builtin": "false"]
        let offer = try Offer(try await configuration(settings, Self.container), sources: [])
        #expect(offer.issuedCredentials.isEmpty)
    }

    @Test func `assumes a role with what was found`() async throws {
        var settings = ["bedrock.role_arn": Self.role, "bedrock.role_external_id": "secret-of-the-owner"]
        let said = try await origin("bedrock", settings, Self.keys)
        #expect(said.hasPrefix("AWS assumed role \(Self.role), with AWS environment"))
        #expect(!said.contains("secret-of-the-owner"))
        settings["bedrock.role_arn"] = "nonsense"
        #expect(await mistake(settings, Self.keys).contains("role_arn"))
        settings["bedrock.role_arn"] = Self.role
        settings["bedrock.bearer_key"] = "b"
        #expect(await mistake(settings, Self.keys).contains("bedrock.bearer_key") == false)
        #expect(await mistake(settings, Self.keys).contains("bedrock.role_arn"))
    }

    @Test func `half a pair of keys is a mistake`() async {
        #expect(await mistake(["bedrock.access_key_id": "A"]).contains("set both"))
        #expect(await mistake(["bedrock.secret_access_key": "s"]).contains("set both"))
    }

    @Test func `a mistake in the machine's own environment takes one provider away, and not the gateway`() async throws
    {
        #expect(try await origin("bedrock", [:], ["AWS_PROFILE": "x"]).hasPrefix("can't be used: "))
        #expect(try await origin("bedrock", [:], ["AWS_ACCESS_KEY_ID": "A"]).hasPrefix("can't be used: "))
        let google = ["GOOGLE_APPLICATION_CREDENTIALS": "/no/such/file"]
        #expect(try await origin("vertex", [:], google).hasPrefix("can't be used: "))
        let certificate = ["AZURE_CLIENT_ID": "c", "AZURE_TENANT_ID": "t", "AZURE_CLIENT_CERTIFICATE_PATH": "/c"]
        #expect(try await origin("azure", [:], certificate).contains("AZURE_CLIENT_CERTIFICATE_PATH"))
        let offer = try Offer(
            try await configuration(["openai.api_key": "k"], ["AWS_PROFILE": "x"]), sources: [.builtIn])
        #expect(offer.leftOut.contains { $0.reason.contains("no shared files") })
        #expect(!offer.routes.isEmpty)
    }

    @Test func `an unknown source is refused, with those that are known`() async {
        for provider in ["bedrock", "vertex", "azure"] {
            #expect(await mistake(["\(provider).credential_source": "guess"]).contains("auto, "))
        }
    }

    // MARK: Vertex AI and Azure

    @Test func `finds Vertex AI's credential`() async throws {
        let token = ["vertex.access_token": "t", "vertex.credentials_file": "/no/such/file"]
        #expect(try await origin("vertex", token) == "'vertex.access_token'")
        #expect(await mistake(["vertex.credentials_file": "/no/such/file"]).contains("/no/such/file"))
        let metadata = ["vertex.credential_source": "metadata"]
        #expect(try await origin("vertex", metadata).hasPrefix("Google metadata server"))
        #expect(await mistake(metadata.merging(["vertex.metadata_host": "a/b"]) { $1 }).contains("metadata_host"))
        #expect(await mistake(["vertex.credential_source": "access_token"]).contains("vertex.access_token"))
        #expect(await mistake(["vertex.credential_source": "credentials_file"]).contains("vertex.credentials_file"))
    }

    @Test func `finds Azure's credential`() async throws {
        let entra = ["azure.tenant_id": "t", "azure.client_id": "c", "azure.client_secret": "hidden-secret"]
        let said = try await origin("azure", entra)
        #expect(said == "Entra client credentials of c in t; renewed while the gateway runs")
        #expect(try await origin("azure", entra.merging(["azure.api_key": "k"]) { $1 }) == "'azure.api_key'")
        let environment = ["AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "e", "AZURE_CLIENT_SECRET": "s"]
        #expect(try await origin("azure", [:], environment).hasPrefix("Entra client credentials of e"))
        let identity = ["azure.credential_source": "managed_identity"]
        #expect(try await origin("azure", identity, environment).hasPrefix("Azure managed identity"))
        #expect(await mistake(["azure.client_id": "c"]).contains("set all three"))
        #expect(await mistake(["azure.credential_source": "entra"]).contains("set all three"))
        #expect(await mistake(["azure.credential_source": "api_key"]).contains("azure.api_key"))
    }

    // MARK: Settings

    @Test func `features in trial reach the three adapters of Claude`() async throws {
        let providers = try await configuration([
            "anthropic.anthropic_beta": "a", "bedrock.anthropic_beta": "b", "vertex.anthropic_beta": "c",
        ]).providers
        for (name, beta) in [("anthropic", "a"), ("bedrock_anthropic", "b"), ("vertex_anthropic", "c")] {
            #expect(providers[ProviderID(rawValue: name)]?.settings["anthropic_beta"] == beta)
        }
    }

    @Test func `every setting that holds a secret is marked as one`() {
        let words = ["secret", "api_key", "bearer_key", "session_token", "access_token", "external_id"]
        for setting in ProviderSetting.all where words.contains(where: { setting.key.contains($0) }) {
            #expect(setting.isSecret, "\(setting.key)")
        }
    }
}
