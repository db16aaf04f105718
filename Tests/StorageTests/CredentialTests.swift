import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct CredentialTests {
    private static let canary = "sk-canary-7f3a9b2c5d8e1f4a6b0c"
    let directory = TemporaryDirectory()

    private static func keys(_ byte: UInt8, previous: [UInt8] = []) throws -> MasterKeys {
        func key(_ byte: UInt8) throws -> MasterKey { try #require(MasterKey([UInt8](repeating: byte, count: 32))) }
        return MasterKeys(try key(byte), previous: try previous.map(key))
    }

    private static func secret(_ text: String = canary) throws -> CredentialSecret {
        try CredentialSecret(["api_key": text], of: .apiKey)
    }

    private func add(
        _ store: Store, _ keys: MasterKeys, organization: String? = nil, provider: String = "openai",
        secret: CredentialSecret? = nil
    ) throws -> ProviderCredential {
        try store.addCredential(
            ProviderCredentialDraft(
                organization: organization.map { OrganizationID(rawValue: $0) },
                provider: ProviderID(rawValue: provider), name: "main", kind: .apiKey,
                secret: try secret ?? Self.secret()),
            sealedBy: keys, at: .test)
    }

    private func secrets(_ store: Store, _ keys: MasterKeys) throws -> [String?] {
        try store.openCredentials(keys).map { try? $0.secret.get()["api_key"] }
    }

    @Test(.onSQLiteAlone) func `a stored secret is nowhere in the data directory and in nothing printed`() throws {
        let store = try Store(directory)
        let keys = MasterKeys(try MasterKey(directory: directory.path))
        let added = try add(store, keys)
        #expect(try secrets(store, keys) == [Self.canary])
        let bytes = try directory.allBytes()
        #expect(bytes.range(of: Data(added.id.utf8)) != nil, "the scan must see what is stored")
        for text in [Self.canary, Data(Self.canary.utf8).base64EncodedString()] {
            #expect(bytes.range(of: Data(text.utf8)) == nil)
        }
        #expect(try directory.mode(of: MasterKey.fileName) == 0o600)
        var printed = ""
        for value in [keys, try Self.secret(), added, try store.openCredentials(keys), store] as [Any] {
            dump(value, to: &printed)
        }
        #expect(!printed.contains(Self.canary))
    }

    @Test(.onSQLiteAlone) func `a row that was changed or moved doesn't open`() throws {
        let store = try Store(directory)
        let keys = try Self.keys(1)
        let id = try add(store, keys, organization: "org_a").id
        let anotherLastByte = "iif(substr(sealed, -1) = x'00', x'01', x'00')"
        for change in [
            "organization = 'org_b'", "organization = NULL", "provider = 'azure'", "id = 'cred_other'",
            "fingerprint = '0123456789abcdef'", "kind = 'bearer'",
            "sealed = CAST(substr(sealed, 1, length(sealed) - 1) || \(anotherLastByte) AS BLOB)",
            "sealed = x''", "sealed = zeroblob(20)",
        ] {
            let place = try directory.copyAsAfterKill()
            let copy = try Store(place)
            defer { withExtendedLifetime(place) {} }
            try copy.write { try $0.execute(sql: "UPDATE provider_credentials SET \(change)") }
            let opened = try #require(try copy.openCredentials(keys).first)
            let error = #expect(throws: CredentialUnopenable.self, "\(change)") { try opened.secret.get() }
            #expect(error?.reason == .changed && error?.description.contains("northern credentials rotate") == true)
        }
        #expect(try store.openCredentials(keys).first?.credential.id == id)
    }

    @Test func `another master key is told from a changed row, and what to do about it`() throws {
        let store = try Store(directory)
        _ = try add(store, Self.keys(1))
        let opened = try #require(try store.openCredentials(Self.keys(2)).first)
        let error = try #require(#expect(throws: CredentialUnopenable.self) { try opened.secret.get() })
        let ids = (try Self.keys(1).current.id, try Self.keys(2).current.id)
        #expect(error.reason == .unknownKey(ids.0, current: ids.1))
        for part in [ids.0, "NORTHERN_MASTER_KEY", "credentials.previous_master_keys"] {
            #expect(error.description.contains(part))
        }
    }

    @Test func `the master key is exchanged without a moment in which nothing opens`() throws {
        let store = try Store(directory)
        let before = try add(store, Self.keys(1))
        let both = try Self.keys(2, previous: [1])
        #expect(try secrets(store, both) == [Self.canary])
        #expect(try store.rekeyCredentials(both) == 1)
        #expect(try store.rekeyCredentials(both) == 0)
        #expect(try secrets(store, Self.keys(2)) == [Self.canary])
        #expect(try secrets(store, Self.keys(1)) == [nil])
        #expect(try store.credentials() == [before], "records go on telling which one it was")
    }

    @Test func `what can't be opened is left as it is when all is sealed anew`() throws {
        let store = try Store(directory)
        _ = try add(store, Self.keys(1))
        _ = try add(store, Self.keys(3), provider: "azure")
        #expect(throws: CredentialUnopenable.self) { try store.rekeyCredentials(Self.keys(2, previous: [1])) }
        #expect(try secrets(store, Self.keys(1, previous: [3])) == [Self.canary, Self.canary])
    }

    @Test func `a secret that was exchanged or revoked is gone`() throws {
        let store = try Store(directory)
        let keys = try Self.keys(1)
        let added = try add(store, keys)
        let other = try Self.secret("another")
        let rotated = try #require(try store.rotateCredential(added.id, to: other, sealedBy: keys, at: .test))
        #expect(rotated.fingerprint != added.fingerprint && rotated.replacedAt == .test)
        #expect(try secrets(store, keys) == ["another"])
        #expect(try store.revokeCredential(added.id, at: .test)?.revokedAt == .test)
        #expect(try store.openCredentials(keys).isEmpty)
        #expect(try store.rotateCredential(added.id, to: other, sealedBy: keys, at: .test) == nil)
        let sealed = try store.read { try Data.fetchOne($0, sql: "SELECT sealed FROM provider_credentials") }
        #expect(sealed == Data())
        _ = try add(store, keys)
    }

    @Test func `an organization has one for each provider, and nobody learns whether two have the same`() throws {
        let store = try Store(directory)
        let keys = try Self.keys(1)
        let first = try add(store, keys)
        #expect(throws: CredentialExists(id: first.id)) { try add(store, keys) }
        let others = [
            try add(store, keys, organization: "org_a"), try add(store, keys, organization: "org_b"),
        ]
        #expect(Set((others + [first]).map(\.fingerprint)).count == 3)
        #expect(try add(store, keys, provider: "azure").fingerprint == first.fingerprint)
    }

    @Test func `a file that others may read is no master key`() throws {
        let path = directory.path + "/key"
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        let text = Data([UInt8](repeating: 1, count: 32)).base64EncodedString() + "\n"
        for (mode, content) in [(0o640, text), (0o604, text), (0o600, "short")] {
            try Data(content.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(throws: MasterKeyFileUnusable.self) { try MasterKey(file: path) }
        }
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
        #expect(try MasterKey(file: path).id == Self.keys(1).current.id)
    }

    @Test(.enabled("needs the right to give files away") { geteuid() == 0 })
    func `a master key of somebody else's may be handed to us through a group, and to nobody besides`() throws {
        let path = directory.path + "/key"
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        try Data([UInt8](repeating: 1, count: 32)).write(to: URL(filePath: path))
        try #require(chown(path, 1, 0) == 0)
        for (mode, isTaken) in [(0o440, true), (0o640, true), (0o444, false), (0o460, false)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let key = try? MasterKey(file: path)
            #expect((key != nil) == isTaken, "\(String(mode, radix: 8))")
        }
    }

    @Test(arguments: ["line\r\nx-injected: 1", "with space", "é", "\u{0}", ""])
    func `what can't stand in a request's head is no secret`(_ text: String) {
        #expect(throws: CredentialSecretError.self) { try CredentialSecret(["api_key": text], of: .apiKey) }
        #expect(throws: CredentialSecretError.self) { try CredentialSecret(["other": "x"], of: .apiKey) }
    }

    @Test func `the last use only moves on`() throws {
        let store = try Store(directory)
        let id = try add(store, Self.keys(1)).id
        try store.noteCredentialUses([id: Timestamp.test.adding(seconds: 9)])
        try store.noteCredentialUses([id: .test, "cred_none": .test])
        #expect(try store.credentials().map(\.lastUsedAt) == [Timestamp.test.adding(seconds: 9)])
    }
}
