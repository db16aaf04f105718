import Crypto

/// What a log signs its checkpoints with: Ed25519 (RFC 8032). Prints as `<redacted>`.
public struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    /// The public half.
    public let verifierKey: VerifierKey

    /// - Parameter seed: 32 secret bytes, the private key of RFC 8032.
    /// - Throws: ``SeedUnusable``.
    public init(name: KeyName, seed: [UInt8]) throws(SeedUnusable) {
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
            verifierKey = try VerifierKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
        } catch {
            throw SeedUnusable()
        }
    }

    /// Bytes of a seed.
    public static let seedCount = 32
    /// What to keep of the key, in secret.
    public var seed: [UInt8] { Array(key.rawRepresentation) }

    func signature(over text: [UInt8]) throws(NoteError) -> NoteSignature {
        guard let signature = try? key.signature(for: text) else { throw .notSigned }
        return NoteSignature(name: verifierKey.name, keyID: verifierKey.id, bytes: Array(signature))
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A signing key isn't 32 bytes.
public struct SeedUnusable: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String { "A key that signs is made from \(SigningKey.seedCount) bytes." }
}
