public import Domain

/// What a key is for; it stands in the secret, where a reader sees it.
public enum KeyEnvironment: String, CaseIterable, Sendable {
    case live, test

    /// What a secret begins with.
    public var prefix: String { "ni_\(rawValue)_" }
}

extension APIKeySecret {
    private static let prefixes = KeyEnvironment.allCases.map { Array($0.prefix.utf8) }
    private static let randomLetters = 43
    private static let hintLetters = 4

    /// Whether a text has the form of a secret. Tells a key that was copied badly from one that nobody knows.
    public static func isWellFormed(_ text: String) -> Bool {
        let letters = text.utf8
        guard let prefix = prefixes.first(where: { letters.starts(with: $0) }) else { return false }
        return letters.count == prefix.count + randomLetters && letters.dropFirst(prefix.count).allSatisfy(isBase62)
    }

    private static func isBase62(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    static func random(for environment: KeyEnvironment) -> APIKeySecret {
        APIKeySecret(environment.prefix + RandomText.base62(count: randomLetters))
    }

    /// The beginning, enough to recognize it by. Leaves 232 bits unknown.
    var hint: String { Self.hint(of: text) }

    /// What may be printed of a text in which somebody may have put a secret.
    static func hint(of text: String) -> String {
        guard let prefix = KeyEnvironment.allCases.map(\.prefix).first(where: text.hasPrefix) else {
            return String(text.prefix(40))
        }
        return String(text.prefix(prefix.count + hintLetters))
    }
}
