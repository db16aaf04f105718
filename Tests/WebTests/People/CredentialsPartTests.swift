import Domain
import Foundation
import Storage
import Testing

@testable import Web

@Suite struct CredentialsPartTests {
    private static let path = "/portal/admin/credentials"
    private static let canary = "sk-canary-9f8e7d6c5b4a"

    private static func form(_ secret: String = canary, _ more: [String: String] = [:]) -> [String: String] {
        ["kind": "api_key", "provider": "openai", "name": "main", "secret_api_key": secret].merging(more) { $1 }
    }

    private static func draft(_ owner: OrganizationID?) throws -> ProviderCredentialDraft {
        ProviderCredentialDraft(
            organization: owner, provider: ProviderID(rawValue: "openai"), name: "theirs", kind: .apiKey,
            secret: try CredentialSecret(["api_key": canary], of: .apiKey))
    }

    @Test func `a credential is added, checked, rotated and revoked, and nobody is ever told its secret`() async throws
    {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            var replies = [try await browser.get("\(Self.path)/new?kind=api_key")]
            let added = try await browser.post(Self.path, Self.form())
            let page = try #require(added.header("location"))
            #expect(added.status == 303 && page.hasPrefix("\(Self.path)/cred_"))
            replies += [added, try await browser.get(Self.path), try await browser.get(page)]
            let first = try #require(try house.store.credentials().first)
            #expect(replies[2].body.contains(first.fingerprint.text) && replies[3].body.contains("in force"))
            #expect(first.organization == nil && replies[2].body.contains("<td>the platform"))
            replies.append(try await browser.post(Self.path, Self.form()))
            #expect(replies[4].status == 409 && replies[4].body.contains("Rotate it, or revoke it first."))
            replies.append(try await browser.post("\(page)/check"))
            #expect(replies[5].body.contains("refuses it, with the status 401"))
            // Whoever copies a secret often has a blank too many.
            let rotated = try await browser.post("\(page)/rotate", ["secret_api_key": " \(Self.canary)2\n"])
            #expect(rotated.status == 303)
            #expect(try house.store.credentials().first?.fingerprint != first.fingerprint)
            #expect(try await browser.post("\(page)/revoke").status == 303)
            replies += [rotated, try await browser.get(page), try await browser.post("\(page)/check")]
            #expect(replies[7].body.contains("revoked") && !replies[7].body.contains("\(page)/rotate"))
            #expect(replies[8].status == 404)
            replies.append(try await browser.get("/portal/admin/audit"))
            #expect(replies.allSatisfy { !$0.body.contains(Self.canary) && !"\($0.headers)".contains(Self.canary) })
            #expect(!house.log.text.contains(Self.canary))
            #expect(try house.storedBytes().range(of: Data(Self.canary.utf8)) == nil)
        }
    }

    @Test(arguments: ProviderCredential.Kind.allCases)
    func `the form of a kind asks for what its secret consists of`(kind: ProviderCredential.Kind) async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            let body = try await browser.get("\(Self.path)/new?kind=\(kind.rawValue)").body
            let names = body.ranges(of: "name=\"secret_").map { body[$0.upperBound...].prefix { $0 != "\"" } }
            #expect(Set(names.map(String.init)) == Set(kind.members.required + kind.members.optional))
            var form = Self.form("", ["kind": kind.rawValue])
            let refused = try await browser.post(Self.path, form)
            #expect(refused.status == 400 && refused.body.contains("is missing."))
            for member in kind.members.required { form["secret_\(member)"] = "canary" }
            #expect(try await browser.post(Self.path, form).status == 303)
            #expect(try house.store.credentials().map(\.kind) == [kind])
        }
    }

    @Test(arguments: [
        (["secret_api_key": "\(canary) x"], 400, "visible ASCII"), (["name": " "], 400, "1 to 100 characters"),
        (["provider": "nobody"], 400, "no such provider"), (["organization": "org_none"], 404, "no such thing"),
        (["kind": canary], 400, "Choose one of the kinds"), (["secret_api_key": ""], 400, "is missing"),
    ])
    func `what isn't taken is told, and not repeated`(
        change: [String: String], status: Int, sentence: String
    ) async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            try await browser.get("\(Self.path)/new?kind=api_key")
            let reply = try await browser.post(Self.path, Self.form(Self.canary, change))
            #expect(reply.status == status && reply.body.contains(sentence), "\(reply.body)")
            #expect(!reply.body.contains(Self.canary) && !house.log.text.contains(Self.canary))
            #expect(try house.store.credentials().isEmpty)
        }
    }

    @Test func `another organization's credentials, and the platform's, are as if they weren't there`() async throws {
        try await House().serve { house in
            let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now).id
            let mine = try house.store.createOrganization("Mine", owner: nil, at: house.clock.now).id
            let eve = try house.browser(of: try await house.member("eve", .owner, of: mine), in: mine)
            for owner in [nil, other, .default] {
                let made = try await house.credentials.addCredential(try Self.draft(owner))
                let page = "\(Self.path)/\(made.id)"
                try await eve.get(Self.path)
                #expect(try await eve.get(page).status == 404)
                for work in ["check", "rotate", "revoke"] {
                    #expect(try await eve.post("\(page)/\(work)", ["secret_api_key": "x"]).status == 404, "\(work)")
                }
                let form = Self.form("x", ["organization": owner?.rawValue ?? "org_none"])
                #expect(try await eve.post(Self.path, form).status == 404)
            }
            #expect(!(try await eve.get(Self.path).body.contains("theirs")))
            #expect(!(try await eve.get("\(Self.path)/new?kind=api_key").body.contains(other.rawValue)))
            // Nothing said is one's own.
            #expect(try await eve.post(Self.path, Self.form()).status == 303)
            let all = try house.store.credentials()
            #expect(all.count == 4 && all.allSatisfy { $0.revokedAt == nil && $0.replacedAt == nil })
            #expect(all.count { $0.organization == mine } == 1)
            #expect(try await eve.get(Self.path).body.contains("<td>Mine</td>"))
            let ada = try house.browser(of: try await house.member("ada", .owner))
            #expect(try await ada.get(Self.path).body.ranges(of: "/cred_").count == 4)
        }
    }

    @Test func `where none are kept, the page says what to set, and there is nothing else`() async throws {
        var house = try House()
        house.administration = PortalAdministration(
            piiAudit: FixedPIIAudit(), adminAudit: StoreAudit(store: house.store), drifts: FixedDrifts(),
            health: FixedHealth(), catalog: NoRoutes())
        try await house.serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            let body = try await browser.get(Self.path).body
            #expect(body.contains("NORTHERN_MASTER_KEY") && !body.contains("new?kind="))
            #expect(try await browser.get("\(Self.path)?lang=fr").body.contains("clé maîtresse"))
            try await browser.get("/portal/account")
            #expect(try await browser.get("\(Self.path)/new?kind=api_key").status == 404)
            #expect(try await browser.post(Self.path, Self.form()).status == 404)
        }
    }

    @Test func `a form that was sent never prints itself`() throws {
        let form = try #require(FormBody("secret_api_key=\(Self.canary)"))
        #expect(form["secret_api_key"] == Self.canary)
        var dumped = ""
        dump(form, to: &dumped)
        #expect(!"\(form) \(String(reflecting: form)) \(dumped) \([form])".contains(Self.canary))
    }
}
