import Foundation
import Providers
import Storage

/// How credentials are kept in the store, and where those that have to be fetched are asked for.
struct StoredCredentialConfiguration: Sendable {
    private let masterKey: String?
    private let masterKeyFile: String?
    private let previousKeys: [String]
    let awsRegion: String
    let awsTokenURL: String?
    let googleTokenURL: String
    let entraURL: String
    let entraScope: String

    private typealias Names = ProviderSetting

    init(_ reader: SettingReader) {
        masterKey = reader.text(CredentialSetting.masterKey)
        masterKeyFile = reader.text(CredentialSetting.masterKeyFile)
        previousKeys = reader.texts(CredentialSetting.previousKeys)
        awsRegion = reader.text(Names.bedrockTokenRegion, orVariable: "AWS_REGION") ?? "ca-central-1"
        awsTokenURL = reader.text(Names.bedrockTokenURL, orVariable: "AWS_ENDPOINT_URL_STS")
        // Never the 'token_uri' of the file: whoever hands one in would choose where the gateway goes.
        googleTokenURL = reader.text(Names.vertexTokenURL) ?? "https://oauth2.googleapis.com/token"
        entraURL = reader.text(Names.azureTokenURL, orVariable: "AZURE_AUTHORITY_HOST") ?? EntraClient.defaultAuthority
        entraScope = reader.text(Names.azureScope) ?? EntraClient.defaultScope
    }

    /// None is configured: the data directory has it.
    var hasOwnMasterKey: Bool { masterKey == nil && masterKeyFile == nil }

    /// - Parameter directory: the data directory, which has the key where none is configured.
    /// - Throws: ``ConfigurationError``, and what keys in files throw.
    func masterKeys(in directory: String) throws -> MasterKeys {
        if masterKey != nil, masterKeyFile != nil {
            throw ConfigurationError(
                "'\(CredentialSetting.masterKey.key)' and '\(CredentialSetting.masterKeyFile.key)' are two master keys. "
                    + "Set one of both.")
        }
        return MasterKeys(try current(in: directory), previous: try previousKeys.map(Self.previous))
    }

    private func current(in directory: String) throws -> MasterKey {
        if let masterKey {
            guard let key = MasterKey(base64: masterKey) else {
                throw ConfigurationError(
                    "'\(CredentialSetting.masterKey.key)' must be 32 bytes in Base64: 'openssl rand -base64 32' makes "
                        + "them.")
            }
            return key
        }
        return try masterKeyFile.map { try MasterKey(file: $0) } ?? MasterKey(directory: directory)
    }

    private static func previous(_ text: String) throws -> MasterKey {
        if let key = MasterKey(base64: text) { return key }
        guard text.hasPrefix("/") || text.hasPrefix(".") else {
            // It isn't repeated: it may be most of a key.
            throw ConfigurationError(
                "'\(CredentialSetting.previousKeys.key)' must hold 32 bytes in Base64, or files with them, as paths that "
                    + "begin with '/' or '.'.")
        }
        return try MasterKey(file: text)
    }
}

/// What is configured for credentials that are stored.
enum CredentialSetting {
    static let masterKey = Setting(
        "master_key",
        "What stored credentials are sealed with: 32 bytes in Base64. Without it and 'credentials.master_key_file' the "
            + "file 'master-key.secret' of the data directory has it, and is made.", isSecret: true)
    static let masterKeyFile = Setting(
        "credentials.master_key_file",
        "A file with the master key, as 32 bytes or in Base64, that its owner alone may read, or that root hands to us "
            + "through a group or an access list.")
    static let previousKeys = Setting(
        "credentials.previous_master_keys",
        "Master keys from before, in Base64 or as paths of files: what was sealed with them is still read. A list.",
        isSecret: true)

    static let all = [masterKey, masterKeyFile, previousKeys]
}
