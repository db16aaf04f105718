/// The number of words between white space. A word is a token here, so that tests can compute every figure.
func wordCount(_ text: String) -> Int {
    var count = 0
    var isInside = false
    for scalar in text.unicodeScalars {
        let isSpace = isWhitespace(scalar)
        if !isSpace && !isInside { count += 1 }
        isInside = !isSpace
    }
    return count
}

/// ASCII is looked up by hand: the general property costs ten times as much, and prompts can be megabytes.
@inline(__always)
func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20: true
    case 0..<0x80: false
    default: scalar.properties.isWhitespace
    }
}

func trimmed(_ text: some StringProtocol) -> String {
    let start = text.unicodeScalars.drop { isWhitespace($0) }
    guard let end = start.lastIndex(where: { !isWhitespace($0) }) else { return "" }
    return String(text[start.startIndex...end])
}

/// The runs of letters, digits and underscores in a text, in lower case.
func plainWords(of text: some StringProtocol) -> [String] {
    text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
}

/// What of a text is left of a number of characters.
func shortened(_ text: String, to length: Int) -> String {
    text.utf8.count <= length ? text : String(text.prefix(length))
}
