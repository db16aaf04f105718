import Domain
import Foundation
import Storage
import Testing

@testable import Web

@Suite struct EntranceTests {
    private static let account = ["name": "Ada", "email": "Ada@Example.test", "password": House.password.text]

    @Test func `whoever has the link becomes the owner, once`() async throws {
        try await House().serve { house in
            let token = try #require(try house.store.makeClaim()).text
            let browser = Browser(house)
            #expect(try await browser.get("/portal/claim?token=\(token)").status == 200)
            let reply = try await browser.post("/portal/claim", Self.account.merging(["token": token]) { $1 })
            #expect(reply.status == 303 && browser.cookies["ni_session"]?.count == 43)
            #expect(try await browser.get("/portal/members").body.contains("ada@example.test"))
            #expect(try house.store.makeClaim() == nil)

            let other = Browser(house)
            #expect(try await other.get("/portal/claim?token=\(token)").status == 410)
            try await other.get("/portal/sign-in")
            let again = ["token": token, "email": "eve@example.test"]
            #expect(try await other.post("/portal/claim", Self.account.merging(again) { $1 }).status == 410)
        }
    }

    @Test func `nothing can be claimed with another link, nor with one that was replaced`() async throws {
        try await House().serve { house in
            let old = try #require(try house.store.makeClaim()).text
            _ = try #require(try house.store.makeClaim())
            let browser = Browser(house)
            try await browser.get("/portal/sign-in")
            for token in ["", old, String(repeating: "a", count: 43)] {
                let form = Self.account.merging(["token": token]) { $1 }
                #expect(try await browser.post("/portal/claim", form).status == 410)
            }
            #expect(try house.store.isUnclaimed())
        }
    }

    @Test func `an invitation is good once, and for seven days`() async throws {
        try await House().serve { house in
            let owner = try house.browser(of: try await house.member("owner", .owner))
            try await owner.get("/portal/members")
            func invite(_ email: String) async throws -> String {
                let page = try await owner.post("/portal/members/invite", ["email": email, "role": "developer"])
                let start = try #require(page.body.firstRange(of: "/portal/invitation?token=")).upperBound
                return String(page.body[start...].prefix(43))
            }
            let token = try await invite("new@example.test")
            let guest = Browser(house)
            #expect(try await guest.get("/portal/invitation?token=\(token)").status == 200)
            let form = ["token": token, "name": "New", "password": House.password.text]
            #expect(try await guest.post("/portal/invitation", form).status == 303)
            #expect(try await guest.get("/portal/account").body.contains("new@example.test"))
            #expect(try await guest.get("/portal/invitation?token=\(token)").status == 410)

            let late = try await invite("late@example.test")
            house.clock.pass(seconds: Invitation.lifetime)
            #expect(try await Browser(house).get("/portal/invitation?token=\(late)").status == 410)
        }
    }

    @Test func `who has an account joins with its password, and not with another`() async throws {
        try await House().serve { house in
            let user = try await house.member("ada", .developer)
            let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now)
            let (_, token) = try house.store.invite(user.email, to: other.id, as: .owner, at: house.clock.now)
            let browser = Browser(house)
            try await browser.get("/portal/invitation?token=\(token.text)")
            let wrong = ["token": token.text, "password": "another-password"]
            #expect(try await browser.post("/portal/invitation", wrong).status == 403)
            let right = ["token": token.text, "password": House.password.text]
            #expect(try await browser.post("/portal/invitation", right).status == 303)
            #expect(try house.store.memberships(of: user.id).count == 2)
        }
    }

    @Test func `a session that somebody else chose is never the one that is signed in`() async throws {
        try await House().serve { house in
            _ = try await house.member("ada", .owner)
            let chosen = String(repeating: "x", count: 43)
            let browser = Browser(house)
            browser.cookies = ["ni_session": chosen, "ni_visitor": chosen]
            try await browser.get("/portal/sign-in")
            let form = ["email": "ada@example.test", "password": House.password.text]
            let reply = try await browser.post("/portal/sign-in", form)
            #expect(reply.status == 303 && browser.cookies["ni_session"] != chosen)
            let cookie = reply.headers.first { $0.value.hasPrefix("ni_session=") }?.value ?? ""
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"))

            let first = try #require(browser.cookies["ni_session"])
            try await browser.get("/portal/account")
            try await browser.post("/portal/account/organization", ["organization": "org_default"])
            #expect(browser.cookies["ni_session"] != first)
            let old = Browser(house)
            old.cookies = ["ni_session": first]
            #expect(try await old.get("/portal/account").status == 303)
        }
    }

    @Test func `over https the cookie is the host's alone`() async throws {
        try await House().serve { house in
            let reply = try await Browser(house).get("/portal/sign-in", ["x-forwarded-proto": "https"])
            let cookie = reply.header("set-cookie") ?? ""
            #expect(cookie.hasPrefix("__Host-ni_visitor=") && cookie.hasSuffix("; Secure"))
        }
    }

    @Test func `a session ends with sign-out, with eight idle hours and after seven days`() async throws {
        try await House().serve { house in
            let user = try await house.member("ada", .owner)
            let browser = try house.browser(of: user)
            for _ in 0..<24 {
                house.clock.pass(seconds: 7 * 3_600)
                if house.clock.now.seconds - 1_795_413_600 < Session.lifetime {
                    #expect(try await browser.get("/portal/account").status == 200)
                }
            }
            #expect(try await browser.get("/portal/account").status == 303)

            let idle = try house.browser(of: user)
            house.clock.pass(seconds: Session.idleLimit)
            #expect(try await idle.get("/portal/account").status == 303)

            let leaving = try house.browser(of: user)
            let token = leaving.cookies
            try await leaving.get("/portal/account")
            #expect(try await leaving.post("/portal/sign-out").status == 303)
            leaving.cookies = token
            #expect(try await leaving.get("/portal/account").status == 303)
        }
    }

    @Test func `a new password ends every other session`() async throws {
        try await House().serve { house in
            let user = try await house.member("ada", .owner)
            let (browser, other) = (try house.browser(of: user), try house.browser(of: user))
            try await browser.get("/portal/account")
            let wrong = ["old": "not-the-password", "new": "another-password"]
            #expect(try await browser.post("/portal/account/password", wrong).status == 403)
            let form = ["old": House.password.text, "new": "another-password"]
            #expect(try await browser.post("/portal/account/password", form).status == 303)
            #expect(try await browser.get("/portal/account").status == 200)
            #expect(try await other.get("/portal/account").status == 303)
        }
    }

    @Test func `passwords and tokens stand in no page, no log and no file`() async throws {
        try await House().serve { house in
            let claim = try #require(try house.store.makeClaim()).text
            let browser = Browser(house)
            try await browser.get("/portal/claim?token=\(claim)")
            let form = Self.account.merging(["token": claim]) { $1 }
            var pages = try await browser.post("/portal/claim", form).body
            let session = try #require(browser.cookies["ni_session"])
            pages += try await browser.get("/portal/account").body
            pages += try await Browser(house).post("/portal/sign-in", ["password": "canary-horse-wrong"]).body
            let stored = try house.storedBytes()
            for secret in [House.password.text, claim, session, "canary-horse-wrong"] {
                #expect(!pages.contains(secret) && !house.log.text.contains(secret))
                #expect(stored.firstRange(of: Data(secret.utf8)) == nil)
            }
            #expect("\(House.password) \(SecretToken(session))" == "<redacted> <redacted>")
        }
    }
}
