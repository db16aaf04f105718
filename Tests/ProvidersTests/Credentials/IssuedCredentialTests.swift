import Domain
import Testing

@testable import Providers

@Suite struct IssuedCredentialTests {
    @Test(arguments: [
        // Seconds of life, and after how many of them the next one is asked for.
        (43_200, 42_900), (3_600, 3_300), (3_000, 2_700), (900, 810), (300, 270), (100, 85), (20, 10), (1, 0), (-5, 0),
    ])
    func `is renewed some minutes ahead, or a tenth of its life`(_ life: Int64, _ renewal: Int64) {
        let issued = IssuedCredential(
            .none, issuedAt: Recorded.now, expiresAt: Recorded.now.adding(seconds: life))
        #expect(issued.renewsAt == Recorded.now.adding(seconds: renewal))
        #expect(issued.isDue(at: Recorded.now.adding(seconds: renewal)))
        #expect(issued.isDue(at: Recorded.now.adding(seconds: renewal - 1)) == false)
        #expect(issued.isGood(at: Recorded.now.adding(seconds: life - 1)))
        #expect(!issued.isGood(at: Recorded.now.adding(seconds: life)))
    }

    @Test func `never expires where nobody says so`() throws {
        let issued = try FixedCredential(.bearer("k"), name: "key").issued()
        #expect(issued.renewsAt == nil)
        #expect(!issued.isDue(at: Timestamp(seconds: 1 << 40)))
        #expect(issued.isGood(at: Timestamp(seconds: 1 << 40)))
    }

    @Test(arguments: [
        ("2026-11-22T08:16:31Z", 1_795_335_391), ("2026-11-22T08:16:31.5Z", 1_795_335_391),
        ("2026-11-22T08:16:31.123456+00:00", 1_795_335_391), ("2026-11-22T03:16:31-05:00", 1_795_335_391),
        ("2026-11-22T13:46:31+05:30", 1_795_335_391),
    ])
    func `reads the times of RFC 3339`(_ text: String, _ seconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "2026-11-22", "2026-11-22T08:16Z", "2026-11-22T08:16:31", "2026-11-22 08:16:31Z", "2026-02-30T08:16:31Z",
        "2026-11-22T24:00:00Z", "2026-11-22T08:16:31.Z", "2026-11-22T08:16:31+5", "2026-11-22T08:16:31Zx",
        "2026-11-22T+8:16:31Z", "2026-11-22T08:16:31é", "2026-11-22T08:16:31+05:30Z",
    ])
    func `reads no other times`(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `prints no secret`() throws {
        let issuer = FixedCredential(.bearer("secret-token"), name: "key")
        let client = try EntraClient(tenant: "t", clientID: "c", proof: .secret("secret-proof"))
        let ask = try client.next(after: [], at: Recorded.now)
        let container = try AWSContainerIssuer(relativeURI: "/x", authorization: .token("secret-auth"))
        let environment = AWSEnvironment(["AWS_SECRET_ACCESS_KEY": "secret-key"])
        let answer = Recorded.answer("secret-answer")
        let issued = try issuer.issued()
        var dumped = ""
        for value in [issuer, client, ask, container, environment, answer, issued] as [Any] { dump(value, to: &dumped) }
        let printed = "\(issuer) \(client) \(ask) \(container) \(environment) \(answer) \(issued) \(dumped)"
        #expect(!printed.contains("secret-"))
    }
}
