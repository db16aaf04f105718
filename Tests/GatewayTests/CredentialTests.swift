import Domain
import Foundation
import Gateway
import Logging
import ProviderSimulator
import Providers
import Testing
import Wire

/// Credentials that a gateway fetches over HTTP, uses and renews.
@Suite struct CredentialTests {
    /// A way to a credential.
    enum Way: String, CaseIterable, Sendable {
        case instance, container, containerWithFile, role, roleOfInstance, webIdentity, serviceAccount, googleMetadata
        case entra, entraWithFile, managedIdentity

        var family: Family {
            switch self {
            case .instance, .container, .containerWithFile, .role, .roleOfInstance, .webIdentity: .bedrock
            case .serviceAccount, .googleMetadata: .vertex
            case .entra, .entraWithFile, .managedIdentity: .azure
            }
        }

        /// The paths of what is asked for one credential, in order.
        var paths: [String] {
            let machine = [
                "/latest/api/token", "/latest/meta-data/iam/security-credentials/",
                "/latest/meta-data/iam/security-credentials/simulated-role",
            ]
            return switch self {
            case .instance: machine
            case .roleOfInstance: machine + ["/"]
            case .container, .containerWithFile: ["/v1/credentials"]
            case .role, .webIdentity: ["/"]
            case .serviceAccount: ["/token"]
            case .googleMetadata: ["/computeMetadata/v1/instance/service-accounts/default/token"]
            case .entra, .entraWithFile: ["/tenant/oauth2/v2.0/token"]
            case .managedIdentity: ["/metadata/identity/oauth2/token"]
            }
        }

        func issuer(at simulator: ProviderSimulator, secret: String = "sim") throws -> any CredentialIssuer {
            let url = simulator.url
            let arn = "arn:aws:iam::111122223333:role/gateway"
            let keys = FixedCredential(
                .aws(AWSCredentials(accessKeyID: "AKIDSIM", secretAccessKey: secret)), name: "keys")
            func role(_ base: any CredentialIssuer) throws -> any CredentialIssuer {
                let role = try AWSRole(arn: arn, externalID: SimulatorSettings.roleExternalID, duration: 900)
                return try AWSRoleIssuer(role, with: base, region: "ca-central-1", tokenURL: url)
            }
            switch self {
            case .instance: return try AWSInstanceIssuer(url: url)
            case .container:
                return try AWSContainerIssuer(fullURI: url + "/v1/credentials", authorization: .token(secret))
            case .containerWithFile:
                return try AWSContainerIssuer(fullURI: url + "/v1/credentials", authorization: .file("/file"))
            case .role: return try role(keys)
            case .roleOfInstance: return try role(AWSInstanceIssuer(url: url))
            case .webIdentity:
                return try AWSWebIdentityIssuer(
                    AWSRole(arn: arn), tokenFile: "/file", region: "ca-central-1", tokenURL: url)
            case .serviceAccount:
                let file = try simulator.serviceAccountJSON(tokenURL: url + "/token")
                return try GoogleCredentialsFile.issuer(json: Array(file.utf8))
            case .googleMetadata: return try #require(GoogleMetadataServer(host: "127.0.0.1:\(simulator.port)"))
            case .entra:
                return try EntraClient(tenant: "tenant", clientID: "client", proof: .secret(secret), authority: url)
            case .entraWithFile:
                return try EntraClient(
                    tenant: "tenant", clientID: "client", proof: .federatedToken(file: "/file"), authority: url)
            case .managedIdentity: return try AzureManagedIdentity(clientID: "client", url: url)
            }
        }
    }

    /// A gateway, and the renewal of a credential that none of its routes has yet.
    private func withRenewal(
        _ way: Way, secret: String = "sim", lifetime: Int = 3_600,
        _ body: (TestGateway, TestRenewal) async throws -> Void
    ) async throws {
        try await withGateway {
            $0.tokenLifetime = lifetime
        } _: { gateway in
            await gateway.forgetCredential(of: way.family)
            let renewal = TestRenewal(
                try way.issuer(at: gateway.simulator, secret: secret), of: way.family, on: gateway,
                files: ["/file": secret + "\n"])
            defer { renewal.stop() }
            try await body(gateway, renewal)
        }
    }

    private func status(_ gateway: TestGateway, _ way: Way) async throws -> Int {
        try await gateway.reply(to: gateway.chat(way.family, "hi")).status
    }

    /// What the last request to a model was authorized by, as a digest.
    private func lastAuthorization(_ gateway: TestGateway) -> String? {
        let request = gateway.simulator.requests().last
        return request?.header("x-amz-security-token") ?? request?.header("authorization")
    }

