/// Why a text isn't taken for a signed note, or not for one that is signed by whom it should be. It holds nothing of the
/// note.
public enum NoteError: Error, Hashable, Sendable {
    case tooLong, notUTF8, controlCharacter
    /// No empty line, or nothing after it.
    case noSignatures
    /// The line of a signature, counted from 1, is malformed.
    case malformedSignature(line: Int)
    case tooManySignatures
    /// A text that is to be signed doesn't end in a newline.
    case textWithoutEnd
    /// The library for cryptography didn't sign.
    case notSigned
    /// A signature by this key, which is known, doesn't fit the text.
    case wrongSignature(KeyName)
    /// None of the signatures is by a key that is known.
    case noKnownSignature
}

extension NoteError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLong: "The note is longer than \(SignedNote.byteLimit) bytes."
        case .notUTF8: "The note isn't UTF-8."
        case .controlCharacter: "The note holds a control character."
        case .noSignatures: "The note has no signatures after an empty line."
        case .malformedSignature(let line): "Line \(line) of the note's signatures is malformed."
        case .tooManySignatures: "The note has more than \(SignedNote.signatureLimit) signatures."
        case .textWithoutEnd: "The text of a note has to end in a newline."
        case .notSigned: "The note could not be signed."
        case .wrongSignature(let name): "A signature by '\(name)' is wrong: the note was changed, or it isn't theirs."
        case .noKnownSignature: "None of the note's signatures is by a key that is known."
        }
    }
}
