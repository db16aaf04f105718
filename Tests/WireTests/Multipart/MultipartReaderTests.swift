import Testing

@testable import Wire

/// Forms with files, as browsers and scripts send them (RFC 7578).
@Suite struct MultipartReaderTests {
    private struct Part: Equatable {
        let head: MultipartPart
        var bytes: [UInt8] = []
        var isOver = false
    }

    private func read(
        _ text: String, boundary: String = "b", pieces: Int? = nil, limits: MultipartReader.Limits = .init()
    ) throws -> [Part] {
        var reader = try #require(MultipartReader(boundary: Array(boundary.utf8), limits: limits))
        var parts: [Part] = []
        let bytes = Array(text.utf8)
        let size = pieces ?? max(1, bytes.count)
        do throws(MultipartFailure<Never>) {
            for start in stride(from: 0, to: bytes.count, by: size) {
                try Array(bytes[start..<min(bytes.count, start + size)]).withUnsafeBufferPointer {
                    piece throws(MultipartFailure<Never>) in
                    try reader.receive(UnsafeRawBufferPointer(piece)) { (event: MultipartEvent) throws(Never) in
                        switch event {
                        case .part(let head): parts.append(Part(head: head))
                        case .data(let more): parts[parts.count - 1].bytes += more
                        case .end: parts[parts.count - 1].isOver = true
                        }
                    }
                }
            }
        } catch {
            if case .form(let error) = error { throw error }
        }
        try reader.end()
        return parts
    }

    private static let field = "Content-Disposition: form-data; name=\"f\""

    @Test(arguments: [nil, 1, 2, 3, 7] as [Int?])
    func `a field and a file come out as they went in, however they are cut`(pieces: Int?) throws {
        let file = "a,b\r\n--b\n\r\n--\r\r\n-\r\n--a\r\nc"
        let text =
            "nothing for anybody\r\n--b\r\n\(Self.field)\r\n\r\nété\r\n--b  \r\n"
            + "content-type: text/csv\r\nCONTENT-DISPOSITION:form-data; NAME=file; filename=\"a \\\"b\\\";.csv\"\r\n"
            + "x-other: 1\r\n\r\n\(file.replacing("--b\n", with: "--c\n"))\r\n--b--\r\nand more --b"
        let parts = try read(text, pieces: pieces)
        #expect(
            parts == [
                Part(
                    head: MultipartPart(name: "f", fileName: nil, mediaType: nil), bytes: Array("été".utf8),
                    isOver: true),
                Part(
                    head: MultipartPart(name: "file", fileName: "a \"b\";.csv", mediaType: "text/csv"),
                    bytes: Array(file.replacing("--b\n", with: "--c\n").utf8), isOver: true),
            ])
    }

    @Test func `an empty part, and a form of none, are read`() throws {
        #expect(try read("--b\r\n\(Self.field)\r\n\r\n\r\n--b--").map(\.bytes) == [[]])
        #expect(try read("--b--").isEmpty)
    }

    @Test(arguments: [
        ("", MultipartError.truncated),
        ("--b", .truncated),
        ("--b-", .truncated),
        ("--b\r\n\(field)\r\n\r\nhalf", .truncated),
        ("--b\r\n\(field)\r\n\r\nwhole\r\n--b\r\n", .truncated),
        ("--bc\r\n", .invalidBoundary),
        ("--b\n", .invalidBoundary),
        ("--b" + String(repeating: " ", count: 65), .invalidBoundary),
        ("--b\r\n\r\nno head", .invalidHead),
        ("--b\r\ncontent-disposition: form-data\r\n\r\n", .invalidHead),
        ("--b\r\ncontent-disposition: attachment; name=f\r\n\r\n", .invalidHead),
        ("--b\r\n\(field)\r\n\(field)\r\n\r\n", .invalidHead),
        ("--b\r\n\(field); name=g\r\n\r\n", .invalidHead),
        ("--b\r\n\(field)\r\nno field\r\n\r\n", .invalidHead),
        ("--b\r\ncontent-disposition: form-data; name=\"f\r\n\r\n", .invalidHead),
    ])
    func `what isn't a whole form is refused with the reason`(text: String, error: MultipartError) {
        for pieces in [nil, 1] { #expect(throws: error) { try read(text, pieces: pieces) } }
    }

    @Test func `there are no more parts, and no longer heads, than are allowed`() throws {
        let part = "--b\r\n\(Self.field)\r\n\r\nx\r\n"
        let limits = MultipartReader.Limits(parts: 2, head: 64)
        #expect(try read(part + part + "--b--", limits: limits).count == 2)
        #expect(throws: MultipartError.tooManyParts(limit: 2)) {
            try read(part + part + part + "--b--", limits: limits)
        }
        let long = "--b\r\n\(Self.field)\r\nx: \(String(repeating: "y", count: 64))"
        for pieces in [nil, 1] {
            for text in [long, long + "\r\n\r\nx\r\n--b--"] {
                #expect(throws: MultipartError.headTooLarge(limit: 64)) {
                    try read(text, pieces: pieces, limits: limits)
                }
            }
        }
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a b\"",
        "multipart/mixed; boundary=a", "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=\(String(repeating: "a", count: 71))", "", ";",
    ])
    func `a content type without a good boundary is none of a form's`(contentType: String) {
        #expect(MultipartReader(contentType: contentType) == nil)
    }

    @Test(arguments: [
        "multipart/form-data; boundary=----WebKitFormBoundaryX7MA4YWxkTrZu0gW",
        "Multipart/Form-Data;charset=utf-8;Boundary=\"a/b:c\"",
    ])
    func `boundaries of browsers and of scripts are taken`(contentType: String) {
        #expect(MultipartReader(contentType: contentType) != nil)
    }
}
