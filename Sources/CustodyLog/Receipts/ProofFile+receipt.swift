extension ProofFile {
    /// The receipt for a record: who has the file needs nothing else to check it but the log's key.
    ///
    /// Its extra data is canonical JSON with the record and the salt: `{"record":{…},"salt":"<hex>"}`.
    ///
    /// - Parameter record: canonical JSON (RFC 8785).
    public init(
        receiptFor record: [UInt8], salt: Salt, index: Int, proof: InclusionProof, checkpoint: SignedNote
    ) {
        let extra = Array(#"{"record":"#.utf8) + record + Array(#","salt":"\#(salt.hex)"}"#.utf8)
        self.init(extra: extra, index: index, proof: proof, checkpoint: checkpoint)
    }
}
