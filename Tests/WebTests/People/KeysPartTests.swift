import Domain
import Testing

@testable import Web

@Suite struct KeysPartTests {
    private static let draft = [
        "name": "Case workers", "tier_managed_canadian_cloud": "yes", "processing": "CA", "day_usd": "2,50",
        "requests_per_minute": "7", "networks": "203.0.113.0/24\r\n2001:db8::/32", "pii_substitution": "required",
        "environment": "test", "expires_at": "2100-01-31",
    ]

    @Test func `a key is made as its form says, and its secret is on one page only`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("dev", .developer))
            try await browser.get("/portal/keys/new")
            let made = try await browser.post("/portal/keys", Self.draft)
            #expect(made.status == 200 && made.body.contains("SECRET") && made.header("cache-control") == "no-store")
            let key = try #require(try await house.keys.keys().first)
            #expect(key.policy.tiers == [.managedCanadianCloud] && key.policy.substitution == .required)
            #expect(key.policy.limits.budget.day == Money(dollars: "2.5") && key.policy.limits.requestsPerMinute == 7)
            #expect(key.policy.sourceNetworks?.count == 2 && key.policy.residency.processing?.description == "CA")
            #expect(key.expiresAt?.date.description == "2100-01-31" && !key.policy.allowsFallbacks)
            for path in ["/portal/keys", "/portal/keys/\(key.id)"] {
                let body = try await browser.get(path).body
                #expect(body.contains("Case workers") && !body.contains("SECRET"))
            }
        }
    }

    @Test func `a form that says something impossible comes back with all that was typed`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("dev", .developer))
            try await browser.get("/portal/keys/new")
            let wrong = Self.draft.merging(["requests_per_minute": "many"]) { $1 }
            let reply = try await browser.post("/portal/keys", wrong)
            #expect(reply.status == 400 && reply.body.contains("role=\"alert\""))
            #expect(reply.body.contains("value=\"many\"") && reply.body.contains("value=\"Case workers\""))
            #expect(try await house.keys.keys().isEmpty)
        }
    }

    @Test func `what a form leaves empty is taken away, and a revoked key isn't changed`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("dev", .developer))
            try await browser.get("/portal/keys/new")
            try await browser.post("/portal/keys", Self.draft)
            let path = "/portal/keys/key_1"
            let less = ["name": "Fewer", "tier_provider_api": "yes", "allow_fallbacks": "yes"]
            #expect(try await browser.post(path, less).status == 303)
            var key = try #require(try await house.keys.keys().first)
            #expect(key.name == "Fewer" && key.policy == KeyPolicy(tiers: [.providerAPI]) && key.expiresAt == nil)
            #expect(try await browser.post("\(path)/rotate", ["overlap": "3600"]).body.contains("ni_live_wxyz3600"))
            #expect(try await browser.post("\(path)/rotate", ["overlap": "9"]).status == 400)
            #expect(try await browser.post("\(path)/revoke").status == 303)
            #expect(try await browser.post(path, Self.draft).status == 404)
            key = try #require(try await house.keys.keys().first)
            #expect(key.name == "Fewer" && key.revokedAt != nil)
            #expect(!(try await browser.get(path).body.contains("/revoke")))
        }
    }

    @Test func `what somebody calls a key can't become a part of the page`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("dev", .developer))
            try await browser.get("/portal/keys/new")
            // A quote with a combining mark after it is one character, and still ends an attribute.
            let name = "<script>alert(1)</script>\"\u{301} onclick=x"
            try await browser.post("/portal/keys", ["name": name, "tier_provider_api": "yes"])
            let open = "\"\u{301}"
            // As the text between two tags it may stand as it is.
            let titles = ["<h1>", "<title>"]
            for path in ["/portal/keys", "/portal/keys/key_1"] {
                let lines = try await browser.get(path).body.split(separator: "\n")
                #expect(!lines.contains { $0.contains("<script>alert") })
                #expect(!lines.contains { line in line.contains(open) && !titles.contains(where: line.hasPrefix) })
            }
        }
    }
}
