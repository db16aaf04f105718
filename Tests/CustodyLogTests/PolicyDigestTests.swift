import CustodyLog
import Domain
import Testing

@Suite struct PolicyDigestTests {
    @Test func `equal policies have equal digests, however their sets were filled`() {
        let one = KeyPolicy(tiers: [.customerPremises, .providerAPI], routes: ["b", "a"])
        let other = KeyPolicy(tiers: [.providerAPI, .customerPremises], routes: ["a", "b"])
        #expect(PolicyDigest.text(of: one) == PolicyDigest.text(of: other))
    }

    @Test func `a digest is the beginning of the SHA-256 of the policy's text`() {
        // printf 'tiers=provider_api;routes=*;fallbacks=true' | sha256sum
        #expect(PolicyDigest.text(of: KeyPolicy(tiers: [.providerAPI])) == "8a777a79cff5bf54")
    }

    @Test(arguments: [
        KeyPolicy(tiers: []), KeyPolicy(tiers: [.customerPremises]),
        KeyPolicy(tiers: [.providerAPI], routes: []), KeyPolicy(tiers: [.providerAPI], allowsFallbacks: false),
        KeyPolicy(tiers: [.providerAPI], allowsCommands: true),
    ])
    func `whatever differs in a policy shows in its digest`(policy: KeyPolicy) {
        #expect(PolicyDigest.text(of: policy) != PolicyDigest.text(of: KeyPolicy(tiers: [.providerAPI])))
    }
}
