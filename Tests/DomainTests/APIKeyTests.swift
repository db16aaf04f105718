import Domain
import Testing

@Suite struct APIKeyTests {
    @Test func `a secret is never printed, however it is asked`() {
        let text = "ni_live_canary0123456789"
        let secret = APIKeySecret(text)
        var dumped = ""
        dump(secret, to: &dumped)
        dump([secret: (secret, [secret])], to: &dumped)
        for shown in [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", "\((1, secret))",
            "\(Optional(secret) as Any)", String(reflecting: ["x": secret]),
            "\(Mirror(reflecting: secret).children.map { $0 })",
            dumped,
        ] {
            #expect(!shown.contains("canary") && !shown.contains("ni_live"), "\(shown.count) characters")
        }
        #expect("\(secret)" == "<redacted>" && secret.text == text)
    }

    @Test func `equal policies have equal texts and different ones don't`() {
        let policies = [
            KeyPolicy(tiers: []), KeyPolicy(tiers: [.providerAPI]),
            KeyPolicy(tiers: [.providerAPI, .customerPremises]),
            KeyPolicy(tiers: [.providerAPI], routes: []), KeyPolicy(tiers: [.providerAPI], routes: ["a", "b"]),
            KeyPolicy(tiers: [.providerAPI], allowsFallbacks: false),
            KeyPolicy(tiers: [.providerAPI], allowsCommands: true),
        ]
        #expect(Set(policies.map(\.canonicalText)).count == policies.count)
        let one = KeyPolicy(tiers: Set(Tier.allCases), routes: ["x", "y", "z"])
        let other = KeyPolicy(tiers: Set(Tier.allCases.reversed()), routes: ["z", "y", "x"])
        #expect(one.canonicalText == other.canonicalText)
    }
}
