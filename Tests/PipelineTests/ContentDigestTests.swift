import Crypto
import Domain
import Foundation
import Pipeline
import Testing
import Wire

/// What records say of the content that they are about.
@Suite struct ContentDigestTests {
    private static let secret = [UInt8](repeating: 7, count: 32)
    private let key = ContentDigestKey(secret)
    private let body = #"{"model":"a","messages":[{"role":"user","content":"hi"}]}"#

    @Test func `a record has the digest of what was asked and of what was answered, under the key`() throws {
        let life = try answered(#"{"model":"a","messages":[0]}"#)
        let digests = try #require(try life.closed()["digests"])
        #expect(digests["key"]?.string == key.fingerprint)
        #expect(digests["request"]?.string == digest(of: life.body))
        #expect(digests["response"]?.string == digest(of: life.out))
    }

    @Test func `the digest of a stream is that of all its bytes, comments included`() throws {
        let life = ExchangeLife(
            #"{"model":"a","stream":true,"messages":[0]}"#, in: try PipelineFixture.snapshot(), contentKey: key)
        try life.prepare()
        try life.send()
        life.received(head: 200)
        life.received("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n")
        life.ping()
        life.received(
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
        life.ended()
        let record = try life.closed()
        #expect(life.text.contains(": ping\n\n") && life.text.contains("x-ni-outcome"))
        #expect(record["digests"]?["response"]?.string == digest(of: life.out))
        #expect(record["response_bytes"]?.int == life.out.count)
    }

    @Test func `an open record has the digest of what was asked alone`() throws {
        let life = ExchangeLife(body, in: try PipelineFixture.snapshot(), contentKey: key)
        try life.prepare()
        try life.send()
        let record = try JSON(parsing: life.exchange.openingEntry().json)
        #expect(record["digests"]?["request"] != nil && record["digests"]?["response"] == nil)
    }

    @Test func `a reply that never went to the caller has no digest`() throws {
        let life = ExchangeLife(body, in: try PipelineFixture.snapshot(), contentKey: key)
        try life.prepare()
        try life.send()
        life.received(head: 200)
        life.received(#"{"choices":[{"message":{"con"#)
        while life.ending == nil {
            life.ended()
            if life.ending == nil {
                try life.send()
                life.received(head: 200)
            }
        }
        let record = try life.closed()
        #expect(record["outcome"] == "failed" && record["digests"]?["response"] == nil)
    }

    @Test func `without a key a record has no digests`() throws {
        let life = try answered(#"{"model":"a","messages":[0]}"#, with: nil)
        #expect(try life.closed()["digests"] == nil)
    }

    @Test func `a digest's key is not printable`() {
        #expect("\(key)" == "<redacted>" && String(reflecting: key) == "<redacted>")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("7"))
    }

    private func answered(_ body: String, with key: ContentDigestKey?) throws -> ExchangeLife {
        let life = ExchangeLife(body, in: try PipelineFixture.snapshot(), contentKey: key)
        try life.prepare()
        try life.send()
        life.received(head: 200)
        life.received(#"{"model":"m","choices":[{"message":{"content":"a"},"#)
        life.received(#""finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#)
        life.ended()
        return life
    }

    private func answered(_ body: String) throws -> ExchangeLife { try answered(body, with: key) }

    private func digest(of bytes: [UInt8]) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(bytes), using: SymmetricKey(data: Self.secret))
            .map { String(format: "%02x", $0) }.joined()
    }
}
