import TestSupport
import Testing
import Wire

@Suite struct SSEReaderTests {
    /// An event as a value that outlives the call that offered it.
    struct Seen: Hashable {
        var name = ""
        var data: String
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func `takes every line ending of the standard`(_ newline: String) throws {
        let stream = ["event: ping", "data: 1", "", "data: 2", "", ""].joined(separator: newline)
        #expect(try events(of: stream) == [Seen(name: "ping", data: "1"), Seen(data: "2")])
    }

    @Test(arguments: [
        ("data: a\ndata: b\ndata\ndata: c\n\n", "a\nb\n\nc"),
        ("data:a\n\n", "a"),
        ("data:  a\n\n", " a"),
        ("data\n\n", ""),
        ("data:\n\n", ""),
        ("data: {\"a\":\"b: c\"}\n\n", "{\"a\":\"b: c\"}"),
        (": comment\n:\ndata: a\nid: 7\nretry: 10\ndatas: x\nnonsense\n\n", "a"),
        ("\u{FEFF}data: a\n\n", "a"),
        ("\n\n\r\n\r\rdata: a\n\n", "a"),
    ])
    func `joins data lines and skips what is none`(_ stream: String, _ data: String) throws {
        #expect(try events(of: stream) == [Seen(data: data)])
    }

    @Test(arguments: [": ping\n\n", "event: a\n\n", "\n\n", "id: 1\n\n", "Data: a\n\n", "data: a\n", "data: a", ""])
    func `offers nothing without a data line and a blank one`(_ stream: String) throws {
        #expect(try events(of: stream) == [])
    }

    @Test func `takes a byte order mark only at the start`() throws {
        #expect(try events(of: "\u{FEFF}\n\u{FEFF}data: a\n\ndata: b\n\n") == [Seen(data: "b")])
    }

    @Test func `doesn't carry an event's name to the next`() throws {
        #expect(try events(of: "event: a\n\ndata: b\n\n") == [Seen(data: "b")])
    }

    @Test func `gives the same events however the stream is cut`() throws {
        let blocks = [
            "data: {\"text\":\"hello\"}\n\n", "data: one\r\n\r\n", "event: e\rdata: two\r\r", ": ping\n\n",
            "data: a\ndata: b\r\ndata: c\r\n\r\n", "data\n\n", "id: 1\nretry: 5\n\n", "\r\n", "event: x\n\ndata: é\n\n",
            "stray\n\n",
        ]
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<400 {
            let count = Int.random(in: 1...8, using: &generator)
            let stream = "\u{FEFF}" + (0..<count).map { _ in blocks.randomElement(using: &generator) ?? "" }.joined()
            let whole = try events(of: stream)
            #expect(try events(of: stream, pieces: { 1 }) == whole)
            #expect(try events(of: stream, pieces: { Int.random(in: 0...9, using: &generator) }) == whole)
        }
    }

    @Test func `tells what is left of an unfinished event`() throws {
        var reader = SSEReader()
        try reader.receive("data: a\n\ndata: b\n") { (_) throws(Never) in }
        #expect(reader.end() == Array("data: b\n".utf8))
        try reader.receive("\n") { (_) throws(Never) in }
        #expect(reader.end() == [])
    }

    @Test func `offers blocks without data where it is asked to`() throws {
        var reader = SSEReader(blocksWithoutData: .offered)
        var blocks: [String] = []
        try reader.receive("\n\n{\n  \"error\": 1\n}\n\ndata: a\n\n") { event throws(Never) in
            blocks.append(String(decoding: event.block, as: UTF8.self))
        }
        #expect(blocks == ["{\n  \"error\": 1\n}\n", "data: a\n"])
    }

    @Test(arguments: [1, 3, 100])
    func `stops at an event that is too large, at the same one however it is cut`(_ size: Int) throws {
        let stream = "data: a\n\r\n: 901\r\n\r\ndata: 678901\r\n\r\n"
        var seen: [Seen] = []
        var reader = SSEReader(limit: 13)
        #expect(throws: SSEFailure<Never>.self) {
            try feed(stream, to: &reader, into: &seen, pieces: { size })
        }
        #expect(seen == [Seen(data: "a")])
        reader = SSEReader(limit: 14)
        #expect(throws: Never.self) { try feed(stream, to: &reader, into: &seen, pieces: { size }) }
    }

    @Test func `passes on the error of whoever reads the events`() {
        struct Stop: Error {}
        var reader = SSEReader()
        #expect {
            try reader.receive("data: a\n\n") { (_) throws(Stop) in throw Stop() }
        } throws: {
            if case SSEFailure<Stop>.event = $0 { true } else { false }
        }
    }

    /// All lines end with CR, in pieces of one byte and in one piece: a search that starts over would take minutes.
    @Test(.timeLimit(.minutes(1))) func `never searches a byte twice`() throws {
        let line = "data: 0123456789\r"
        var reader = SSEReader()
        var seen: [Seen] = []
        try feed(String(repeating: line, count: 1 << 14) + "\r", to: &reader, into: &seen) { 1 }
        try feed(String(repeating: line + "\r", count: 1 << 14), to: &reader, into: &seen) { 1 << 20 }
        #expect(seen.count == 1 + 1 << 14)
    }

    private func events(of stream: String, pieces: () -> Int = { .max }) throws -> [Seen] {
        var reader = SSEReader()
        var seen: [Seen] = []
        try feed(stream, to: &reader, into: &seen, pieces: pieces)
        return seen
    }

    private func feed(
        _ stream: String, to reader: inout SSEReader, into seen: inout [Seen], pieces: () -> Int
    ) throws {
        var rest = Array(stream.utf8)[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces()))
            rest = rest.dropFirst(piece.count)
            try piece.withUnsafeBytes { bytes in
                try reader.receive(bytes) { event throws(Never) in
                    seen.append(
                        Seen(
                            name: String(decoding: event.name, as: UTF8.self),
                            data: String(decoding: event.data, as: UTF8.self)))
                }
            }
        }
    }
}

extension SSEReader {
    fileprivate mutating func receive<Failure>(
        _ text: String, _ body: (SSEEvent) throws(Failure) -> Void
    ) throws(SSEFailure<Failure>) {
        try Array(text.utf8).withUnsafeBufferPointer { bytes throws(SSEFailure<Failure>) in
            try receive(UnsafeRawBufferPointer(bytes), body)
        }
    }
}
