import Foundation

/// A statement as PostgreSQL takes it.
///
/// Statements are written as SQLite takes them. The two differ in the names of types, in how arguments stand in the
/// statement, in a word that only one of them reserves, and in the few things below: this is the only place for that.
struct PostgresSQL {
    enum Parameter: Hashable {
        case position(Int)
        case name(String)
    }

    private(set) var text = ""
    /// What `$1`, `$2` … stand for.
    private(set) var parameters: [Parameter] = []
    private let isSchema: Bool

    /// Parts of statements that help SQLite alone.
    private static let phrases = [
        // A record that isn't UTF-8 has to be kept as it is, so that its column has bytes.
        ("CAST(? AS TEXT)", "?"), (" INDEXED BY custody_records_drift", ""),
    ]

    /// Parts of the tables' definitions.
    private static let schemaPhrases = [
        (", WITHOUT ROWID", ""), ("record TEXT NOT NULL", "record BYTEA NOT NULL"),
        ("entries TEXT NOT NULL", "entries BYTEA NOT NULL"), ("entry TEXT NOT NULL", "entry BYTEA NOT NULL"),
        ("unixepoch() * 1000000", "CAST(extract(epoch FROM now()) AS BIGINT) * 1000000"),
    ]

    /// - Parameter isSchema: it makes tables, in which texts sort by their bytes, as they do in SQLite.
    init(_ sql: String, isSchema: Bool = false) {
        self.isSchema = isSchema
        var sql = sql
        for (phrase, other) in Self.phrases + (isSchema ? Self.schemaPhrases : []) where sql.contains(phrase) {
            sql = sql.replacingOccurrences(of: phrase, with: other)
        }
        var rest = Substring(sql)
        var position = 0
        while let first = rest.first {
            switch first {
            case "'", "\"": text += Self.quoted(first, &rest)
            case "-" where rest.hasPrefix("--"): text += Self.take(&rest) { $0 != "\n" }
            case ":" where rest.hasPrefix("::"):
                text += "::"
                rest = rest.dropFirst(2)
            case "?":
                rest = rest.dropFirst()
                let number = Self.take(&rest) { $0.isNumber }
                position = Int(number) ?? position + 1
                use(.position(position - 1))
            case ":":
                rest = rest.dropFirst()
                use(.name(String(Self.take(&rest, while: Self.isWord))))
            case _ where Self.isWord(first): text += word(String(Self.take(&rest, while: Self.isWord)))
            default: text.append(rest.removeFirst())
            }
        }
    }

    private mutating func use(_ parameter: Parameter) {
        let index = parameters.firstIndex(of: parameter) ?? parameters.endIndex
        if index == parameters.endIndex { parameters.append(parameter) }
        text += "$\(index + 1)"
    }

    /// Words that PostgreSQL knows by another name, or not at all.
    private func word(_ word: String) -> String {
        switch word {
        case "BLOB": "BYTEA"
        case "INTEGER": "BIGINT"
        case "STRICT": ""
        case "TEXT" where isSchema: "TEXT COLLATE \"C\""
        case "user": "\"user\""
        default: word
        }
    }

    private static func isWord(_ character: Character) -> Bool {
        character == "_" || character.isLetter || character.isNumber
    }

    private static func take(_ rest: inout Substring, while isPart: (Character) -> Bool) -> Substring {
        let part = rest.prefix(while: isPart)
        rest = rest.dropFirst(part.count)
        return part
    }

    /// A text or a name in quotes, as it stands.
    private static func quoted(_ quote: Character, _ rest: inout Substring) -> String {
        let content = rest.dropFirst().prefix { $0 != quote }
        let whole = String(quote) + content + String(quote)
        rest = rest.dropFirst(whole.count)
        return whole
    }
}