    @Test(arguments: Way.allCases)
    func `is fetched, used, renewed ahead of its end, and used anew`(_ way: Way) async throws {
        try await withRenewal(way) { gateway, renewal in
            let wait = try await renewal.isWaiting()
            #expect(3_200...3_310 ~= wait)
            #expect(gateway.simulator.requests().map(\.path) == way.paths)
            #expect(try await status(gateway, way) == 200)
            let first = try #require(lastAuthorization(gateway))
            #expect(try await status(gateway, way) == 200 && lastAuthorization(gateway) == first)

            gateway.simulator.reset()
            try await renewal.turn(after: wait + 1)
            #expect(gateway.simulator.requests().map(\.path) == way.paths)
            #expect(try await status(gateway, way) == 200)
            #expect(try #require(lastAuthorization(gateway)) != first)
            // The first one has run out by now: only the second can be in use.
            gateway.clock.pass(seconds: 1_000)
            #expect(try await status(gateway, way) == 200)
        }
    }

    @Test(arguments: [Way.role, .container, .containerWithFile, .webIdentity, .entra, .entraWithFile])
    func `a proof that is refused leaves no credential, no request to the provider, and a line in the log`(
        _ way: Way
    ) async throws {
        let secret = "expired-canary7secret-of-the-issuer"
        try await withRenewal(way, secret: secret) { gateway, renewal in
            let wait = try await renewal.isWaiting()
            #expect(8...10 ~= wait)
            let reply = try await gateway.reply(to: gateway.chat(way.family, "hi"))
            #expect(reply.status == 503 && reply.text.contains("no valid credential"))
            #expect(gateway.simulator.requests().map(\.path) == way.paths)
            let line = try #require(gateway.log.lines.first { $0.level == .error })
            #expect(line.message.hasPrefix("There is no credential") && line.metadata["credential"] == "\(way.family)")
            let record = try await gateway.record(of: reply).text()
            for text in gateway.log.lines.map(\.text) + [reply.text, record] { #expect(!text.contains(secret)) }
        }
    }

    @Test func `the old one is used while a renewal fails, and not a moment longer than it lasts`() async throws {
        try await withRenewal(.instance) { gateway, renewal in
            let wait = try await renewal.isWaiting()
            try await gateway.simulator.stop()
            #expect(try await renewal.turn(after: wait + 1) <= 1)
            #expect(gateway.log.lines.last { $0.level == .warning }?.message.contains("is used on") == true)
            // It is sent, although nobody is there to take it.
            let used = try await gateway.reply(to: gateway.chat(.bedrock, "hi"))
            #expect(used.status == 502 && used.text.contains("upstream_unreachable"))
            gateway.clock.pass(seconds: 310)
            let refused = try await gateway.reply(to: gateway.chat(.bedrock, "hi"))
            #expect(refused.status == 503 && refused.text.contains("no valid credential"))
            try await renewal.turn(after: 1)
            #expect(gateway.log.lines.last { $0.level == .error }?.message.hasPrefix("There is no credential") == true)
        }
    }

    @Test func `what AWS issued for a while is refused by it afterwards`() async throws {
        try await withRenewal(.role, lifetime: 60) { gateway, renewal in
            let wait = try await renewal.isWaiting()
            #expect(40...46 ~= wait)
            gateway.clock.pass(seconds: 59)
            #expect(try await status(gateway, .role) == 200)
            gateway.clock.pass(seconds: 2)
            #expect(try await status(gateway, .role) == 503)
            #expect(try await renewal.turn(after: 1) > 30)
            #expect(try await status(gateway, .role) == 200)
        }
    }

    @Test(arguments: Way.allCases)
    func `nothing that an issuer is asked with or gives is in a log line, an error, a record or a file`(
        _ way: Way
    ) async throws {
        try await withRenewal(way) { gateway, renewal in
            try await renewal.isWaiting()
            var texts: [String] = []
            for marker in ["[[sim:echo]]", "[[sim:status 401]]", "[[sim:status 403]]", "[[sim:status 500]]"] {
                let reply = try await gateway.reply(to: gateway.chat(way.family, marker))
                texts += [reply.text, try await gateway.record(of: reply).text()]
            }
            try await renewal.turn(after: 3_400)
            texts += gateway.log.lines.map(\.text)
            #expect(gateway.log.lines.contains { $0.message == "A credential was obtained" })
            #expect(gateway.log.lines.contains { $0.message == "A credential was renewed" })
            // What every credential of the simulator's begins with, and what it is used by.
            let secrets = [
                "ASIASIM", "IQoJ/sim", "ya29.sim", "eyJ.sim", "AQAE-sim", "AKIDSIM", "PRIVATE KEY", "AWS4-HMAC",
                SimulatorSettings.roleExternalID, "Bearer",
            ]
            let files = try gateway.directory.allBytes()
            for secret in secrets {
                #expect(texts.allSatisfy { !$0.contains(secret) }, "\(secret) in a text")
                #expect(files.range(of: Data(secret.utf8)) == nil, "\(secret) in a file")
            }
        }
    }
}

extension TestGateway {
    /// As before the first was obtained.
    fileprivate func forgetCredential(of family: Family) async {
        let past = IssuedCredential(.none, issuedAt: TestClock.start, expiresAt: TestClock.start)
        for loop in server.loops { loop.change { $0.replace(credential: past, named: family.route) } }
        _ = try? await server.counters()
    }
}
