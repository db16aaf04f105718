extension MarkdownSpan {
    /// Reads the inside of a line.
    static func spans(of text: Substring) -> [MarkdownSpan] {
        var reader = SpanReader(rest: text)
        return reader.readAll()
    }
}

/// Reads spans from left to right; what closes nothing is text.
private struct SpanReader {
    var rest: Substring
    private var spans: [MarkdownSpan] = []
    private var text = ""
    /// The character before `rest`.
    private var previous: Character?

    init(rest: Substring) { self.rest = rest }

    mutating func readAll() -> [MarkdownSpan] {
        while let character = rest.first {
            if let (span, end) = span(beginningWith: character) {
                flush()
                spans.append(span)
                previous = rest[..<end].last
                rest = rest[end...]
            } else {
                takeCharacter(character)
            }
        }
        flush()
        return spans
    }

    private mutating func flush() {
        if !text.isEmpty { spans.append(.text(text)) }
        text = ""
    }

    /// A backslash takes the meaning from the punctuation after it.
    private mutating func takeCharacter(_ character: Character) {
        rest.removeFirst()
        previous = character
        if character == "\\", let next = rest.first, next.isASCII, next.isPunctuation || next.isSymbol {
            rest.removeFirst()
            text.append(next)
            previous = next
        } else {
            text.append(character)
        }
    }

    private func span(beginningWith character: Character) -> (MarkdownSpan, Substring.Index)? {
        switch character {
        case "`": code()
        case "[": link()
        case "*": strong() ?? emphasis("*")
        case "_": emphasis("_")
        default: nil
        }
    }

    private func code() -> (MarkdownSpan, Substring.Index)? {
        let marks = rest.prefix { $0 == "`" }
        var from = marks.endIndex
        while let end = rest[from...].firstRange(of: marks) {
            guard rest[end.upperBound...].first != "`" else {
                from = rest[end.lowerBound...].firstIndex { $0 != "`" } ?? rest.endIndex
                continue
            }
            return (.code(String(rest[marks.endIndex..<end.lowerBound])), end.upperBound)
        }
        return nil
    }

    private func link() -> (MarkdownSpan, Substring.Index)? {
        guard let middle = rest.firstRange(of: "]("), let end = rest[middle.upperBound...].firstIndex(of: ")") else {
            return nil
        }
        let label = rest[..<middle.lowerBound].dropFirst()
        let target = rest[middle.upperBound..<end]
        guard !label.contains("["), !target.contains(where: \.isWhitespace) else { return nil }
        return (.link(MarkdownSpan.spans(of: label), target: String(target)), rest.index(after: end))
    }

    private func strong() -> (MarkdownSpan, Substring.Index)? {
        guard rest.hasPrefix("**"), let end = rest.dropFirst(2).firstRange(of: "**") else { return nil }
        let inner = rest[..<end.lowerBound].dropFirst(2)
        guard hugs(inner) else { return nil }
        return (.strong(MarkdownSpan.spans(of: inner)), end.upperBound)
    }

    /// An underscore inside a word is a part of it, as in `max_tokens`.
    private func emphasis(_ mark: Character) -> (MarkdownSpan, Substring.Index)? {
        guard mark == "*" || previous?.isPartOfWord != true, let end = rest.dropFirst().firstIndex(of: mark) else {
            return nil
        }
        let inner = rest[..<end].dropFirst()
        let after = rest.index(after: end)
        guard hugs(inner), mark == "*" || rest[after...].first?.isPartOfWord != true else { return nil }
        return (.emphasis(MarkdownSpan.spans(of: inner)), after)
    }

    /// Marks stand at their words, without a space between.
    private func hugs(_ inner: Substring) -> Bool {
        guard let first = inner.first, let last = inner.last else { return false }
        return !first.isWhitespace && !last.isWhitespace
    }
}

extension Character {
    fileprivate var isPartOfWord: Bool { isLetter || isNumber || self == "_" }
}
