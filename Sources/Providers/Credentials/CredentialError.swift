/// Why there is no credential. Its words are for whoever runs the gateway, and hold no secret.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// A setting or a file is missing or wrong. Trying again is of no use.
        case configuration
        /// A kind of credential that this gateway doesn't know how to get.
        case unsupported
        /// Whoever was asked said no.
        case refused
        /// Whoever was asked can't answer at the moment.
        case unavailable
        /// The answer isn't what it should be.
        case malformed
    }

    public let kind: Kind
    /// The name of who was to give it.
    public let issuer: String
    public let message: String

    public init(_ kind: Kind, issuer: String, _ message: String) {
        self.kind = kind
        self.issuer = issuer
        self.message = message
    }

    public var description: String { "\(issuer): \(message)" }

    /// Whether asking again may help.
    public var isTransient: Bool { kind == .unavailable || kind == .malformed }
}

extension CredentialError {
    static func malformed(_ issuer: String, _ what: String) -> CredentialError {
        CredentialError(.malformed, issuer: issuer, "The answer \(what).")
    }

    /// For an answer with another status than 200.
    static func status(_ status: Int, issuer: String, _ reason: String? = nil) -> CredentialError {
        let kind: Kind = status == 429 || status >= 500 ? .unavailable : .refused
        let words = reason.map { ": \($0.quotable)" } ?? ""
        return CredentialError(kind, issuer: issuer, "It answered \(status)\(words).")
    }

    static func setting(_ name: String, issuer: String, _ message: String) -> CredentialError {
        CredentialError(.configuration, issuer: issuer, "\(name) \(message)")
    }
}

extension CredentialAnswer {
    /// The body of a file that could be read, without the blanks and line ends around it.
    ///
    /// - Parameter most: bytes.
    func secret(from file: String, issuer: String, most: Int) throws(CredentialError) -> String {
        guard status == 200 else {
            throw .setting("The file '\(file)'", issuer: issuer, "can't be read. Check its path and rights.")
        }
        let text = String(decoding: body.prefix(most + 64), as: UTF8.self).trimmed
        guard 1...most ~= text.utf8.count, text.isVisibleASCII else {
            throw .setting(
                "The file '\(file)'", issuer: issuer, "holds no token. It must be one line of visible ASCII.")
        }
        return text
    }

    func check(_ issuer: String) throws(CredentialError) {
        if body.count > Self.mostBytes { throw .malformed(issuer, "is longer than \(Self.mostBytes >> 10) KiB") }
    }
}

extension String {
    var isVisibleASCII: Bool { utf8.allSatisfy { 0x21...0x7E ~= $0 } }

    /// Without the blanks and line ends around it.
    var trimmed: String {
        let isBlank = { (character: Character) in character.isWhitespace }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
