import Providers

/// Reads HTTP/1.1 replies (RFC 9112), strictly: what could be framed in two ways isn't read at all.
///
/// A value without I/O. Feed it what came; it says what that is, body bytes as ranges of what it was fed.
struct HTTP1ReplyParser {
    enum Event {
        case head(ReplyHead)
        /// Where in the bytes at hand a part of the body stands.
        case body(Range<Int>)
        case end
    }

    struct Failure: Error, Hashable {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private enum State {
        case head
        case fixed(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers
        /// The body ends with the connection.
        case untilClose
        case done
    }

    private var state = State.head
    /// What has come of a head, a chunk size or a trailer whose end hasn't.
    private var partial: [UInt8] = []
    /// Whether the connection can take another request after this reply.
    private(set) var isReusable = true
    /// Whether any byte of the reply has come.
    private(set) var hasBegun = false

    private static let headLimit = 64 << 10
    private static let lineLimit = 16 << 10

    /// The next event in `bytes` from `position` on, which moves forward; nil when more bytes are needed.
    mutating func next(in bytes: UnsafeRawBufferPointer, at position: inout Int) throws(Failure) -> Event? {
        while true {
            switch state {
            case .head:
                guard let head = try readHead(bytes, &position) else { return nil }
                // 1xx says only that the real one follows (section 15.2 of RFC 9110).
                if head.status >= 200 { return .head(head) }
            case .fixed(let remaining):
                return fixed(remaining, in: bytes, &position)
            case .chunkSize:
                guard let line = try readLine(bytes, &position) else { return nil }
                let size = try Self.chunkSize(line)
                state = size == 0 ? .trailers : .chunk(remaining: size)
            case .chunk(let remaining):
                guard position < bytes.count else { return nil }
                let end = position + min(remaining, bytes.count - position)
                defer { position = end }
                let left = remaining - (end - position)
                state = left == 0 ? .chunkEnd : .chunk(remaining: left)
                return .body(position..<end)
            case .chunkEnd:
                guard let line = try readLine(bytes, &position) else { return nil }
                guard line.isEmpty else { throw Failure("A chunk is longer than its size.") }
                state = .chunkSize
            case .trailers:
                guard let line = try readLine(bytes, &position) else { return nil }
                if line.isEmpty { return finish() }
            case .untilClose:
                guard position < bytes.count else { return nil }
                defer { position = bytes.count }
                return .body(position..<bytes.count)
            case .done:
                if position < bytes.count { throw Failure("Bytes follow the end of the reply.") }
                return nil
            }
        }
    }

    /// The connection is over. The end of the reply, if that is how it ends; nil if nothing was awaited.
    mutating func closed() throws(Failure) -> Event? {
        switch state {
        case .untilClose: return finish()
        case .done: return nil
        case .head where !hasBegun: throw Failure("The connection was closed before the reply.")
        default: throw Failure("The connection was closed in the middle of the reply.")
        }
    }

    /// Ready for the reply to the next request.
    mutating func reset() { self = HTTP1ReplyParser() }

    var isDone: Bool { if case .done = state { true } else { false } }

    private mutating func finish() -> Event {
        state = .done
        return .end
    }

    private mutating func fixed(_ remaining: Int, in bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Event? {
        guard remaining > 0 else { return finish() }
        guard position < bytes.count else { return nil }
        let end = position + min(remaining, bytes.count - position)
        defer { position = end }
        state = .fixed(remaining: remaining - (end - position))
        return .body(position..<end)
    }

    // MARK: Lines

    /// The next line, without its CRLF; nil when its end hasn't come.
    private mutating func readLine(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(Failure) -> [UInt8]? {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            partial.append(byte)
            guard byte == 0x0A else {
                if partial.count > Self.lineLimit { throw Failure("A line of the chunked coding is too long.") }
                continue
            }
            guard partial.count >= 2, partial[partial.count - 2] == 0x0D else {
                throw Failure("A line ends without a carriage return.")
            }
            let line = Array(partial.dropLast(2))
            partial.removeAll(keepingCapacity: true)
            return line
        }
        return nil
    }

    /// RFC 9112, section 7.1. Extensions are read over.
    private static func chunkSize(_ line: [UInt8]) throws(Failure) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        guard !digits.isEmpty, digits.count <= 15 else { throw Failure("A chunk size is not a number.") }
        let rest = line[digits.count...].drop { $0 == 0x20 || $0 == 0x09 }
        guard rest.isEmpty || rest.first == UInt8(ascii: ";"), rest.allSatisfy(isFieldByte) else {
            throw Failure("A chunk size is followed by what is no extension.")
        }
        var size = 0
        for digit in digits {
            guard let value = Character(UnicodeScalar(digit)).hexDigitValue else {
                throw Failure("A chunk size is not a number.")
            }
            size = size << 4 | value
        }
        return size
    }

    // MARK: The head

