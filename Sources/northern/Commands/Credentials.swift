public import ArgumentParser
public import Domain
import Foundation
import Storage
import Wire

struct Credentials: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep credentials for providers: the platform's, and organizations' own.",
        discussion: """
            A secret is read from standard input, or from a file, and never shown again. A gateway that is running knows \
            of a change within a second or two.
            """,
        subcommands: [Add.self, List.self, Rotate.self, Revoke.self, Rekey.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep another credential.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var secret: SecretOptions
        @Option(help: "Whom it is for, such as openai.") var provider: String
        @Option(help: "What it is called.") var name: String
        @Option(help: "\(ProviderCredential.Kind.words).") var kind: ProviderCredential.Kind = .apiKey
        @Option(help: "The organization whose own it is. The platform's unless given.") var organization: String?

        func run() async throws {
            try await explaining {
                let storage = try await CredentialStorage(options)
                let draft = ProviderCredentialDraft(
                    organization: try organization.map(storage.organization), provider: ProviderID(rawValue: provider),
                    name: name, kind: kind, secret: try secret.read(kind))
                try storage.check(draft.secret, kind, draft.provider)
                let added = try storage.store.addCredential(draft, sealedBy: storage.keys, at: wallClock())
                print("Added \(added.id) (\(added.name)), fingerprint \(added.fingerprint).")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all credentials, without their secrets.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await explaining {
                for credential in try await CredentialStorage(options).store.credentials() {
                    let owner = credential.organization?.rawValue ?? "platform"
                    let state = credential.revokedAt == nil ? "active" : "revoked"
                    print(
                        "\(credential.id)  \(credential.fingerprint)  \(state)  \(owner)  \(credential.provider)  "
                            + "\(credential.kind.rawValue)  \(credential.name)")
                }
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a credential another secret. The old one is forgotten.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var secret: SecretOptions
        @Argument(help: "The credential's id.") var credential: String

        func run() async throws {
            try await explaining {
                let storage = try await CredentialStorage(options)
                let old = try storage.store.credentials().first { $0.id == credential && $0.revokedAt == nil }
                guard let old else { throw ConfigurationError.unknownCredential }
                let secret = try secret.read(old.kind)
                try storage.check(secret, old.kind, old.provider)
                let rotated = try storage.store.rotateCredential(
                    old.id, to: secret, sealedBy: storage.keys, at: wallClock())
                guard let rotated else { throw ConfigurationError.unknownCredential }
                print("Rotated \(rotated.id) (\(rotated.name)), fingerprint \(rotated.fingerprint).")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a credential for good. Its secret is forgotten.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The credential's id.") var credential: String

        func run() async throws {
            try await explaining {
                // Without the master key: whoever has lost it must be able to do this.
                let store = try Store(await options.load())
                guard let revoked = try store.revokeCredential(credential, at: wallClock()) else {
                    throw ConfigurationError.unknownCredential
                }
                print("Revoked \(revoked.id) (\(revoked.name)).")
            }
        }
    }

    struct Rekey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal all credentials anew with the master key in force.",
            discussion: """
                Name the key so far in 'credentials.previous_master_keys' and restart first. Once it is done, nothing \
                needs that key any more but backups.
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await explaining {
                let storage = try await CredentialStorage(options)
                let count = try storage.store.rekeyCredentials(storage.keys)
                print("Sealed \(count) credentials anew with the master key \(storage.keys.current.id).")
            }
        }
    }
}

/// Where a secret is read from. Never an argument: those are seen by everybody on the machine.
struct SecretOptions: ParsableArguments {
    @Option(help: "A file with the secret. Standard input unless given.") var secretFile: String?

    private static let mostBytes = 64 << 10

    /// A kind with one member is read as it is, without line ends around it; the others as JSON with their members.
    ///
    /// - Throws: ``ConfigurationError`` or ``CredentialSecretError``.
    func read(_ kind: ProviderCredential.Kind) throws -> CredentialSecret {
        let text = try text().trimmingCharacters(in: .whitespacesAndNewlines)
        let (required, optional) = kind.members
        if required.count == 1, optional.isEmpty { return try CredentialSecret([required[0]: text], of: kind) }
        guard let object = try? JSON(parsing: text.utf8).object else {
            throw ConfigurationError(
                "A secret of the kind '\(kind.rawValue)' is JSON with \(required.map { "'\($0)'" }.joined(separator: ", "))."
            )
        }
        let pairs = object.members.map { ($0.key, $0.value.string ?? "") }
        return try CredentialSecret(Dictionary(pairs) { first, _ in first }, of: kind)
    }

    private func text() throws -> String {
        guard let secretFile else {
            let bytes = try FileHandle.standardInput.read(upToCount: Self.mostBytes) ?? Data()
            return String(decoding: bytes, as: UTF8.self)
        }
        guard let bytes = readFile(secretFile, most: Self.mostBytes) else {
            throw ConfigurationError("The file '\(secretFile)' can't be read. Check its path and rights.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The store and what credentials are sealed with.
private struct CredentialStorage {
    let store: Store
    let keys: MasterKeys
    private let configuration: StoredCredentialConfiguration

    init(_ options: ConfigurationOptions) async throws {
        let loaded = try await options.load()
        store = try Store(loaded)
        try store.confirmMasterKey(loaded)
        keys = try loaded.storedCredentials.masterKeys(in: loaded.dataDirectory)
        configuration = loaded.storedCredentials
    }

    func organization(_ id: String) throws -> OrganizationID {
        let known = try store.organizations().first { $0.id.rawValue == id }
        guard let known else { throw ConfigurationError("No organization has the id '\(id)'.") }
        return known.id
    }

    /// - Throws: ``CredentialUnusable`` for what couldn't be used.
    func check(_ secret: CredentialSecret, _ kind: ProviderCredential.Kind, _ provider: ProviderID) throws {
        _ = try configuration.origin(of: secret, kind, for: provider, named: "credential")
    }
}

extension ConfigurationError {
    fileprivate static var unknownCredential: ConfigurationError {
        ConfigurationError("No credential that is in force has this id. 'northern credentials list' shows all of them.")
    }
}

extension ProviderCredential.Kind: ExpressibleByArgument {}
