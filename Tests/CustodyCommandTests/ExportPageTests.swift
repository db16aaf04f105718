import Foundation
import Testing

@testable import northern

@Suite struct ExportPageTests {
    private static let text = #"{"checkpoint":"a"}"# + "\n" + #"{"index":1,"record":{"next":"x"}}"# + "\n"

    private func read(_ text: String, pieces: Int) throws -> ([String], String?) {
        var page = ExportPage()
        var lines: [[UInt8]] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            lines += try page.add(bytes[start..<min(start + pieces, bytes.count)])
        }
        let next = try page.end()
        return (lines.map { String(decoding: $0, as: UTF8.self) }, next)
    }

    @Test(arguments: [1, 2, 7, 1_000])
    func `lines are taken out of any pieces, and the last one says where to go on`(pieces: Int) throws {
        for end in ["\n", ""] {
            let (lines, next) = try read(Self.text + #"{"next":"cursor"}"# + end, pieces: pieces)
            #expect(lines == [#"{"checkpoint":"a"}"#, #"{"index":1,"record":{"next":"x"}}"#] && next == "cursor")
        }
        #expect(try read(Self.text + #"{"next":null}"#, pieces: pieces).1 == nil)
    }

    @Test(arguments: [text, "", #"{"next":null}"# + "\n" + text, "<html>\n", #"{"next":"#])
    func `a page that broke off, or is none, is no page`(text: String) {
        #expect(throws: LogUnreachable.self) { try read(text, pieces: 5) }
    }

    @Test func `a line without an end isn't held for ever`() throws {
        var splitter = LineSplitter(mostBytes: 10)
        #expect(try splitter.add(Array("123456789".utf8)) == [])
        #expect(try splitter.add(Array("0\n12\n\n3".utf8)).map(\.count) == [10, 2, 0])
        #expect(throws: LineTooLong.self) { try splitter.add(Array("1234567890".utf8)) }
    }

    @Test func `all lines of a file are read, also the last one without a newline`() throws {
        let path = temporaryPath("lines")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data((String(repeating: "x", count: 300_000) + "\n\nlast").utf8).write(to: URL(fileURLWithPath: path))
        var lengths: [Int] = []
        try forEachLine(of: path, mostBytes: 1 << 20) { lengths.append($0.count) }
        #expect(lengths == [300_000, 0, 4])
        #expect(throws: LineTooLong.self) { try forEachLine(of: path, mostBytes: 299_999) { _ in } }
        #expect(throws: ConfigurationError.self) { try forEachLine(of: path + "x", mostBytes: 1) { _ in } }
    }

    @Test func `what would move a terminal's cursor is printed as its number`() {
        #expect(printable("a\u{1B}[2Jb\n\u{202E}é日") == "a\\u{1b}[2Jb\\u{a}\\u{202e}é日")
        #expect(printable(String(repeating: "x", count: 1_000)) == String(repeating: "x", count: 500) + "…")
    }
}
