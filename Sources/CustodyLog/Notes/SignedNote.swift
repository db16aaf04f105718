/// A text with signatures under it (C2SP signed-note).
///
/// Until its signatures are checked, the text of a note from elsewhere says nothing.
public struct SignedNote: Hashable, Sendable {
    /// Bytes of a note that is read.
    public static let byteLimit = 64 << 10
    /// Signatures of a note that is read; the specification asks for at least 16.
    public static let signatureLimit = 32

    /// What is signed: UTF-8 that ends in a newline.
    public let text: [UInt8]
    /// As they stand in the note.
    public let signatures: [NoteSignature]

    /// - Throws: ``NoteError``, for all that ``bytes`` doesn't give.
    public init(parsing bytes: [UInt8]) throws(NoteError) {
        try Self.check(bytes)
        guard let end = Self.endOfText(bytes) else { throw .noSignatures }
        text = Array(bytes[..<end])
        signatures = try Self.signatures(in: bytes[(end + 1)...])
    }

    /// Signs a text.
    ///
    /// - Parameter text: UTF-8 that ends in a newline.
    /// - Throws: ``NoteError``, where that isn't so.
    public init(signing text: [UInt8], with keys: [SigningKey]) throws(NoteError) {
        try Self.check(text)
        guard text.last == Self.newline else { throw .textWithoutEnd }
        var signatures: [NoteSignature] = []
        for key in keys { signatures.append(try key.signature(over: text)) }
        self.init(text: text, signatures: signatures)
    }

    init(text: [UInt8], signatures: [NoteSignature]) {
        self.text = text
        self.signatures = signatures
    }

    /// The note, as it was read or is to be written.
    public var bytes: [UInt8] { text + [Self.newline] + signatures.flatMap { $0.line.utf8 } }

    /// The note with more signatures under those that it has.
    public func adding(_ more: some Sequence<NoteSignature>) -> SignedNote {
        SignedNote(text: text, signatures: signatures + more)
    }

    /// Reads lines of signatures, such as a witness answers with: at least one.
    public static func signatures(in lines: ArraySlice<UInt8>) throws(NoteError) -> [NoteSignature] {
        guard lines.count <= byteLimit else { throw .tooLong }
        guard let last = lines.last else { throw .noSignatures }
        var signatures: [NoteSignature] = []
        for line in lines.dropLast().split(separator: newline, omittingEmptySubsequences: false) {
            guard signatures.count < signatureLimit else { throw .tooManySignatures }
            guard last == newline, let signature = NoteSignature(line: line) else {
                throw .malformedSignature(line: signatures.count + 1)
            }
            signatures.append(signature)
        }
        return signatures
    }

    private static let newline = UInt8(ascii: "\n")

    private static func check(_ bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= byteLimit else { throw .tooLong }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        guard bytes.allSatisfy({ $0 >= 0x20 || $0 == newline }) else { throw .controlCharacter }
    }

    /// The index after the text: where the last empty line is.
    private static func endOfText(_ bytes: [UInt8]) -> Int? {
        bytes.indices.dropFirst().last { bytes[$0] == newline && bytes[$0 - 1] == newline }
    }
}
