import Testing

@testable import ProviderSimulator

/// Known answers made with AWS's own Python SDK.
@Suite struct SignatureTests {
    struct Known: Sendable {
        var target: String
        var method = "POST"
        var headers: HeaderFields
        var signature: String
        var body = #"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":20}}"#

        static let usual = Known(
            target: "/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse",
            headers: ["content-type": "application/json", "accept": "application/json"],
            signature: "fa6958e3655f57d4349bee07fc4053530a9087c8ad9daa90e69f533f5484d2b4")

        var call: Call {
            var fields = headers
            fields.add("X-Amz-Date", "20261122T081631Z")
            fields.add(
                "host",
                method == "GET" ? "bedrock.ca-central-1.amazonaws.com" : "bedrock-runtime.ca-central-1.amazonaws.com")
            let names = fields.fields.map { $0.name.lowercased() }.sorted().joined(separator: ";")
            let scope = "AKIDEXAMPLE/20261122/ca-central-1/bedrock/aws4_request"
            fields.add(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(scope), SignedHeaders=\(names), Signature=\(signature)")
            fields.add("user-agent", "not signed")
            return Call(method: method, target: target, headers: fields, body: Array(body.utf8))
        }
    }

    private let verifier = SignatureVerifier(
        accessKeyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", service: "bedrock")

    private static let known: [Known] = [
        .usual,
        Known(
            target: "/model/anthropic.claude-haiku-4-5-20251001-v1:0/converse", headers: Known.usual.headers,
            signature: "1aee2420c31a05ee5a89e3fe719fce64dee8631212b24c86bc442ecac48fff8e"),
        Known(
            target: "/model/arn%3Aaws%3Abedrock%3Aca-central-1%3A123456789012%3Ainference-profile%2F"
                + "us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse",
            headers: Known.usual.headers,
            signature: "9ac98f5a7df87203ebb00b8c5ccd1258791872dfc6df65bd113ce77b40637f8d"),
        Known(
            target: "/foundation-models?byProvider=anthropic&byInferenceType=ON_DEMAND&byOutputModality=TEXT",
            method: "GET", headers: [:],
            signature: "5a9e127c14e6d16358eb41ed2266f7df9a139f36534d0f818e64e6a5f181d628", body: ""),
        Known(
            target: Known.usual.target,
            headers: ["zeta": "1", "alpha": " 2 ", "Content-Type": "application/json", "m-1": "3"],
            signature: "7116b6d9175cf51e1900e4ae93c35cbbab0d2fb302638b0b9492fcba4f5f4ee5"),
    ]

    @Test(arguments: known) func `accepts what AWS's own signer made`(known: Known) throws {
        try verifier.verify(known.call)
    }

    @Test func `refuses a request that was changed after it was signed`() {
        var body = Known.usual
        body.body += " "
        var path = Known.usual
        path.target = "/model/other/converse"
        for changed in [body, path] {
            #expect(throws: Refusal.self) { try verifier.verify(changed.call) }
        }
    }

    @Test func `refuses one of AWS's headers that is not signed`() {
        let call = Known.usual.call
        var headers = call.headers
        headers.add("x-amz-security-token", "smuggled")
        let changed = Call(method: "POST", target: call.path, headers: headers, body: call.body)
        #expect(throws: Refusal.self) { try verifier.verify(changed) }
    }

    @Test(arguments: [
        ("AKIDEXAMPLE", "wrong", "InvalidSignatureException"), ("OTHER", "wrong", "UnrecognizedClientException"),
    ])
    func `names what is wrong`(id: String, secret: String, name: String) throws {
        let other = SignatureVerifier(accessKeyID: id, secret: secret, service: "bedrock")
        let refusal = try #require(throws: Refusal.self) { try other.verify(Known.usual.call) }
        #expect(refusal.status == 403)
        #expect(refusal.name == name)
    }

    @Test(arguments: ["", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a", "Basic eDp5", "AWS4-HMAC-SHA256 =,=,="])
    func `refuses a header that is no signature`(value: String) {
        let headers: HeaderFields = ["authorization": value, "x-amz-date": "20261122T081631Z"]
        #expect(throws: Refusal.self) {
            try verifier.verify(Call(method: "POST", target: "/", headers: headers, body: []))
        }
    }
}
