import Wire

/// What the simulator says, before any dialect writes it down.
struct Answer: Sendable {
    var reasoning = ""
    var text = ""
    var refusal = ""
    var calls: [ToolCall] = []
    var finish: Finish = .done
    var usage = Usage()
    /// The model that the answer says it is from.
    var model = ""
    /// The region that the answer says it was served in.
    var region = ""
    /// Where the answer says that the model has run.
    var geography = ""
    /// The first 24 hexadecimal digits of the request's digest: what every identifier ends in.
    var digest = ""
    var quirks: Set<Quirk> = []
    /// Characters a stream piece; nil: words.
    var pieceLength: Int?

    enum Finish: Hashable, Sendable {
        case done, length, toolCalls, filter, refusal
        case stopSequence(String)
    }
}

extension Answer {
    var textPieces: [String] { pieces(of: text) }
    var reasoningPieces: [String] { pieces(of: reasoning) }
    var refusalPieces: [String] { pieces(of: refusal) }

    func argumentPieces(of call: ToolCall) -> [String] {
        quirks.contains(.wholeArguments) ? [call.arguments] : cut(call.arguments, every: 7)
    }

    private func pieces(of text: String) -> [String] {
        if let pieceLength { cut(text, every: pieceLength) } else { wordPieces(of: text) }
    }
}

/// Cuts a text into words, each with the white space before it; the last has what follows, too.
func wordPieces(of text: String) -> [String] {
    var pieces: [String] = []
    var start = text.startIndex
    var wasSpace = true
    var hasWord = false
    for index in text.unicodeScalars.indices {
        let isSpace = isWhitespace(text.unicodeScalars[index])
        if isSpace && !wasSpace {
            pieces.append(String(text.unicodeScalars[start..<index]))
            start = index
            hasWord = false
        }
        hasWord = hasWord || !isSpace
        wasSpace = isSpace
    }
    guard start < text.endIndex else { return pieces }
    let tail = String(text.unicodeScalars[start...])
    if hasWord || pieces.isEmpty { pieces.append(tail) } else { pieces[pieces.count - 1] += tail }
    return pieces
}

/// Cuts a text after every so many Unicode scalars: never inside a scalar, but maybe inside what a reader sees as one.
func cut(_ text: String, every length: Int) -> [String] {
    var pieces: [String] = []
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
        pieces.append(String(rest.prefix(length)))
        rest = rest.dropFirst(length)
    }
    return pieces
}
