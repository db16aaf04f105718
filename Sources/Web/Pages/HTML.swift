/// A part of a page. What is put into the text between quotes is escaped, unless it is such a part itself:
///
///     HTML("<td>\(key.name)</td>")
struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Of what is HTML already, and made by ourselves.
    init(made text: String) { self.text = text }

    static let nothing: HTML = ""

    static func + (left: HTML, right: HTML) -> HTML { HTML(made: left.text + right.text) }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ part: HTML) { text += part.text }
        mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { text += part.text } }
        mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += value.description.escapedForHTML
        }
    }
}

// What the portal's pages are made of.
extension HTML {
    /// A table that can be scrolled sideways, by the keyboard too.
    ///
    /// - Parameters:
    ///   - name: what it is of, for who doesn't see it.
    ///   - rows: each in `<tr>`.
    static func table(_ name: String, heads: [HTML], rows: [HTML]) -> HTML {
        """
        <div class="wide" role="region" aria-label="\(name)" tabindex="0"><table><thead><tr>\(heads)</tr></thead>
        <tbody>\(rows)</tbody></table></div>
        """
    }

    /// In place of a table that would have no rows.
    static func empty(_ text: String) -> HTML { "<p class=\"empty\">\(text)</p>" }

    static func head(_ name: String, isNumber: Bool = false) -> HTML {
        isNumber ? "<th scope=\"col\" class=\"number\">\(name)</th>" : "<th scope=\"col\">\(name)</th>"
    }

    static func cell(_ text: String) -> HTML { "<td>\(text)</td>" }
    static func number(_ text: String) -> HTML { "<td class=\"number\">\(text)</td>" }

    /// What is told of something, name by name. Those without anything are left out.
    static func properties(_ pairs: [(name: String, value: HTML?)]) -> HTML {
        let items = pairs.compactMap { name, value in value.map { HTML("<dt>\(name)</dt><dd>\($0)</dd>") } }
        return "<dl class=\"properties\">\(items)</dl>"
    }

    static func link(_ path: String, _ text: String) -> HTML { "<a href=\"\(path)\">\(text)</a>" }
    static func code(_ text: String) -> HTML { "<code>\(text)</code>" }

    /// - Parameter kind: one of the classes that the style sheet has a mark for.
    static func badge(_ kind: String, _ text: String) -> HTML { "<span class=\"badge \(kind)\">\(text)</span>" }
}
