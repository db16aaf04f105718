extension [MarkdownBlock] {
    /// - Parameter resolve: what a link's target becomes; nil: the link is left out and its text stays.
    func html(resolving resolve: (String) -> String?) -> String {
        map { $0.html(resolve) }.joined(separator: "\n")
    }
}

extension MarkdownBlock {
    fileprivate func html(_ resolve: (String) -> String?) -> String {
        switch self {
        case .heading(let level, let spans):
            "<h\(level) id=\"\(spans.anchor.escapedForHTML)\">\(spans.html(resolve))</h\(level)>"
        case .paragraph(let spans): "<p>\(spans.html(resolve))</p>"
        case .list(let isOrdered, let items): Self.list(isOrdered ? "ol" : "ul", items, resolve)
        case .code(_, let code):
            // A block wider than the page is scrolled, so the keyboard must be able to reach it.
            "<pre tabindex=\"0\"><code>\(code.escapedForHTML)</code></pre>"
        case .table(let header, let rows): Self.table(header, rows, resolve)
        case .quote(let blocks): "<blockquote>\(blocks.html(resolving: resolve))</blockquote>"
        }
    }

    private static func list(_ tag: String, _ items: [[MarkdownBlock]], _ resolve: (String) -> String?) -> String {
        let lines = items.map { blocks -> String in
            // The one paragraph of an item is its text.
            guard case .paragraph(let spans)? = blocks.first, blocks.dropFirst().allSatisfy({ !$0.isParagraph }) else {
                return "<li>\(blocks.html(resolving: resolve))</li>"
            }
            return "<li>\(spans.html(resolve))\(Array(blocks.dropFirst()).html(resolving: resolve))</li>"
        }
        return "<\(tag)>\(lines.joined())</\(tag)>"
    }

    private var isParagraph: Bool { if case .paragraph = self { true } else { false } }

    private static func table(
        _ header: [[MarkdownSpan]], _ rows: [[[MarkdownSpan]]], _ resolve: (String) -> String?
    ) -> String {
        // Over a column that needs no name stands no heading.
        let names = header.map { $0.isEmpty ? "<td></td>" : "<th scope=\"col\">\($0.html(resolve))</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.map { "<td>\($0.html(resolve))</td>" }.joined() + "</tr>"
        }
        return "<div class=\"wide\" tabindex=\"0\"><table><thead><tr>\(names)</tr></thead>"
            + "<tbody>\(body.joined())</tbody></table></div>"
    }
}

extension [MarkdownSpan] {
    fileprivate func html(_ resolve: (String) -> String?) -> String {
        map { span in
            switch span {
            case .text(let text): return text.escapedForHTML
            case .code(let text): return "<code>\(text.escapedForHTML)</code>"
            case .emphasis(let spans): return "<em>\(spans.html(resolve))</em>"
            case .strong(let spans): return "<strong>\(spans.html(resolve))</strong>"
            case .link(let spans, let target):
                guard let address = resolve(target) else { return spans.html(resolve) }
                return "<a href=\"\(address.escapedForHTML)\">\(spans.html(resolve))</a>"
            }
        }.joined()
    }
}

extension String {
    /// By scalar and not by character: a quote with a combining mark after it is one character, and yet a quote.
    var escapedForHTML: String {
        unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
