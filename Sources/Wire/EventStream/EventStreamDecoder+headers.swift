#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where one header stands in the decoder's buffer.
struct EventStreamHeaderSpan {
    let name: Range<Int>
    let type: EventStreamValueType
    /// The value alone, without the length that strings and bytes have before it.
    let value: Range<Int>
}

/// Looking at a frame without building anything.
extension EventStreamDecoder {
    /// Whether a frame has a string header of this name with this value.
    public func header(_ name: StaticString, of frame: EventStreamFrame, is value: StaticString) -> Bool {
        guard let span = span(of: name, in: frame) else { return false }
        return text(at: span.value, is: value)
    }

    /// The value of a frame's string header; nil where there is none of this name.
    public func header(_ name: StaticString, of frame: EventStreamFrame) -> String? {
        span(of: name, in: frame).map { String(decoding: buffer[$0.value], as: UTF8.self) }
    }

    public func withPayload<Result, Failure: Error>(
        of frame: EventStreamFrame, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try buffer.withUnsafeBufferPointer { bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[frame.payload])))
        }
    }

    private func span(of name: StaticString, in frame: EventStreamFrame) -> EventStreamHeaderSpan? {
        var offset = frame.headers.lowerBound
        while let span = try? header(at: &offset, end: frame.headers.upperBound) {
            if span.type == .string, text(at: span.name, is: name) { return span }
        }
        return nil
    }

    private func text(at range: Range<Int>, is text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return buffer[range].withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return true }
            return memcmp(start, text.utf8Start, bytes.count) == 0
        }
    }
}

/// Checking headers, before a frame is handed out.
extension EventStreamDecoder {
    func checkHeaders(_ block: Range<Int>) throws(EventStreamError) {
        var offset = block.lowerBound
        var names = HeaderNames()
        while let header = try header(at: &offset, end: block.upperBound) {
            try checkUTF8(header.name)
            if header.type == .string { try checkUTF8(header.value) }
            guard names.insert(header.name, of: buffer) else { throw .repeatedHeader }
        }
    }

    /// Reads the header at an offset, and moves the offset behind it. Nil at the end of the headers.
    func header(at offset: inout Int, end: Int) throws(EventStreamError) -> EventStreamHeaderSpan? {
        guard offset < end else { return nil }
        let name = try take(Int(buffer[offset]), at: offset + 1, end: end)
        let typeByte = try take(1, at: name.upperBound, end: end)
        guard let type = EventStreamValueType(rawValue: buffer[typeByte.lowerBound]) else { throw .unknownHeaderType }
        let value = try self.value(of: type, at: typeByte.upperBound, end: end)
        offset = value.upperBound
        return EventStreamHeaderSpan(name: name, type: type, value: value)
    }

    private func value(of type: EventStreamValueType, at start: Int, end: Int) throws(EventStreamError) -> Range<Int> {
        switch type {
        case .yes, .no: return start..<start
        case .int8: return try take(1, at: start, end: end)
        case .int16: return try take(2, at: start, end: end)
        case .int32: return try take(4, at: start, end: end)
        case .int64, .timestamp: return try take(8, at: start, end: end)
        case .uuid: return try take(16, at: start, end: end)
        case .bytes, .string:
            let length = try take(2, at: start, end: end)
            let count = Int(buffer[start]) << 8 | Int(buffer[start + 1])
            return try take(count, at: length.upperBound, end: end)
        }
    }

    private func take(_ count: Int, at start: Int, end: Int) throws(EventStreamError) -> Range<Int> {
        guard end - start >= count else { throw .headerCut }
        return start..<start + count
    }

    private func checkUTF8(_ range: Range<Int>) throws(EventStreamError) {
        let isUTF8 = buffer[range].withUnsafeBytes { TextCheck(of: $0).isUTF8 }
        if !isUTF8 { throw .headerNotUTF8 }
    }
}

/// Finds a name that comes twice: by looking through a few, by hashing where looking would be quadratic.
private struct HeaderNames {
    private var ranges: [Range<Int>] = []
    private var hashed: Set<ArraySlice<UInt8>>?

    /// False when the name was there before.
    mutating func insert(_ name: Range<Int>, of buffer: [UInt8]) -> Bool {
        if let isNew = hashed?.insert(buffer[name]).inserted { return isNew }
        if ranges.contains(where: { buffer[$0] == buffer[name] }) { return false }
        ranges.append(name)
        if ranges.count == 16 { hashed = Set(ranges.map { buffer[$0] }) }
        return true
    }
}
