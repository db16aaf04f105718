/// A part of a text in Markdown.
///
/// We read what our guides are written in: headings, paragraphs, lists, fenced code, tables and quotes; inside them
/// code, links and emphasis. HTML is text like any other.
indirect enum MarkdownBlock: Hashable, Sendable {
    case heading(level: Int, [MarkdownSpan])
    case paragraph([MarkdownSpan])
    case list(isOrdered: Bool, items: [[MarkdownBlock]])
    case code(language: String, String)
    case table(header: [[MarkdownSpan]], rows: [[[MarkdownSpan]]])
    case quote([MarkdownBlock])
}

/// A part of a line.
indirect enum MarkdownSpan: Hashable, Sendable {
    case text(String)
    case code(String)
    case emphasis([MarkdownSpan])
    case strong([MarkdownSpan])
    case link([MarkdownSpan], target: String)
}

extension [MarkdownSpan] {
    /// The words alone.
    var plainText: String {
        map { span in
            switch span {
            case .text(let text), .code(let text): text
            case .emphasis(let spans), .strong(let spans), .link(let spans, _): spans.plainText
            }
        }.joined()
    }

    /// What a link to the heading names it by, as GitHub forms it: letters and digits, hyphens for spaces.
    var anchor: String {
        String(
            plainText.lowercased().compactMap { character in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || "-_".contains(character) ? character : nil
            })
    }
}
