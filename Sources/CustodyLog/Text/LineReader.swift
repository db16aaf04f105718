/// Takes lines off the front of a text. What has no newline at its end is no line.
struct LineReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ text: [UInt8]) { rest = text[...] }

    /// The next line, without its newline.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }

    /// What follows a beginning in the next line; nil, and the line is left, where it doesn't begin so.
    mutating func next(after beginning: String) -> ArraySlice<UInt8>? {
        guard rest.starts(with: beginning.utf8) else { return nil }
        return next()?.dropFirst(beginning.utf8.count)
    }
}