    private mutating func readHead(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(Failure) -> ReplyHead? {
        guard position < bytes.count else { return nil }
        hasBegun = true
        let searchFrom = max(0, partial.count - 3)
        let room = Self.headLimit - partial.count
        let taken = min(room, bytes.count - position)
        let before = partial.count
        partial.append(contentsOf: bytes[position..<position + taken])
        guard let end = Self.endOfHead(in: partial, from: searchFrom) else {
            if taken == room { throw Failure("The head of the reply is longer than \(Self.headLimit) bytes.") }
            position += taken
            return nil
        }
        position += end - before
        let head = Array(partial[..<end])
        partial.removeAll(keepingCapacity: true)
        return try interpret(head)
    }

    private static func endOfHead(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 3 < bytes.count {
            if bytes[index + 3] > 0x0D {
                index += 4
                continue
            }
            if bytes[index] == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D, bytes[index + 3] == 0x0A {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private mutating func interpret(_ bytes: [UInt8]) throws(Failure) -> ReplyHead {
        var lines = HeadLines(bytes)
        guard let first = lines.next() else { throw Failure("The head of the reply is empty.") }
        let status = try statusLine(bytes[first])
        var framing = Framing()
        var fields: [ReplyHead.Field] = []
        fields.reserveCapacity(12)
        while let line = lines.next(), !line.isEmpty {
            let field = try Self.field(line, in: bytes)
            try framing.take(bytes[field.name], bytes[field.value])
            fields.append(field)
        }
        if framing.closes { isReusable = false }
        try decideBody(status, framing)
        return ReplyHead(status: status, bytes: bytes, fields: fields)
    }

    /// `HTTP/1.1 200 OK`
    private mutating func statusLine(_ line: ArraySlice<UInt8>) throws(Failure) -> Int {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[1].count == 3, let status = Int(String(decoding: parts[1], as: UTF8.self)),
            100...999 ~= status, line.allSatisfy(isFieldByte)
        else { throw Failure("The reply doesn't begin with an HTTP/1 status line.") }
        switch String(decoding: parts[0], as: UTF8.self) {
        case "HTTP/1.1": break
        case "HTTP/1.0": isReusable = false
        default: throw Failure("The reply doesn't begin with an HTTP/1 status line.")
        }
        return status
    }

    /// RFC 9112, section 5: no space before the colon, no folded lines.
    private static func field(_ line: Range<Int>, in bytes: [UInt8]) throws(Failure) -> ReplyHead.Field {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon > line.lowerBound,
            bytes[line.lowerBound..<colon].allSatisfy(isToken)
        else { throw Failure("A header field of the reply is malformed.") }
        var start = colon + 1
        var end = line.upperBound
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        guard bytes[start..<end].allSatisfy(isFieldByte) else {
            throw Failure("A header field of the reply holds a control character.")
        }
        return ReplyHead.Field(name: line.lowerBound..<colon, value: start..<end)
    }

    /// RFC 9112, section 6.3.
    private mutating func decideBody(_ status: Int, _ framing: Framing) throws(Failure) {
        switch (status, framing.isChunked, framing.length) {
        case (101, _, _): throw Failure("The upstream switched to another protocol.")
        case (100..<200, _, _): state = .head
        case (204, _, _), (304, _, _): state = .fixed(remaining: 0)
        case (_, true, nil): state = .chunkSize
        case (_, true, _): throw Failure("The reply has both a length and a transfer coding.")
        case (_, false, let length?): state = .fixed(remaining: length)
        case (_, false, nil):
            state = .untilClose
            isReusable = false
        }
    }
}

/// RFC 9110, section 5.5: no control characters, and so no line end that another reader might see.
private func isFieldByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

/// RFC 9110, section 5.6.2.
private func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "!"),
        UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
        true
    default: false
    }
}

/// The fields that say where a reply ends.
private struct Framing {
    var length: Int?
    var isChunked = false
    var closes = false

    mutating func take(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(HTTP1ReplyParser.Failure) {
        switch name.count {
        case 14 where Self.equal(name, "content-length"): try takeLength(value)
        case 17 where Self.equal(name, "transfer-encoding"):
            guard !isChunked, Self.equal(value, "chunked") else {
                throw HTTP1ReplyParser.Failure("The reply has a transfer coding other than chunked.")
            }
            isChunked = true
        case 10 where Self.equal(name, "connection"):
            let options = String(decoding: value, as: UTF8.self).lowercased().split { $0 == "," || $0 == " " }
            closes = closes || options.contains("close")
        default: break
        }
    }

    private mutating func takeLength(_ value: ArraySlice<UInt8>) throws(HTTP1ReplyParser.Failure) {
        guard length == nil, 1...15 ~= value.count, value.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            throw HTTP1ReplyParser.Failure("The length of the reply is not one number.")
        }
        length = value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func equal(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount
            && zip(bytes, UnsafeBufferPointer(start: text.utf8Start, count: bytes.count)).allSatisfy {
                $0 | 0x20 == $1 | 0x20
            }
    }
}

/// The lines of a head that is complete, without their CRLF.
private struct HeadLines {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Range<Int>? {
        var end = position
        while end + 1 < bytes.count {
            if bytes[end] == 0x0D, bytes[end + 1] == 0x0A {
                defer { position = end + 2 }
                return position..<end
            }
            end += 1
        }
        return nil
    }
}
