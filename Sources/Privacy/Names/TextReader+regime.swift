/// How each line is written.
extension TextReader {
    /// Beginnings of lines and sentences, and how each line is written.
    mutating func markLines() {
        var first = 0
        var lines = (all: 0, code: 0)
        var starts: Token.Marks = [.startsLine, .startsSentence]
        for index in tokens.indices {
            let token = tokens[index]
            if token.kind == .lineBreak {
                setRegime(first..<index, &lines)
                first = index + 1
                starts = [.startsLine, .startsSentence]
            } else if token.isWord || token.kind == .structured || token.kind == .code {
                tokens[index].marks.formUnion(starts)
                starts = []
            } else if token.kind == .sign, Self.isSentenceEnd(text[Int(token.start)]) {
                starts.insert(.startsSentence)
            }
        }
        setRegime(first..<tokens.count, &lines)
        // Most of a program has lines that say nothing of themselves.
        guard lines.code > 1, lines.code * 2 >= lines.all else { return }
        for index in tokens.indices { tokens[index].regime = .code }
    }

    private static func isSentenceEnd(_ byte: UInt8) -> Bool {
        byte == 0x2E || byte == 0x21 || byte == 0x3F
    }

    private mutating func setRegime(_ range: Range<Int>, _ lines: inout (all: Int, code: Int)) {
        var counts = (lower: 0, capital: 0, upper: 0)
        var signs = 0
        for token in tokens[range] {
            if isOfCode(token) { signs += 1 }
            guard token.kind == .word, token.count > 1 else { continue }
            switch token.letterCase {
            case .lower: counts.lower += 1
            case .upper: counts.upper += 1
            case .capital, .mixed: counts.capital += 1
            case .none: break
            }
        }
        let all = counts.lower + counts.capital + counts.upper
        guard all > 0 else { return }
        lines.all += 1
        var regime: Token.Regime =
            counts.lower == all
            ? .lower
            : counts.upper * 4 >= all * 3
                ? .upper
                : counts.lower * 5 <= all && all > 2 ? .title : .ordinary
        if signs > 1, signs * 3 >= all {
            lines.code += 1
            regime = .code
        }
        guard regime != .ordinary else { return }
        for index in range { tokens[index].regime = regime }
    }

    /// Whether prose has hardly ever such a sign or such a word: `{`, `max_size`, `isEmpty`.
    private func isOfCode(_ token: Token) -> Bool {
        switch token.kind {
        case .sign:
            let sign = text[Int(token.start)]
            // Prose has a space before its parentheses; a call has none.
            return sign == UInt8(ascii: "(")
                ? !token.marks.contains(.afterSpace) : "{}[]=;<>|$\\_&`#".utf8.contains(sign)
        case .code: return text[token.range].contains(UInt8(ascii: "_"))
        case .word: return token.letterCase == .mixed && text[Int(token.start)] &- 0x61 < 26
        case .initial, .number, .lineBreak, .structured: return false
        }
    }
}
