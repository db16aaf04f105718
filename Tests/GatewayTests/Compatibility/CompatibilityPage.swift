import Foundation

/// The page of the documentation with a table for each surface.
///
/// What stands around the tables is written by hand.
struct CompatibilityPage {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/compatibility.md").standardizedFileURL

    private(set) var text: String

    init() throws { text = try String(contentsOf: Self.file, encoding: .utf8) }

    func save() throws { try Data(text.utf8).write(to: Self.file) }

    /// Puts a table in the place of the one under a heading, or right below the heading.
    mutating func put(_ table: [String], under heading: String) throws {
        var lines = text.components(separatedBy: "\n")
        let title = try CompatibilityFault.unwrap(lines.firstIndex(of: "## \(heading)"), "no heading '\(heading)'")
        let end = lines[(title + 1)...].firstIndex { $0.hasPrefix("## ") } ?? lines.endIndex
        let old = lines[title..<end].indices.filter { lines[$0].hasPrefix("|") }
        if let first = old.first, let last = old.last {
            lines.replaceSubrange(first...last, with: table)
        } else {
            lines.insert(contentsOf: [""] + table, at: title + 1)
        }
        text = lines.joined(separator: "\n")
    }
}

/// The rows of a surface's table.
struct CompatibilityTable {
    private var cells: [Family: [CompatibilityFeature: [Bool: CompatibilityOutcome]]] = [:]

    mutating func add(_ outcome: CompatibilityOutcome, of tried: CompatibilityCase) {
        cells[tried.family, default: [:]][tried.feature, default: [:]][tried.isStreamed] = outcome
    }

    var lines: [String] {
        let features = CompatibilityFeature.allCases
        let head = "| Provider | " + features.map(\.rawValue).joined(separator: " | ") + " |"
        let rule = String(repeating: "|---", count: features.count + 1) + "|"
        return [head, rule]
            + Family.allCases.sorted { $0.rawValue < $1.rawValue }.map { family in
                "| `\(family.rawValue)` | " + features.map { cell(family, $0) }.joined(separator: " | ") + " |"
            }
    }

    private func cell(_ family: Family, _ feature: CompatibilityFeature) -> String {
        let outcomes = cells[family]?[feature] ?? [:]
        guard let whole = outcomes[false]?.cell, let streamed = outcomes[true]?.cell else { return "fails" }
        return whole == streamed ? whole : "whole \(whole); streamed \(streamed)"
    }
}
