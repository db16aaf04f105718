import Domain

/// A template's texts stand in it in both languages, next to each other, as `[[Models||Modèles]]`: English first.
///
/// Whoever adds a text thus sees that another is missing, and so does ``in(_:of:)``. What differs between the languages
/// may hold tags and names of Mustache.
enum TextChoice {
    struct Malformed: Error, CustomStringConvertible {
        let part: String
        var description: String { "A text of a template isn't in two languages, as in [[English||French]]: \(part)" }
    }

    /// The template in one language.
    ///
    /// - Throws: ``Malformed`` for a choice without two texts, or without its end.
    static func `in`(_ language: Language, of template: String) throws(Malformed) -> String {
        var chosen = ""
        var rest = template[...]
        while let start = rest.firstRange(of: "[[") {
            chosen += rest[..<start.lowerBound]
            let after = rest[start.upperBound...]
            guard let end = after.firstRange(of: "]]") else { throw Malformed(part: String(after.prefix(60))) }
            let choice = after[..<end.lowerBound]
            guard let bar = choice.firstRange(of: "||") else { throw Malformed(part: String(choice)) }
            let (english, french) = (choice[..<bar.lowerBound], choice[bar.upperBound...])
            guard !english.isEmpty, !french.isEmpty, !french.contains("||"), !choice.contains("[[") else {
                throw Malformed(part: String(choice))
            }
            chosen += language == .french ? french : english
            rest = after[end.upperBound...]
        }
        return chosen + rest
    }
}
