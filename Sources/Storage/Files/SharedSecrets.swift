import Foundation

extension Store {
    static let sharedSecrets = """
        CREATE TABLE shared_secrets (
            name TEXT PRIMARY KEY NOT NULL,  -- of the file
            fingerprint BLOB NOT NULL        -- tells whether it is the same
        ) STRICT;
        """

    /// Files that the store itself makes secrets of. Nodes that share a database have to have the same.
    public static let secretNames = [KeyHasher.fileName, SecretDigests.fileName]

    /// Sees to it that all who share the database have the same secrets: whoever comes first leaves fingerprints. It has to
    /// be asked before anybody makes a file that isn't there.
    ///
    /// - Throws: ``SecretNotShared``, ``StoreError``, ``FileError`` or ``InstallationSecretUnusable``.
    public func confirmSecrets(_ names: [String]) throws {
        // A database of one node's own lies beside its secrets.
        guard case .postgres = engine else { return }
        for name in names {
            if try isKnown(name) { continue }
            let secret = try InstallationSecret(name, directory: directory)
            try write { try $0.noteSecret(name, secret) }
            // Another node may have been faster.
            _ = try isKnown(name)
        }
    }

    /// What the database knows of secrets, without making any.
    ///
    /// - Throws: ``SecretNotShared``, ``StoreError``, ``FileError`` or ``InstallationSecretUnusable``.
    public func compareSecrets(_ names: [String]) throws { for name in names { _ = try isKnown(name) } }

    /// - Returns: false where nobody has left a fingerprint.
    private func isKnown(_ name: String) throws -> Bool {
        let known = try read { database in
            try Data.fetchOne(
                database, sql: "SELECT fingerprint FROM shared_secrets WHERE name = ?", arguments: [name])
        }
        guard let known else { return false }
        let present = try InstallationSecret(existing: name, directory: directory)
        guard let present, present.fingerprint(of: name) == known else {
            throw SecretNotShared(path: "\(directory)/\(name)", isMissing: present == nil)
        }
        return true
    }
}

extension Database {
    /// Leaves a fingerprint, unless somebody has.
    func noteSecret(_ name: String, _ secret: InstallationSecret) throws {
        try execute(
            sql: "INSERT INTO shared_secrets (name, fingerprint) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
            arguments: [name, secret.fingerprint(of: name)])
    }
}

extension InstallationSecret {
    fileprivate func fingerprint(of name: String) -> Data { Data(key(for: "shared secret fingerprint", name)) }
}

/// Nodes that share a database have other secrets.
public struct SecretNotShared: Error, Sendable, CustomStringConvertible {
    public let path: String
    let isMissing: Bool

    public var description: String {
        "The secret '\(path)' \(isMissing ? "is missing" : "is another one"), and the database was used with one before. Copy "
            + "it there from the data directory of a node that works, or from the backup: all nodes of a database have to "
            + "have the same."
    }
}
