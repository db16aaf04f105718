/// Why bytes are not the JSON that was expected, and where.
public struct JSONError: Error, Hashable, Sendable {
    /// The offset of the first byte that does not fit, counted from 0.
    public let offset: Int
    public let reason: Reason

    public enum Reason: String, Sendable {
        case unexpectedEnd = "the text ends too early"
        case unexpectedByte = "a byte that cannot stand here"
        case controlCharacter = "a control character inside a string"
        case badEscape = "an escape that does not exist"
        case loneSurrogate = "half of a surrogate pair"
        case badNumber = "a number that is not written as JSON writes them"
        case badUTF8 = "bytes that are not UTF-8"
        case tooDeep = "too many nested arrays and objects"
        case trailingBytes = "something after the end of the value"
        case repeatedKey = "a key that occurs twice in one object"
    }

    public init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "\(reason.rawValue), at byte \(offset)" }
}

extension JSONError {
    /// The same for callers who read French.
    public var frenchDescription: String { "\(reason.french), à l'octet \(offset)" }
}

extension JSONError.Reason {
    fileprivate var french: String {
        switch self {
        case .unexpectedEnd: "le texte s'arrête trop tôt"
        case .unexpectedByte: "un octet qui ne peut pas se trouver là"
        case .controlCharacter: "un caractère de contrôle dans une chaîne"
        case .badEscape: "un échappement qui n'existe pas"
        case .loneSurrogate: "la moitié d'une paire de substitution"
        case .badNumber: "un nombre qui n'est pas écrit comme JSON le veut"
        case .badUTF8: "des octets qui ne sont pas de l'UTF-8"
        case .tooDeep: "trop de tableaux et d'objets imbriqués"
        case .trailingBytes: "quelque chose après la fin de la valeur"
        case .repeatedKey: "une clé qui figure deux fois dans un même objet"
        }
    }
}
