import Domain
import Providers
import Testing
import Wire

@testable import Pipeline

/// Whose credential a request is sent with.
@Suite struct CustomerCredentialTests {
    private static let fingerprints = ["0000000000000001", "0000000000000002", "0000000000000003"]

    /// The routes `a` and `b` have shelves of their own; `a` may fall back to `b`.
    private struct Place {
        let shelves: CredentialShelves
        let snapshot: ServingSnapshot

        init(_ rule: CustomerCredentialRule = .allowed) throws {
            shelves = CredentialShelves([
                "a": CredentialShelf(CredentialSlot(.bearer("platform-a"))),
                "b": CredentialShelf(CredentialSlot(.bearer("platform-b"))),
            ])
            let gateway = try #require(Jurisdiction("CA"))
            var bindings: [RouteBinding] = []
            for id in ["a", "b"] {
                let route = try PipelineFixture.route(
                    id, fallbacks: id == "a" ? ["b"] : [], customerCredentials: id == "a" ? rule : .allowed)
                bindings.append(
                    try RouteBinding(
                        route: route, adapter: OpenAICompatibleAdapter.self, settings: ProviderSettings(),
                        credentials: try #require(shelves[id]), gateway: gateway))
            }
            snapshot = try PipelineFixture.snapshot(bindings)
        }

        func store(_ entries: StoredCredentialEntry...) { shelves.replace(entries) }
    }

    private static func entry(
        _ number: Int, of organization: String?, on shelf: String, fixed: Credential?, replaced: Int64? = nil
    ) throws -> StoredCredentialEntry {
        StoredCredentialEntry(
            ProviderCredential(
                id: "cred_\(number)", organization: organization.map { OrganizationID(rawValue: $0) },
                provider: ProviderID(rawValue: "compatible"), name: "n", kind: .apiKey,
                fingerprint: try #require(CredentialFingerprint(fingerprints[number])),
                createdAt: Timestamp(seconds: 0), replacedAt: replaced.map { Timestamp(seconds: $0) }),
            shelves: [shelf], fixed: fixed)
    }

    private func life(_ place: Place) throws -> ExchangeLife {
        let life = ExchangeLife(#"{"model":"a","messages":[0]}"#, in: place.snapshot)
        try life.prepare()
        return life
    }

    private func sentWith(_ dispatch: Dispatch) -> String {
        let head = String(decoding: dispatch.request.head, as: UTF8.self)
        let line = head.split(separator: "\r\n").first { $0.hasPrefix("authorization: Bearer ") }
        return String(line?.dropFirst("authorization: Bearer ".count) ?? "none")
    }

    private func headers(_ life: ExchangeLife) -> String {
        String(decoding: life.exchange.headerLines(on: PipelineFixture.today), as: UTF8.self)
    }

    @Test func `an organization's own credential is used for it and for nobody else`() throws {
        let place = try Place()
        place.store(
            try Self.entry(0, of: "org_1", on: "a", fixed: .bearer("own")),
            try Self.entry(1, of: "org_2", on: "a", fixed: .bearer("stranger's")))
        let life = try life(place)
        #expect(sentWith(try life.send()) == "own")
        #expect(headers(life).contains("x-ni-credential-source: customer\r\n"))
        life.received(head: 400)
        _ = life.ended()
        let record = try life.closed()
        #expect(record["credential_source"] == "customer" && record["credential"]?.string == Self.fingerprints[0])
        place.store(try Self.entry(1, of: "org_2", on: "a", fixed: .bearer("stranger's")))
        let other = try self.life(place)
        #expect(sentWith(try other.send()) == "platform-a")
        #expect(headers(other).contains("x-ni-credential-source: platform\r\n"))
    }

    @Test func `a fallback goes with what the organization has for its provider`() throws {
        let place = try Place()
        place.store(try Self.entry(0, of: "org_1", on: "a", fixed: .bearer("own")))
        let life = try life(place)
        #expect(sentWith(try life.send()) == "own")
        life.received(head: 503)
        #expect(life.ended() == "send again")
        #expect(sentWith(try life.send()) == "platform-b")
        #expect(headers(life).contains("x-ni-credential-source: platform\r\n"))
    }

    @Test func `an own credential that can't be used is never replaced by the platform's`() throws {
        let place = try Place()
        place.store(
            try Self.entry(0, of: "org_1", on: "a", fixed: nil), try Self.entry(1, of: "org_1", on: "b", fixed: nil))
        let life = try life(place)
        let error = #expect(throws: GatewayError.self) { try life.send() }
        #expect(error?.code == .upstreamUnavailable)
    }

    @Test func `a route may demand an own credential, or refuse it`() throws {
        let demanding = try Place(.required)
        let life = try life(demanding)
        #expect(sentWith(try life.send()) == "platform-b", "the fallback demands none")
        let alone = ExchangeLife(
            #"{"model":"a","messages":[0],"allow_fallbacks":false}"#, in: demanding.snapshot)
        try alone.prepare()
        let error = #expect(throws: GatewayError.self) { try alone.send() }
        #expect(error?.code == .routeNotAllowed && error?.message.english.contains("own credential") == true)
        let refusing = try Place(.refused)
        refusing.store(try Self.entry(0, of: "org_1", on: "a", fixed: .bearer("own")))
        #expect(sentWith(try self.life(refusing).send()) == "platform-a")
    }

    @Test func `the platform's stored credential goes before the configured one`() throws {
        let place = try Place()
        place.store(try Self.entry(2, of: nil, on: "a", fixed: .bearer("stored")))
        let life = try life(place)
        #expect(sentWith(try life.send()) == "stored")
        life.received(head: 400)
        _ = life.ended()
        let record = try life.closed()
        #expect(record["credential_source"] == "platform" && record["credential"]?.string == Self.fingerprints[2])
        place.store()
        #expect(sentWith(try self.life(place).send()) == "platform-a")
    }

    @Test func `what was fetched with an exchanged secret goes nowhere`() throws {
        let place = try Place()
        let old = try Self.entry(0, of: "org_1", on: "a", fixed: nil)
        let new = try Self.entry(0, of: "org_1", on: "a", fixed: nil, replaced: 5)
        let now = Timestamp(seconds: 0)
        place.store(old)
        place.shelves.put(IssuedCredential(.bearer("first"), issuedAt: now, expiresAt: nil), version: old.version)
        #expect(sentWith(try life(place).send()) == "first")
        place.store(old)
        #expect(sentWith(try life(place).send()) == "first", "what hasn't changed stays")
        place.store(new)
        place.shelves.put(IssuedCredential(.bearer("late"), issuedAt: now, expiresAt: nil), version: old.version)
        #expect(sentWith(try life(place).send()) == "platform-b")
        place.shelves.put(IssuedCredential(.bearer("second"), issuedAt: now, expiresAt: nil), version: new.version)
        #expect(sentWith(try life(place).send()) == "second")
        #expect(place.shelves.takeLastUses().keys.sorted() == ["cred_0"] && place.shelves.takeLastUses().isEmpty)
    }
}
