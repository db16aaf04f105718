import Testing
import Wire

/// Which routes there are, and for whom.
@Suite(.gateway) struct CatalogTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private func models(_ key: String) async throws -> [JSON] {
        let reply = try await gateway.reply(to: .get("/v1/models", key: key))
        #expect(reply.status == 200)
        #expect(try reply.json["object"] == "list")
        return try #require(try reply.json["data"]?.array)
    }

    @Test func `the list has the routes that the key may call`() async throws {
        let all = try await models(gateway.keys.main).compactMap { $0["id"]?.string }
        #expect(Family.allCases.allSatisfy { all.contains($0.route) })
        #expect(all.contains(TestRoute.retiring))
        #expect(!all.contains(TestRoute.retired))
        let few = try await models(gateway.keys.premisesOnly)
        #expect(few.allSatisfy { $0["tier"] == "customer_premises" })
        #expect(few.count < all.count)
        let one = try await models(gateway.keys.oneRoute).compactMap { $0["id"]?.string }
        #expect(one == [Family.vertex.route])
    }

    @Test func `a model says what OpenAI's clients read, and more`() async throws {
        let model = try #require(
            try await models(gateway.keys.main).first { $0["id"] == .string(Family.vertex.route) })
        #expect(model["object"] == "model")
        #expect(model["created"]?.int != nil)
        #expect(model["owned_by"] == "vertex")
        #expect(model["supports_vision"] == true)
        #expect(model["capabilities"]?["modalities"] == ["text", "image"])
        #expect(model["capabilities"]?["context_window"] == 200_000)
        #expect(model["residency"]?["processing"] == ["CA"])
        #expect(model["residency"]?["exposure"] == ["CA", "US"])
    }

    @Test func `a model is found by its id, raw or percent-encoded`() async throws {
        for family in Family.allCases {
            let id = family.route
            let encoded = id.replacing("/", with: "%2F").replacing(":", with: "%3a")
            for path in [id, encoded, id + "?x=1"] {
                let reply = try await gateway.reply(to: .get("/v1/models/\(path)", key: gateway.keys.main))
                #expect(reply.status == 200)
                #expect(try reply.json["id"] == .string(id))
            }
        }
    }

    @Test func `a model that isn't there, is gone or isn't allowed is told as such`() async throws {
        for (id, key, status, code) in [
            ("no/such", gateway.keys.main, 404, "model_not_found"),
            (TestRoute.retired, gateway.keys.main, 410, "route_retired"),
            (Family.vertex.route, gateway.keys.premisesOnly, 403, "route_not_allowed"),
            (Family.azure.route, gateway.keys.oneRoute, 403, "route_not_allowed"),
        ] {
            let reply = try await gateway.reply(to: .get("/v1/models/\(id)", key: key))
            #expect(reply.status == status)
            #expect(try reply.errorCode == code)
        }
    }

    @Test func `prices are public, with all that decides on a route`() async throws {
        let reply = try await gateway.reply(to: .get("/api/billing/models", key: nil))
        #expect(reply.status == 200)
        let models = try #require(try reply.json["models"]?.array)
        let vertex = try #require(models.first { $0["model_id"] == .string(Family.vertex.route) })
        #expect(vertex["provider"] == "Vertex")
        #expect(vertex["tier"] == "managed_canadian_cloud")
        #expect(vertex["supports_vision"] == true)
        #expect(vertex["capabilities"]?["max_output_tokens"] == 8_192)
        #expect(vertex["residency"]?["endpoint_jurisdiction"] == "CA")
        #expect(vertex["prices"]?["input"] == "6")
        #expect(vertex["prices"]?["cached_input"] == "0.6")
        #expect(vertex["prices"]?["cache_write"] == "7.5")
        #expect(vertex["prices"]?["output"] == "30")
        #expect(vertex["lifecycle"]?["retires_at"] == .null)
        // What we pay is nobody's business.
        #expect(!reply.text.contains("\"cost\""))
    }
}
