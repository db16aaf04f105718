import Crypto
import Domain

/// A public key that notes are checked with, and the name that it signs under (C2SP signed-note, section "Verifier keys").
public struct VerifierKey: Hashable, Sendable {
    /// What the key signs. The number is part of the key's id.
    public enum Kind: UInt8, Sendable {
        /// The text of a note (RFC 8032).
        case ed25519 = 0x01
        /// The text of a checkpoint, and the time (C2SP tlog-cosignature, section "Ed25519 signed message"): a witness's.
        case cosignature = 0x04
    }

    public let name: KeyName
    public let kind: Kind
    /// 32 of them, by RFC 8032.
    public let publicKey: [UInt8]
    /// The beginning of a hash of all the rest, to find a key by. It is too short to tell keys apart for sure.
    public let id: UInt32

    /// - Throws: ``VerifierKeyError/publicKey``.
    public init(name: KeyName, kind: Kind = .ed25519, publicKey: [UInt8]) throws(VerifierKeyError) {
        guard publicKey.count == Self.publicKeyCount else { throw .publicKey }
        self.name = name
        self.kind = kind
        self.publicKey = publicKey
        let hash = SHA256.hash(data: Array(name.text.utf8) + [UInt8(ascii: "\n"), kind.rawValue] + publicKey)
        id = hash.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads `<name>+<id>+<Base64 of kind and key>`.
    ///
    /// - Throws: ``VerifierKeyError``, for all that ``text`` doesn't give.
    public init(_ text: String) throws(VerifierKeyError) {
        guard text.utf8.count <= Self.textLimit else { throw .form }
        // Base64 may hold further plus signs.
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Base64.decoded(parts[2].utf8), let number = key.first else { throw .form }
        guard let name = KeyName(String(parts[0])) else { throw .name }
        guard let kind = Kind(rawValue: number) else { throw .kind }
        try self.init(name: name, kind: kind, publicKey: Array(key.dropFirst()))
        guard idText.hasSameBytes(as: String(parts[1])) else { throw .id }
    }

    /// `<name>+<id>+<Base64 of kind and key>`, as keys are passed around.
    public var text: String { "\(name.text)+\(idText)+\(Base64.encoded([kind.rawValue] + publicKey))" }
    /// The id as eight lower-case hex digits.
    public var idText: String { id.bigEndianBytes.hex }
    /// Standard Base64 of the 32 bytes.
    public var publicKeyBase64: String { Base64.encoded(publicKey) }

    private static let publicKeyCount = 32
    /// Bytes of a text that is read: more than any that can be right.
    private static let textLimit = 512

    /// Whether a signature says that it is by this key.
    func isNamed(in signature: NoteSignature) -> Bool { signature.name == name && signature.keyID == id }

    /// Nil where the signature isn't one by this key over this text.
    func verify(_ signature: [UInt8], over text: [UInt8]) -> VerifiedSignature? {
        switch kind {
        case .ed25519:
            guard isValid(signature[...], for: text) else { return nil }
            return VerifiedSignature(key: self, cosignedAt: nil)
        case .cosignature:
            guard let seconds = Int(exactly: signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }),
                isValid(signature.dropFirst(8), for: Array("cosignature/v1\ntime \(seconds)\n".utf8) + text)
            else { return nil }
            return VerifiedSignature(key: self, cosignedAt: seconds)
        }
    }

    private func isValid(_ signature: ArraySlice<UInt8>, for message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

extension VerifierKey: CustomStringConvertible {
    public var description: String { text }
}

/// Why a text isn't a public key for notes.
public enum VerifierKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    case form, name, id, kind, publicKey

    public var description: String {
        switch self {
        case .form: "A key is written as its name, its id and Base64, with a plus sign between them."
        case .name: "The name of a key has neither white space nor plus signs."
        case .id: "The key's id doesn't fit the key: a part of it was changed."
        case .kind: "The key isn't one for Ed25519 signatures or cosignatures."
        case .publicKey: "The public key doesn't have 32 bytes."
        }
    }
}
