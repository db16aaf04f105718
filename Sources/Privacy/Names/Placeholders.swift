/// Words that fill in a form and not a text, such as `{{client.city}}`, `[[include:head]]` or `[[toc]]`.
enum Placeholders {
    /// Bytes that a placeholder has at most before the word in question.
    private static let reach = 48

    /// Whether a place is behind two opening brackets or braces of its line, and before the closing ones.
    static func holds(_ position: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = position - 1
        let first = max(1, position - reach)
        while index >= first {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): return text[index - 1] == byte
            case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "\n"): return false
            default: index -= 1
            }
        }
        return false
    }
}
