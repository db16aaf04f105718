import Wire

/// Takes the thinking apart from the answer where a server leaves both in one text: `<think>…</think>` at its beginning.
struct ThinkTags {
    private enum State {
        case before, inside, behind
        /// Behind the closing tag, where line breaks belong to neither.
        case between
    }

    private var state = State.before
    /// What could still become a tag.
    private var held = ""

    private static let opening = "<think>"
    private static let closing = "</think>"

    mutating func receive(_ text: String, into events: inout [ChatEvent]) {
        held += text
        while true {
            let before = held.utf8.count
            step(into: &events)
            if held.isEmpty || held.utf8.count == before { return }
        }
    }

    /// The text is over: what was held is what it looks like.
    mutating func end(into events: inout [ChatEvent]) {
        guard !held.isEmpty else { return }
        events.append(state == .inside ? .reasoning(held) : .text(held))
        held = ""
    }

    private mutating func step(into events: inout [ChatEvent]) {
        switch state {
        case .before:
            let trimmed = held.drop(while: \.isWhitespace)
            if trimmed.hasPrefix(Self.opening) {
                held = String(trimmed.dropFirst(Self.opening.count))
                state = .inside
            } else if !Self.opening.hasPrefix(trimmed) {
                state = .behind
            }
        case .inside:
            if let range = held.firstRange(of: Self.closing) {
                emit(String(held[..<range.lowerBound]), into: &events)
                held = String(held[range.upperBound...])
                state = .between
            } else {
                let kept = Self.lengthOfBeginning(of: Self.closing, endingOf: held)
                emit(String(held.dropLast(kept)), into: &events)
                held = String(held.suffix(kept))
            }
        case .between:
            held = String(held.drop(while: \.isNewline))
            if !held.isEmpty { state = .behind }
        case .behind: break
        }
        guard state == .behind, !held.isEmpty else { return }
        events.append(.text(held))
        held = ""
    }

    private func emit(_ text: String, into events: inout [ChatEvent]) {
        if !text.isEmpty { events.append(.reasoning(text)) }
    }

    /// How many of a text's last characters could be the beginning of a tag.
    private static func lengthOfBeginning(of tag: String, endingOf text: String) -> Int {
        (1..<tag.count).reversed().first { text.hasSuffix(tag.prefix($0)) } ?? 0
    }
}
