/// Reads Markdown, block by block.
struct MarkdownReader {
    private var lines: ArraySlice<Substring>
    private var blocks: [MarkdownBlock] = []

    static func blocks(of text: String) -> [MarkdownBlock] {
        blocks(of: text.split(separator: "\n", omittingEmptySubsequences: false)[...])
    }

    private static func blocks(of lines: ArraySlice<Substring>) -> [MarkdownBlock] {
        var reader = MarkdownReader(lines: lines)
        reader.readAll()
        return reader.blocks
    }

    private init(lines: ArraySlice<Substring>) { self.lines = lines }

    private mutating func readAll() {
        while let line = lines.first {
            if line.isBlank {
                lines.removeFirst()
            } else if let fence = Fence(line) {
                readCode(fence)
            } else if let heading = Self.heading(line) {
                lines.removeFirst()
                blocks.append(heading)
            } else if line.hasPrefix(">") {
                readQuote()
            } else if let marker = ListMarker(line) {
                readList(like: marker)
            } else if isTable {
                readTable()
            } else {
                readParagraph()
            }
        }
    }

    // MARK: Headings, paragraphs and quotes

    private static func heading(_ line: Substring) -> MarkdownBlock? {
        let level = line.prefix { $0 == "#" }.count
        guard 1...6 ~= level, line.dropFirst(level).first == " " else { return nil }
        return .heading(level: level, MarkdownSpan.spans(of: line.dropFirst(level).trimmed))
    }

    private mutating func readParagraph() {
        var words: [Substring] = []
        while let line = lines.first, !line.isBlank, words.isEmpty || !endsParagraph(line) {
            words.append(line.trimmed)
            lines.removeFirst()
        }
        blocks.append(.paragraph(MarkdownSpan.spans(of: words.joined(separator: "\n")[...])))
    }

    private func endsParagraph(_ line: Substring) -> Bool {
        Fence(line) != nil || Self.heading(line) != nil || line.hasPrefix(">") || ListMarker(line) != nil
    }

    private mutating func readQuote() {
        var inner: [Substring] = []
        while let line = lines.first, line.hasPrefix(">") {
            inner.append(line.dropFirst(line.hasPrefix("> ") ? 2 : 1))
            lines.removeFirst()
        }
        blocks.append(.quote(Self.blocks(of: inner[...])))
    }

    // MARK: Code

    /// The line that opens a block of code; the one that closes it has no words and at least as many marks.
    private struct Fence {
        let indent: Int
        let marks: Int
        let language: String

        init?(_ line: Substring) {
            indent = line.indent
            let rest = line.dropFirst(indent)
            marks = rest.prefix { $0 == "`" }.count
            language = String(rest.dropFirst(marks).trimmed)
            guard marks >= 3, !language.contains("`") else { return nil }
        }
    }

    private mutating func readCode(_ fence: Fence) {
        lines.removeFirst()
        var code: [Substring] = []
        while let line = lines.popFirst() {
            if let end = Fence(line), end.language.isEmpty, end.marks >= fence.marks { break }
            code.append(line.dropFirst(min(line.indent, fence.indent)))
        }
        blocks.append(.code(language: fence.language, code.joined(separator: "\n")))
    }

    // MARK: Lists

    /// What an item begins with: `-`, `*`, or a number and a dot.
    private struct ListMarker {
        let isOrdered: Bool
        let indent: Int
        /// How far the item's own lines are indented.
        let width: Int

        init?(_ line: Substring) {
            indent = line.indent
            let rest = line.dropFirst(indent)
            let digits = rest.prefix { $0.isASCII && $0.isNumber }.count
            isOrdered = digits > 0
            let mark = rest.dropFirst(digits)
            guard isOrdered ? mark.hasPrefix(". ") : mark.hasPrefix("- ") || mark.hasPrefix("* ") else { return nil }
            width = indent + digits + 2
        }
    }

    private mutating func readList(like first: ListMarker) {
        var items: [[MarkdownBlock]] = []
        while let line = lines.first, let marker = ListMarker(line), marker.isOrdered == first.isOrdered,
            marker.indent < first.width
        {
            items.append(Self.blocks(of: itemLines(marker)[...]))
        }
        blocks.append(.list(isOrdered: first.isOrdered, items: items))
    }

    /// The lines of one item without their indentation; blank lines belong to it where an indented one follows.
    private mutating func itemLines(_ marker: ListMarker) -> [Substring] {
        var item = [lines.removeFirst().dropFirst(marker.width)]
        while let line = lines.first {
            let next = lines.first { !$0.isBlank }
            let belongs = line.isBlank ? (next?.indent ?? 0) >= marker.width : line.indent >= marker.width
            let isLazy = !line.isBlank && !belongs && item.last?.isBlank == false && !endsParagraph(line)
            guard belongs || isLazy else { break }
            item.append(line.dropFirst(min(line.indent, marker.width)))
            lines.removeFirst()
        }
        while lines.first?.isBlank == true { lines.removeFirst() }
        return item
    }

    // MARK: Tables

    private var isTable: Bool {
        guard let header = lines.first, header.contains("|"), let rule = lines.dropFirst().first else { return false }
        return rule.contains("-") && rule.contains("|") && rule.allSatisfy { "|-: ".contains($0) }
    }

    private mutating func readTable() {
        let header = Self.cells(lines.removeFirst())
        lines.removeFirst()
        var rows: [[[MarkdownSpan]]] = []
        while let line = lines.first, line.contains("|") {
            rows.append(Self.cells(line))
            lines.removeFirst()
        }
        blocks.append(.table(header: header, rows: rows))
    }

    /// A bar that belongs to a cell's own text is written `\|`, inside code too.
    private static func cells(_ line: Substring) -> [[MarkdownSpan]] {
        var cells: [String] = [""]
        var isEscaped = false
        for character in line.trimmed {
            if character == "|" && !isEscaped {
                cells.append("")
            } else {
                if character == "|" { cells[cells.count - 1].removeLast() }
                cells[cells.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        if cells.first?.isEmpty == true { cells.removeFirst() }
        if cells.last?.isEmpty == true { cells.removeLast() }
        return cells.map { MarkdownSpan.spans(of: $0[...].trimmed) }
    }
}

extension Substring {
    fileprivate var indent: Int { prefix { $0 == " " }.count }
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }

    var trimmed: Substring {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
