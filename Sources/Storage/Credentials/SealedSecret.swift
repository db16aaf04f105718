import Crypto
public import Domain
import Foundation

/// A secret that only a master key opens: AES-256-GCM with a random nonce of 96 bits (NIST SP 800-38D, section 8.2.2).
struct SealedSecret {
    let keyID: String
    /// Nonce, ciphertext and tag, one behind the other.
    let bytes: Data

    init(keyID: String, bytes: Data) {
        self.keyID = keyID
        self.bytes = bytes
    }

    init(_ secret: CredentialSecret, of row: SealedRow, with key: MasterKey) throws {
        let text = try JSONEncoder.sorted.encode(secret.values)
        let box = try AES.GCM.seal(text, using: key.sealing, authenticating: row.associatedData(keyID: key.id))
        guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
        self.init(keyID: key.id, bytes: combined)
    }

    /// - Throws: ``CredentialUnopenable``.
    func open(of row: SealedRow, with keys: MasterKeys) throws(CredentialUnopenable) -> CredentialSecret {
        guard let key = keys[keyID] else {
            throw CredentialUnopenable(id: row.id, reason: .unknownKey(keyID, current: keys.current.id))
        }
        do {
            let box = try AES.GCM.SealedBox(combined: bytes)
            let text = try AES.GCM.open(box, using: key.sealing, authenticating: row.associatedData(keyID: keyID))
            return try CredentialSecret(JSONDecoder().decode([String: String].self, from: text), of: row.kind)
        } catch {
            throw CredentialUnopenable(id: row.id, reason: .changed)
        }
    }
}

/// What a sealed secret belongs to. A row that was moved to another organization, or to another provider, doesn't open.
struct SealedRow {
    let id: ProviderCredential.ID
    let organization: OrganizationID?
    let provider: ProviderID
    let kind: ProviderCredential.Kind
    let fingerprint: CredentialFingerprint

    init(_ credential: ProviderCredential) {
        id = credential.id
        organization = credential.organization
        provider = credential.provider
        kind = credential.kind
        fingerprint = credential.fingerprint
    }

    /// Each part with its length ahead, so that no two rows have the same.
    func associatedData(keyID: String) -> Data {
        // No organization has an empty id.
        let parts = [id, organization?.rawValue ?? "", provider.rawValue, kind.rawValue, fingerprint.text, keyID]
        return parts.reduce(into: Data("northern credential 1".utf8)) { data, part in
            data.append(contentsOf: withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian, Array.init))
            data.append(contentsOf: part.utf8)
        }
    }
}

extension JSONEncoder {
    fileprivate static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// A stored credential that can't be opened.
public struct CredentialUnopenable: Error, Hashable, Sendable, CustomStringConvertible {
    public let id: ProviderCredential.ID
    public let reason: Reason

    public enum Reason: Hashable, Sendable {
        /// It was sealed with a master key that isn't at hand.
        case unknownKey(String, current: String)
        /// It isn't what was sealed.
        case changed
    }

    public var description: String {
        switch reason {
        case .unknownKey(let id, let current):
            "The stored credential '\(self.id)' was sealed with the master key \(id), and the one in force is "
                + "\(current). Set 'NORTHERN_MASTER_KEY' or 'credentials.master_key_file' to that key, or name it in "
                + "'credentials.previous_master_keys'. If it is lost, end the credential with "
                + "'northern credentials revoke \(self.id)' and add it again."
        case .changed:
            "The stored credential '\(id)' isn't what was sealed: something other than northern has changed its row. "
                + "Restore the database from a backup, or give it its secret again: 'northern credentials rotate \(id)'."
        }
    }
}
