/// A proof that can be checked without asking anybody: a leaf's index, its way to the root, and the checkpoint with that
/// root (C2SP tlog-proof). Its file's name ends in `.tlog-proof`.
public struct ProofFile: Hashable, Sendable {
    /// Bytes of a file that is read.
    public static let byteLimit = 1 << 20
    /// Hashes of a proof that is read: more than the highest tree needs.
    public static let hashLimit = 63

    /// Of a meaning that only who made it knows, and not signed by anybody. Nil where there is none, never empty.
    public let extra: [UInt8]?
    public let index: Int
    public let proof: InclusionProof
    public let checkpoint: SignedNote

    public init(extra: [UInt8]? = nil, index: Int, proof: InclusionProof, checkpoint: SignedNote) {
        self.extra = extra?.isEmpty == false ? extra : nil
        self.index = index
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// - Throws: ``ProofFileError``, for all that ``bytes`` doesn't give.
    public init(parsing bytes: [UInt8]) throws(ProofFileError) {
        guard bytes.count <= Self.byteLimit else { throw .tooLong }
        var lines = LineReader(bytes)
        guard lines.next(after: Self.header)?.isEmpty == true else { throw .header }
        extra = try Self.extra(&lines)
        guard let number = lines.next(after: Self.indexWord), let index = Decimal.decoded(number) else { throw .index }
        self.index = index
        proof = InclusionProof(hashes: try Self.hashes(&lines))
        do { checkpoint = try SignedNote(parsing: Array(lines.rest)) } catch { throw .checkpoint(error) }
    }

    public var bytes: [UInt8] {
        var text = "\(Self.header)\n"
        if let extra { text += "\(Self.extraWord)\(Base64.encoded(extra))\n" }
        text += "\(Self.indexWord)\(index)\n"
        for hash in proof.hashes { text += "\(hash.base64)\n" }
        return Array(text.utf8) + [UInt8(ascii: "\n")] + checkpoint.bytes
    }

    private static let header = "c2sp.org/tlog-proof@v1"
    private static let extraWord = "extra "
    private static let indexWord = "index "

    private static func extra(_ lines: inout LineReader) throws(ProofFileError) -> [UInt8]? {
        guard let text = lines.next(after: extraWord) else { return nil }
        guard let extra = Base64.decoded(text), !extra.isEmpty else { throw .extra }
        return extra
    }

    /// Those up to the empty line.
    private static func hashes(_ lines: inout LineReader) throws(ProofFileError) -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        while let line = lines.next() {
            if line.isEmpty { return hashes }
            guard hashes.count < hashLimit else { throw .tooManyHashes }
            guard let hash = MerkleHash(base64: line) else { throw .hash(hashes.count + 1) }
            hashes.append(hash)
        }
        throw .noEmptyLine
    }
}

/// Why bytes aren't a proof file.
public enum ProofFileError: Error, Hashable, Sendable {
    case tooLong, header, extra, index
    /// A line of the proof, counted from 1, is no hash.
    case hash(Int)
    case tooManyHashes
    case noEmptyLine
    case checkpoint(NoteError)
}

extension ProofFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLong: "The file is longer than \(ProofFile.byteLimit) bytes."
        case .header: "The file doesn't begin with the line 'c2sp.org/tlog-proof@v1', so it isn't a proof of a log."
        case .extra: "The file's line of extra data isn't Base64."
        case .index: "The file doesn't say the index of the entry."
        case .hash(let number): "Line \(number) of the proof isn't a hash in Base64."
        case .tooManyHashes: "The proof has more than \(ProofFile.hashLimit) hashes."
        case .noEmptyLine: "The file ends before the empty line that comes after the proof."
        case .checkpoint(let error): "The file's checkpoint can't be read. \(error)"
        }
    }
}
