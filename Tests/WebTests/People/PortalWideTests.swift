import Domain
import HTTPTypes
import Storage
import Testing

@testable import Web

/// What holds for every address of the portal, whichever there are.
@Suite struct PortalWideTests {
    @Test func `no form does anything without its token, for any role`() async throws {
        try await House().serve { house in
            let owner = try await house.member("ada", .owner)
            for route in house.portal.parts.flatMap(\.routes) where route.method != .get {
                let browser = try house.browser(of: owner)
                let path = route.path.replacing(":id", with: "any")
                #expect(try await browser.post(path, ["csrf": ""]).status == 403, "\(route.path)")
                #expect(try await browser.post(path, ["csrf": String(repeating: "0", count: 64)]).status == 403)
            }
        }
    }

    @Test func `whatever another organization has is as if it weren't there, at every address with an id`() async throws
    {
        var house = try House()
        let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now)
        let key = try await house.keys.createKey(
            KeyDraft(name: "theirs", policy: KeyPolicy(tiers: []), organization: other.id)
        ).key
        let member = try await house.member("eve", .owner, of: other.id)
        let record = RequestID(at: .now, random: (1, 2))
        house.records.all[other.id] = [ArchivedRecord(id: record, json: Array("{}".utf8), isOpen: false, place: nil)]
        let ids = [key.id, member.id, record.hex]
        try await house.serve { house in
            let owner = try house.browser(of: try await house.member("ada", .owner))
            for route in house.portal.parts.flatMap(\.routes) where route.path.contains(":id") {
                for id in ids {
                    try await owner.get("/portal/account")
                    let path = route.path.replacing(":id", with: id)
                    let form = ["role": "auditor", "overlap": "0", "name": "taken"]
                    let reply = route.method == .get ? try await owner.get(path) : try await owner.post(path, form)
                    #expect(reply.status == 404, "\(route.method) \(path)")
                    #expect(!reply.body.contains("theirs"))
                }
            }
            #expect(try await house.keys.keys().allSatisfy { $0.name == "theirs" && $0.revokedAt == nil })
            #expect(!(try await owner.get("/portal/keys").body.contains("theirs")))
        }
    }

    @Test func `every page that the navigation leads to has one heading, and is whole in both languages`() async throws
    {
        try await House().serve { house in
            let owner = try house.browser(of: try await house.member("ada", .owner))
            for entry in house.portal.parts.flatMap(\.navigation) {
                for language in ["en", "fr"] {
                    let page = try await owner.get("\(entry.path)?lang=\(language)")
                    #expect(page.status == 200 && page.body.utf8.count < 60 << 10, "\(entry.path)")
                    #expect(page.body.ranges(of: "<h1>").count == 1, "\(entry.path)")
                    let label = (language == "fr" ? entry.label.french : entry.label.english).escapedForHTML
                    let start = "<html lang=\"\(language)\">"
                    let current = "aria-current=\"page\">\(label)"
                    #expect(page.body.contains(start) && page.body.contains(current), "\(entry.path)")
                }
            }
        }
    }
}
