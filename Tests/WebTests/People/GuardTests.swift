import Domain
import HTTPTypes
import Storage
import Testing

@testable import Web

@Suite struct GuardTests {
    // MARK: Forms of others

    @Test func `a form without its token, or with another session's, changes nothing`() async throws {
        try await House().serve { house in
            let user = try await house.member("ada", .owner)
            let (browser, other) = (try house.browser(of: user), try house.browser(of: user))
            try await browser.get("/portal/organizations")
            try await other.get("/portal/organizations")
            for token in ["", "0", other.csrf] {
                let form = ["name": "Made", "csrf": token]
                #expect(try await browser.post("/portal/organizations", form).status == 403)
            }
            #expect(try house.store.organizations().count == 1)
            #expect(try await browser.post("/portal/organizations", ["name": "Made"]).status == 303)
        }
    }

    @Test(arguments: [
        ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site"], ["origin": "https://evil.test"],
        ["origin": "null"], ["origin": "http://gateway.test.evil.test"],
    ])
    func `a form that another site sends changes nothing, even with the token`(fields: [String: String]) async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            try await browser.get("/portal/organizations")
            #expect(try await browser.post("/portal/organizations", ["name": "Made"], fields).status == 403)
            let own = ["sec-fetch-site": "same-origin", "origin": "http://gateway.test"]
            #expect(try await browser.post("/portal/organizations", ["name": "Made"], own).status == 303)
        }
    }

    @Test func `no address of the portal takes a form without the session's token`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            let other = try house.browser(of: try await house.member("bob", .owner))
            try await other.get("/portal/account")
            let routes = house.portal.parts.flatMap(\.routes).filter { $0.method == .post }
            #expect(routes.count > 10)
            for route in routes {
                let path = route.path.replacing(":id", with: "usr_none")
                for token in ["", other.csrf] {
                    browser.csrf = token
                    #expect(try await browser.post(path).status == 403, "\(path)")
                }
            }
        }
    }

    @Test func `every form of every page has the session's token`() async throws {
        try await House().serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            _ = try await house.member("bob", .developer)
            for path in ["/portal/account", "/portal/members", "/portal/organizations"] {
                let body = try await browser.get(path).body
                let forms = body.split(separator: "<form ").dropFirst()
                #expect(!forms.isEmpty && forms.allSatisfy { $0.contains("value=\"\(browser.csrf)\"") })
            }
        }
    }

    // MARK: Guessing

    @Test func `guesses are slowed down more and more, and nobody is shut out for good`() {
        let throttle = SignInThrottle()
        let clock = TestClock()
        var waits: [Int64] = []
        for _ in 0..<200 {
            // Each from another network, as a botnet does.
            let wait = throttle.admit(account: "ada", network: "\(clock.now)", at: clock.now)
            guard let wait else { continue }
            waits.append(wait)
            clock.pass(seconds: wait)
        }
        #expect(waits.first == 1 && waits == waits.sorted() && waits.last == 60)
        clock.pass(seconds: 60)
        #expect(throttle.admit(account: "ada", network: "home", at: clock.now) == nil)
    }

    @Test func `who has been in from a network isn't slowed down there by others`() {
        let throttle = SignInThrottle()
        let clock = TestClock()
        #expect(throttle.admit(account: "ada", network: "home", at: clock.now) == nil)
        throttle.succeeded(account: "ada", network: "home")
        for guess in 0..<30 { _ = throttle.admit(account: "ada", network: "n\(guess)", at: clock.now) }
        #expect(throttle.admit(account: "ada", network: "away", at: clock.now) != nil)
        #expect(throttle.admit(account: "ada", network: "home", at: clock.now) == nil)
    }

    @Test func `one network can't go through many accounts, and all of a /64 is one network`() {
        let throttle = SignInThrottle()
        let clock = TestClock()
        let admitted = (0..<100).count { index in
            let network = SignInThrottle.network(of: "2001:db8::\(index)")
            return throttle.admit(account: "user\(index)", network: network, at: clock.now) == nil
        }
        #expect(admitted == 20)
        #expect(throttle.admit(account: "x", network: SignInThrottle.network(of: "192.0.2.1"), at: clock.now) == nil)
    }

    @Test func `too many tries are answered with 429, and say when to come again`() async throws {
        try await House().serve { house in
            let browser = Browser(house)
            try await browser.get("/portal/sign-in")
            let form = ["email": "nobody@example.test", "password": "wrong-password"]
            for _ in 0..<5 { #expect(try await browser.post("/portal/sign-in", form).status == 403) }
            let reply = try await browser.post("/portal/sign-in", form)
            #expect(reply.status == 429 && reply.header("retry-after") == "1")
            house.clock.pass(seconds: 1)
            #expect(try await browser.post("/portal/sign-in", form).status == 403)
        }
    }
}
