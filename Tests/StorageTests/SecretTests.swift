import Domain
import Foundation
import Testing

@testable import Storage

@Suite struct SecretTests {
    let directory = TemporaryDirectory()

    @Test func `secrets are well formed, hold 256 bits and never repeat`() {
        let secrets = (0..<2_000).map { APIKeySecret.random(for: $0.isMultiple(of: 2) ? .live : .test).text }
        #expect(secrets.allSatisfy { APIKeySecret.isWellFormed($0) })
        #expect(Set(secrets).count == secrets.count)
        #expect(43 * log2(62.0) > 256)
    }

    @Test func `every letter of the alphabet is equally likely`() {
        let letters = Array(RandomText.base62(count: 620_000).utf8)
        var counts = [Int](repeating: 0, count: 256)
        for letter in letters { counts[Int(letter)] += 1 }
        let chiSquare = RandomText.alphabet.reduce(0.0) { $0 + pow(Double(counts[Int($1)]) - 10_000, 2) / 10_000 }
        // 61 degrees of freedom: more than 140 happens once in ten million times. A modulo of a byte gives over 2,000.
        #expect(chiSquare < 140)
    }

    @Test(arguments: [
        "", "ni_live_", "sk-live-abc", "ni_live_" + String(repeating: "a", count: 42),
        "ni_live_" + String(repeating: "a", count: 44), "ni_prod_" + String(repeating: "a", count: 43),
        "ni_test_" + String(repeating: "a", count: 42) + "-", "ni_live_" + String(repeating: "a", count: 41) + "é",
        " ni_live_" + String(repeating: "a", count: 43), "NI_LIVE_" + String(repeating: "a", count: 43),
    ])
    func `a text of another form is not well formed`(_ text: String) {
        #expect(!APIKeySecret.isWellFormed(text))
    }

    @Test func `a secret is nowhere in the data directory and in nothing printed`() throws {
        let store = try Store(path: directory.database)
        let hasher = try KeyHasher(directory: directory.path)
        let (key, secret) = try store.createKey(
            name: "one", organization: .default, policy: KeyPolicy(tiers: [.providerAPI]), environment: .live,
            hashedBy: hasher, at: .test)
        let table = try store.keyDirectory(hasher: hasher, at: .test)
        let tail = secret.text.dropFirst(12)
        let bytes = try directory.allBytes()
        #expect(bytes.range(of: Data(key.id.utf8)) != nil, "the scan must see what is stored")
        #expect(bytes.range(of: Data(tail.utf8)) == nil)
        let pepper = try Data(contentsOf: URL(filePath: directory.path + "/key-hash.secret"))
        var printed = "\(secret) \(hasher)"
        for value in [secret, hasher, key, table, store] as [Any] { dump(value, to: &printed) }
        #expect(!printed.contains(tail) && !printed.contains(pepper.base64EncodedString()))
        #expect(String(reflecting: hasher) == "<redacted>" && Mirror(reflecting: hasher).children.isEmpty)
    }

    @Test func `the hashing secret is made once, for its owner only`() throws {
        let first = try KeyHasher(directory: directory.path)
        let second = try KeyHasher(directory: directory.path)
        #expect(first.fingerprint == second.fingerprint && first.copy().fingerprint == first.fingerprint)
        #expect(try directory.mode(of: "key-hash.secret") == 0o600)
        #expect(try directory.names() == ["key-hash.secret"])
        #expect(try KeyHasher(directory: directory.path + "/other").fingerprint != first.fingerprint)
    }

    @Test func `processes that start at once agree on one hashing secret`() async throws {
        let path = directory.path
        let fingerprints = try await withThrowingTaskGroup(of: Data.self) { group in
            for _ in 0..<8 { group.addTask { try KeyHasher(directory: path).fingerprint } }
            return try await group.reduce(into: Set<Data>()) { $0.insert($1) }
        }
        #expect(fingerprints.count == 1)
    }

    @Test func `the hash is HMAC-SHA256 with the file's bytes as its key`() throws {
        // From 'openssl dgst -sha256 -mac HMAC -macopt hexkey:0001…1f'.
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        try Data((0..<32).map(UInt8.init)).write(to: URL(filePath: directory.path + "/key-hash.secret"))
        let hash = try #require(KeyHasher(directory: directory.path).hash("ni_live_test"))
        #expect(
            hash.data.map { String(format: "%02x", $0) }.joined()
                == "8f9b8245b2cb114160e166ff9b8fecb7594cbb04288550da9a14892636d9942e")
    }

    @Test func `a hashing secret that was cut or exchanged is refused with what to do`() throws {
        let store = try Store(path: directory.database)
        let hasher = try KeyHasher(directory: directory.path)
        _ = try store.createKey(
            name: "one", organization: .default, policy: KeyPolicy(tiers: []), environment: .test, hashedBy: hasher,
            at: .test)
        let other = try KeyHasher(directory: directory.path + "/other")
        let error = try #require(throws: KeyHashSecretUnusable.self) {
            try store.keyDirectory(hasher: other, at: .test)
        }
        #expect(error.path == directory.path + "/key-hash.secret" && error.description.contains("Restore"))
        try Data([1, 2, 3]).write(to: URL(filePath: error.path))
        #expect(throws: KeyHashSecretUnusable.self) { try KeyHasher(directory: directory.path) }
    }
}
