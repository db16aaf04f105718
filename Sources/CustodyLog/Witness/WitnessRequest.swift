/// Asks a witness to cosign a checkpoint: the body of `POST <prefix>/add-checkpoint` (C2SP tlog-witness).
public struct WitnessRequest: Hashable, Sendable {
    /// What is sent.
    public let body: [UInt8]

    /// - Parameter earlier: the size of the log's last checkpoint that the witness has cosigned; 0 for none.
    /// - Parameter proof: from that size to the checkpoint's; without hashes from 0.
    public init(from earlier: Int, proof: ConsistencyProof, checkpoint: SignedNote) {
        let lines = ["old \(earlier)"] + proof.hashes.map(\.base64) + [""]
        body = Array(lines.map { $0 + "\n" }.joined().utf8) + checkpoint.bytes
    }

    /// Reads the answer of status 409: the size that the witness has cosigned last. Nil for any other form.
    public static func conflictSize(in answer: [UInt8]) -> Int? {
        guard answer.last == UInt8(ascii: "\n") else { return nil }
        return Decimal.decoded(answer.dropLast())
    }
}

extension SignedNote {
    /// The note with the cosignatures of a witness's answer under it, one for each key that has none there yet. What
    /// unknown keys have signed is left out.
    ///
    /// - Parameter answer: the body of the answer of status 200.
    /// - Throws: ``NoteError``, where the answer is malformed, a signature is wrong, or none is by these witnesses.
    public func cosigned(_ answer: [UInt8], by witnesses: [VerifierKey]) throws(NoteError) -> SignedNote {
        let keys = witnesses.filter { $0.kind == .cosignature }
        let lines = try SignedNote.signatures(in: answer[...]).filter { line in keys.contains { $0.isNamed(in: line) } }
        _ = try SignedNote(text: text, signatures: lines).verified(by: keys)
        var note = self
        for key in keys where !note.hasLine(of: key) { note = note.adding(lines.filter(key.isNamed).prefix(1)) }
        guard note.signatures.count <= Self.signatureLimit else { throw .tooManySignatures }
        return note
    }

    /// Whether a line under it says that it is by this key. The signature isn't looked at.
    public func hasLine(of key: VerifierKey) -> Bool { signatures.contains(where: key.isNamed) }
}
