import Domain
import Pipeline
import Providers
import Routing
import Testing

@Suite struct ServingSnapshotTests {
    @Test func `a caller is its key, and every other secret has its own error`() throws {
        let key = PipelineFixture.key()
        let keys = FakeKeys(answers: [
            APIKeySecret("ni_live_good"): .found(key), APIKeySecret("ni_test_good"): .found(key),
            APIKeySecret("ni_live_revoked"): .revoked(key), APIKeySecret("ni_live_expired"): .expired(key),
        ])
        let snapshot = try PipelineFixture.snapshot([], keys: keys)
        func code(_ secret: String?) -> GatewayError.Code? {
            do throws(GatewayError) {
                let found = try snapshot.authenticate(secret.map(APIKeySecret.init), at: Timestamp(seconds: 0))
                #expect(found === key)
                return nil
            } catch {
                #expect(error.status == 401)
                return error.code
            }
        }
        #expect(code("ni_live_good") == nil && code("ni_test_good") == nil && code(nil) == .missingAPIKey)
        #expect(code("ni_live_revoked") == .revokedAPIKey && code("ni_live_expired") == .expiredAPIKey)
        #expect(code("ni_live_other") == .invalidAPIKey && code("") == .invalidAPIKey)
    }

    @Test(arguments: ["", "sk-123", "NI_LIVE_x", " ni_live_x", "ni_prod_x"])
    func `what is no key of ours is never looked up`(_ text: String) throws {
        let snapshot = try PipelineFixture.snapshot([])
        let error = #expect(throws: GatewayError.self) {
            try snapshot.authenticate(APIKeySecret(text), at: Timestamp(seconds: 0))
        }
        #expect(error == .malformedAPIKey)
    }

    @Test(arguments: [0, 1, 2, 3, 500])
    func `each route of a catalogue is served by its own binding, and a stranger of the same name by none`(
        count: Int
    ) throws {
        let bindings = try (0..<count).map { try PipelineFixture.binding(PipelineFixture.route("route-\($0)")) }
        let snapshot = try PipelineFixture.snapshot(bindings)
        for binding in bindings { #expect(snapshot.binding(for: binding.route) === binding) }
        for number in 0..<(count + 1) {
            #expect(try snapshot.binding(for: PipelineFixture.route("route-\(number)")) == nil)
        }
    }

    @Test func `other keys leave everything else as it was`() throws {
        let snapshot = try PipelineFixture.snapshot()
        let other = snapshot.with(keys: FakeKeys(answers: [:]))
        #expect(other.catalog.routes.map(\.id) == ["a", "b", "c", "d"] && other.version == snapshot.version)
        for route in other.catalog.routes { #expect(other.binding(for: route) === snapshot.binding(for: route)) }
        #expect(throws: GatewayError.unknownAPIKey) {
            try other.authenticate(APIKeySecret("ni_live_x"), at: Timestamp(seconds: 0))
        }
    }
}

@Suite struct CredentialTests {
    @Test(
        arguments: [
            .bearer("canary"), .header(name: "api-key", value: "canary"),
            .aws(AWSCredentials(accessKeyID: "canary", secretAccessKey: "canary", sessionToken: "canary")),
        ] as [Credential])
    func `a credential is never printed, however it is asked`(_ credential: Credential) {
        var dumped = ""
        dump(credential, to: &dumped)
        dump([credential], to: &dumped)
        if case .aws(let credentials) = credential {
            dump(credentials, to: &dumped)
            dumped +=
                "\(credentials) \(String(reflecting: credentials)) \(Array(Mirror(reflecting: credentials).children))"
        }
        let slot = CredentialSlot(credential)
        dump(slot, to: &dumped)
        for shown in [
            "\(credential)", String(describing: credential), String(reflecting: credential), "\([credential])",
            "\((1, credential))", "\(Optional(credential) as Any)",
            "\(Mirror(reflecting: credential).children.map { $0 })",
            String(reflecting: slot), dumped,
        ] {
            #expect(!shown.contains("canary"), "\(shown.count) characters")
        }
    }
}
