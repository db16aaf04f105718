import CustodyLog
import Domain
import Foundation
import Providers
import Testing
import Wire

@testable import northern

@Suite struct PublishedKeysTests {
    private let log: WrittenLog
    private let now = Timestamp(rfc3339: "2026-11-27T12:00:00Z") ?? Timestamp(seconds: 0)

    init() throws { log = try WrittenLog().grow(by: 1) }

    private func file(_ entries: [JSON], origin: String = "example.org/log") -> [UInt8] {
        (["origin": .string(origin), "log": "/log/", "keys": .array(entries)] as JSON).bytes()
    }

    private func entry(_ key: VerifierKey, from: JSON = .null, until: JSON = .null) -> JSON {
        ["verifier_key": .string(key.text), "not_before": from, "not_after": until]
    }

    @Test func `only keys that are in force now are trusted`() throws {
        let keys = try (1...5).map { try WrittenLog(seed: $0).key.verifierKey }
        let published = try PublishedKeys(
            file([
                entry(keys[0]), entry(keys[1], from: "2026-11-27T12:00:00Z"),
                entry(keys[2], from: "2026-11-27T12:00:01Z"),
                entry(keys[3], until: "2026-11-27T12:00:00Z"), entry(keys[4], until: "2026-11-27T12:00:01Z"),
            ]))
        #expect(try published.inForce(at: now) == [keys[0], keys[1], keys[4]])
    }

    @Test func `what isn't a list of keys of one log is refused`() throws {
        let key = log.key.verifierKey
        for bytes in [
            [], Array("{}".utf8), file([entry(key)], origin: "example.org/other"), file([["verifier_key": "x"]]),
            file([JSON](repeating: entry(key), count: 65)), file([]), file([entry(key, until: "2026-11-01T00:00:00Z")]),
        ] {
            #expect(throws: ConfigurationError.self) { try PublishedKeys(bytes).inForce(at: now) }
        }
    }

    @Test func `they are found beside the log and above it`() async throws {
        let key = log.key.verifierKey
        try log.write(file([entry(key)]), to: ".well-known/ni-keys.json")
        #expect(try await logPlace(log.path).publishedKeys(at: now) == [key])
        #expect(try await logPlace("\(log.path)/tile").publishedKeys(at: now) == [key])
        try log.remove(".well-known/ni-keys.json")
        await #expect(throws: ConfigurationError.self) {
            try await logPlace(log.path).publishedKeys(at: now)
        }
    }
}
