import Foundation

/// `docs/fields.md`, made of what was found.
struct FieldPage {
    let survey: FieldSurvey
    private static let docs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs")

    static var file: URL { docs.appending(path: "fields.md") }
    static let command = "NORTHERN_WRITE_TABLES=1 swift test --filter FieldTests"

    /// The part of another page that is about what is left out.
    static var leftOutSection: String {
        get throws {
            let page = try String(contentsOf: docs.appending(path: "provider-parameters.md"), encoding: .utf8)
            return page.components(separatedBy: "\n## ").first { $0.hasPrefix("What is left out\n") } ?? ""
        }
    }

    var text: String {
        let tables = FieldSurface.allCases.map { surface in
            ["\n## \(surface.title)", "`POST \(surface.path)`", surface.note?.wrapped, table(of: surface)]
                .compactMap(\.self).joined(separator: "\n\n") + "\n"
        }
        let reasons = FieldReason.allCases.enumerated().map { "\($0.offset + 1). \($0.element.rawValue)" }
        return Self.opening + tables.joined() + "\n## Reasons\n\n" + reasons.joined(separator: "\n") + "\n"
    }

    private static var opening: String {
        let models = FieldUpstream.allCases.map { "`\($0.rawValue)`: `\($0.model)`" }.joined(separator: ", ")
        return """
            # Fields of requests

            What becomes of each documented member of a request, by the provider of the route that is asked. The tests \
            send each of these to each provider's wire and look at what arrives; this page is what they found.

            | Word | What |
            |---|---|
            | passed | It goes on byte for byte, since the provider speaks the wire that you call on |
            | honoured | It is said in the provider's own words |
            | refused | 400, or 501 where nothing like it is offered; the error names the member, and nothing is sent |
            | left out | The answer is the same without it; the number is that of the [reason](#reasons) |

            A member that isn't known passes where the request passes, and is refused by its name elsewhere. A member whose \
            value is `null`, `[]` or `{}` is as good as absent. What one provider has and the others lack is on the page \
            about [provider parameters](provider-parameters.md). The routes that were asked let a prompt be \
            [sent onward](residency.md#what-sends-a-prompt-onward); others refuse what does that. The gateway's own members, `allow_fallbacks`, \
            `privacy_tier` and `pii_substitution`, never arrive.

            Behind a colon stands the value that a row is about. Models differ, too; these were asked: \(models).

            """.wrapped
    }

    // MARK: Tables

    private func table(of surface: FieldSurface) -> String {
        let columns = columns(of: surface)
        let head = ["Field"] + columns.map { $0.upstreams.map(\.rawValue).joined(separator: ", ") }
        let rows = surface.fields.indices.map { row in
            ["`\(surface.fields[row].name)`"] + columns.map { $0.cells[row] }
        }
        let lines = [head, Array(repeating: "---", count: head.count)] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
            .replacing("| --- ", with: "|---").replacing("|--- |", with: "|---|")
    }

    /// Upstreams with the same cells share a column.
    private func columns(of surface: FieldSurface) -> [(upstreams: [FieldUpstream], cells: [String])] {
        var columns: [(upstreams: [FieldUpstream], cells: [String])] = []
        for upstream in surface.upstreams {
            let cells = survey.findings.filter { $0.surface == surface && $0.upstream == upstream }.map(\.cell)
            if let index = columns.firstIndex(where: { $0.cells == cells }) {
                columns[index].upstreams.append(upstream)
            } else {
                columns.append(([upstream], cells))
            }
        }
        return columns
    }
}

extension FieldSurvey.Finding {
    var reason: FieldReason? { FieldReason.of(field, on: surface) }

    fileprivate var cell: String {
        let number = reason.flatMap { FieldReason.allCases.firstIndex(of: $0) }.map { " (\($0 + 1))" } ?? ""
        return switch (outcome, reason) {
        case (.leftOut, .inReply): "honoured" + number
        case (.leftOut, _), (.edited, _): "left out" + number
        case (.passed, _), (.honoured, _), (.refused, _): outcome.rawValue
        }
    }
}

extension FieldSurface {
    fileprivate var note: String? {
        guard self == .tokenCount else { return nil }
        let others = FieldUpstream.allCases.filter { !upstreams.contains($0) }.map { "`\($0.rawValue)`" }
        return
            "The fields are those of Messages without `max_tokens` and `stream`, which no count needs. Routes of "
            + "providers that count no tokens refuse all with 501: \(others.joined(separator: ", "))."
    }
}

extension String {
    /// Paragraphs in lines of at most 120 characters; tables stay.
    fileprivate var wrapped: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard !line.hasPrefix("|") else { return String(line) }
            var lines = [""]
            for word in line.split(separator: " ") {
                let last = lines[lines.count - 1]
                if last.count + word.count >= 120 {
                    lines.append(String(word))
                } else {
                    lines[lines.count - 1] = last.isEmpty ? String(word) : last + " " + word
                }
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
