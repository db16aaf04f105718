import Domain
import Testing

@testable import Web

@Suite struct CSVParserTests {
    private static func rows(_ text: String, piece: Int = 1_000) throws -> [CSVParser.Row] {
        var parser = CSVParser()
        var rows: [CSVParser.Row] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try parser.add(bytes[start..<min(start + piece, bytes.count)]) { rows.append($0) }
        }
        try parser.end { rows.append($0) }
        return rows
    }

    @Test(arguments: [1, 2, 3, 1_000])
    func `a table is the same however it is split`(piece: Int) throws {
        let text = "\u{FEFF}\"a\",b\r\n1,\"x \"\"y\"\", z\"\r\n\r\n\"two\nlines\",\n,\"\""
        let rows = try Self.rows(text, piece: piece)
        #expect(rows.map(\.fields) == [["a", "b"], ["1", "x \"y\", z"], ["two\nlines", ""], ["", ""]])
        #expect(rows.map(\.line) == [1, 2, 4, 6])
    }

    @Test(arguments: [
        ("a,b\n1,\"2", 2, "isn't closed"), ("a\nb\"c\n", 2, "doesn't begin with one"), ("a\n\n\"b\"c\n", 3, "behind"),
    ])
    func `what is no table is told with its line`(text: String, line: Int, reason: String) throws {
        let error = try #require(throws: InvoiceError.self) { try Self.rows(text) }
        #expect(error.line == line && error.message.english.contains(reason))
    }

    @Test func `a row without an end isn't kept in memory`() throws {
        let text = "a\n\"" + String(repeating: "x", count: 2 << 20)
        #expect(throws: InvoiceError.self) { try Self.rows(text) }
    }
}

@Suite struct InvoiceNumberTests {
    @Test(
        arguments: [
            ("12", "12"), ("-0.5", "-0.5"), ("1.2E-5", "0.000012"), ("3e3", "3000"),
            ("0.0000000000019", "0.000000000001"),
            ("007", "7"), ("1,000", nil), ("", nil), ("-", nil), (".5", nil), ("1.", nil), ("1e", nil), ("1e99", nil),
            ("NaN", nil), ("1234567890123456789", nil), ("1e25", nil), ("0x1", nil), ("٣", nil),
        ] as [(String, String?)])
    func `a number is read by its digits`(text: String, dollars: String?) {
        #expect(InvoiceNumber.read(text).map { "\($0)" } == dollars.flatMap { Self.trillionths($0) })
    }

    private static func trillionths(_ text: String) -> String? {
        let isNegative = text.hasPrefix("-")
        let parts = (isNegative ? text.dropFirst() : text[...]).split(separator: ".")
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let digits = String(parts[0]) + fraction + String(repeating: "0", count: 12 - fraction.count)
        return Int128(digits).map { "\(isNegative ? -$0 : $0)" }
    }
}
