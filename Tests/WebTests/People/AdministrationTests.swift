import Domain
import Foundation
import Storage
import Testing

@testable import Web

/// The pages of the administration.
@Suite struct AdministrationTests {
    /// A portal whose pages have something to show.
    private func serve(
        pii: [PIIAuditEntry] = [], drifts: [RecordedDrift] = [], health: [EndpointHealth] = [],
        _ work: @Sendable @escaping (House, Browser) async throws -> Void
    ) async throws {
        let routes = try [Route.make("bedrock/model-ca"), Route.make("bedrock/other-ca", input: "3", output: "15")]
        var house = try House()
        house.administration = PortalAdministration(
            piiAudit: FixedPIIAudit(all: pii), adminAudit: StoreAudit(store: house.store),
            drifts: FixedDrifts(all: drifts), health: FixedHealth(all: health), catalog: FixedCatalog(all: routes))
        try await house.serve { house in
            try await work(house, try house.browser(of: try await house.member("ada", .owner)))
        }
    }

    private func entry(
        _ number: UInt64, organization: String = "org_default", types: [String] = ["name"]
    ) -> PIIAuditEntry {
        let values = types.map { #"{"type":"\#($0)","count":2,"digest":"00","stand_in":"Adela"}"# }
        return PIIAuditEntry(
            request: RequestID(high: 1, low: number), organization: organization,
            json: Array(#"{"key":"key_1","entries":[\#(values.joined(separator: ","))]}"#.utf8), time: .now)
    }

    @Test func `a change is listed, and its page says what was before and after`() async throws {
        try await serve { house, browser in
            let bob = try await house.member("bob", .developer)
            try await browser.get("/portal/members")
            try await browser.post("/portal/members/\(bob.id)/role", ["role": "auditor"])
            let list = try await browser.get("/portal/admin/audit?action=member_role_changed").body
            #expect(list.contains("ada@example.test") && list.contains(bob.id) && !list.contains("member_invited</td>"))
            let entry = try #require(try house.store.adminAudit(AdminAuditQuery(.everything, limit: 1)).first)
            #expect(list.contains("/portal/admin/audit/\(entry.id)"))
            let page = try await browser.get("/portal/admin/audit/\(entry.id)").body
            #expect(page.contains("<td>developer</td><td>auditor</td><td>changed</td>") && page.contains("203.0.113.7"))
            #expect(page.contains("exactly this") && !page.contains("role=\"alert\""))
            // No gateway signs checkpoints here.
            #expect(try await browser.get("/portal/admin/audit/\(entry.id)/receipt").status == 503)
        }
    }

    @Test func `another organization's change isn't there, nor in the list`() async throws {
        try await serve { house, _ in
            let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now)
            let user = try await house.member("eve", .auditor, of: other.id)
            let eve = try house.browser(of: user, in: other.id)
            let entries = try house.store.adminAudit(AdminAuditQuery(.organization(.default)))
            let list = try await eve.get("/portal/admin/audit").body
            #expect(list.contains(user.id) && !entries.isEmpty && entries.allSatisfy { !list.contains($0.id) })
            for entry in entries {
                #expect(try await eve.get("/portal/admin/audit/\(entry.id)").status == 404)
                #expect(try await eve.get("/portal/admin/audit/\(entry.id)/receipt").status == 404)
            }
        }
    }

    @Test func `personal information is counted by type, of the organization at hand alone`() async throws {
        let entries = [
            entry(3, types: ["name", "email"]), entry(2, organization: "org_other", types: ["phone"]), entry(1),
        ]
        try await serve(pii: entries) { _, browser in
            let body = try await browser.get("/portal/admin/pii-audit").body
            #expect(body.contains("<td>name</td><td>2</td><td>4</td>") && body.contains("<td>email</td><td>1</td>"))
            #expect(!body.contains("<td>phone</td>") && body.contains("In 2 requests."))
            let filtered = try await browser.get("/portal/admin/pii-audit?type=email").body
            #expect(filtered.contains("<td>email</td>") && !filtered.contains("<td>name</td>"))
            #expect(try await browser.get("/portal/admin/pii-audit?since=yesterday").status == 400)
        }
    }

    @Test func `pages of personal information go on where the last one ended, and stay small`() async throws {
        let types = ["name", "email", "phone", "name", "email"]
        let entries = (1...60).reversed().map { entry($0, types: types) }
        try await serve(pii: entries) { _, browser in
            var path: String? = "/portal/admin/pii-audit"
            var seen: [String] = []
            while let asked = path, seen.count < 100 {
                let body = try await browser.get(asked).body
                #expect(body.utf8.count < 60_000)
                for id in entries.map(\.request.hex) where body.contains("<td>\(id)</td>") { seen.append(id) }
                path = body.firstRange(of: "?before=").map { range in
                    "/portal/admin/pii-audit?before=" + body[range.upperBound...].prefix { $0.isHexDigit }
                }
            }
            #expect(seen == entries.map(\.request.hex))
        }
    }

    @Test func `endpoints say how the loops see them`() async throws {
        func health(_ route: Route.ID, credential: Bool = true, until end: Timestamp? = nil) -> EndpointHealth {
            EndpointHealth(
                route: route, provider: ProviderID(rawValue: "bedrock"), endpoint: "https://x.test",
                region: "ca-central-1",
                hasCredential: credential, load: 2, failures: end == nil ? 0 : 10, openUntil: end, lastFailureAt: end)
        }
        let all = [health("a"), health("b", until: .now), health("c", credential: false)]
        try await serve(health: all) { _, browser in
            let body = try await browser.get("/portal/admin/routes").body
            #expect(body.contains("3 endpoints, 2 of them not usable now."))
            #expect(body.contains("<td>in use</td>") && body.contains("<td>no credential</td>"))
            #expect(body.contains("<td>left alone until \(Timestamp.now)</td><td>2</td><td>10</td>"))
        }
    }

    @Test func `a drift leads to its request, where that is the operator's`() async throws {
        func drift(_ number: UInt64, _ organization: String) -> RecordedDrift {
            RecordedDrift(
                request: RequestID(high: 1, low: number), organization: organization, kind: "model", expected: "a",
                seen: "<b>", route: "r", provider: "p", host: "h", address: nil, list: nil,
                time: "2026-11-27T00:00:00Z",
                wasSent: true)
        }
        let (own, other) = (drift(2, "org_default"), drift(1, "org_other"))
        try await serve(drifts: [own, other]) { _, browser in
            let body = try await browser.get("/portal/admin/drift").body
            #expect(body.contains("<td>model</td><td>2</td>") && body.contains("&lt;b&gt;"))
            #expect(body.contains("/portal/requests/\(own.request.hex)"))
            #expect(!body.contains("/portal/requests/\(other.request.hex)"))
        }
    }

    @Test func `prices name the list they are of`() async throws {
        try await serve { _, browser in
            let body = try await browser.get("/portal/admin/prices").body
            #expect(body.contains("<td>bedrock/other-ca</td><td>p</td><td>3.00 / 15.00</td>"))
        }
    }

    @Test func `pages are in French too, and the navigation has what a role may see`() async throws {
        try await serve { house, browser in
            for path in ["audit", "pii-audit", "routes", "drift", "prices"] {
                let body = try await browser.get("/portal/admin/\(path)?lang=fr").body
                #expect(body.contains(#"<html lang="fr">"#) && body.contains("Changements"))
            }
            let auditor = try house.browser(of: try await house.member("aud", .auditor))
            let body = try await auditor.get("/portal/account").body
            #expect(body.contains("/portal/admin/audit") && !body.contains("/portal/admin/prices"))
        }
    }
}
