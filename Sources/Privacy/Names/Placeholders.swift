/// Words that a program reads: those that fill in a form, such as `{{client.city}}` or `[[include:head]]`, and names of
/// functions, such as `max(`, or of what they are in, such as `std::`.
enum Placeholders {
    /// Bytes that a placeholder has at most before the word in question.
    private static let reach = 48

    /// Whether a word is called, or leads to something that is.
    static func isCalled(_ word: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard word.upperBound < text.count else { return false }
        if text[word.upperBound] == UInt8(ascii: "(") { return true }
        let isScope = text[word.upperBound...].prefix(2).elementsEqual("::".utf8)
        return isScope || (word.lowerBound >= 2 && text[word.lowerBound - 2..<word.lowerBound].elementsEqual("::".utf8))
    }

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
