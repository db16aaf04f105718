/// A signature that was checked: there is no other way to get one.
public struct VerifiedSignature: Hashable, Sendable {
    public let key: VerifierKey
    /// When a witness signed, by its own clock, in seconds since 1970; nil for other keys.
    public let cosignedAt: Int?
}

extension SignedNote {
    /// Checks the signatures by keys that are known, and leaves the others aside.
    ///
    /// - Returns: the first one of each key.
    /// - Throws: ``NoteError/wrongSignature(_:)`` or ``NoteError/noKnownSignature``.
    public func verified(by keys: [VerifierKey]) throws(NoteError) -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for signature in signatures {
            let candidates = keys.filter { $0.isNamed(in: signature) }
            guard !candidates.isEmpty else { continue }
            guard let found = candidates.lazy.compactMap({ $0.verify(signature.bytes, over: text) }).first else {
                throw .wrongSignature(signature.name)
            }
            if !verified.contains(where: { $0.key == found.key }) { verified.append(found) }
        }
        guard !verified.isEmpty else { throw .noKnownSignature }
        return verified
    }
}
