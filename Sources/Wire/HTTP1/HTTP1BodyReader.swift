/// Reads the body of a message, whose bytes it neither copies nor keeps.
struct HTTP1BodyReader {
    enum Step {
        /// Where in the bytes at hand a part of the body stands.
        case part(Range<Int>)
        case end
    }

    private enum Kind {
        case fixed, chunked, untilClose, done
    }

    private var kind: Kind
    private var remaining = 0
    private var chunks: HTTP1ChunkReader

    /// A body whose head says where it ends.
    ///
    /// - Parameter padding: whether a chunk's size may be filled up with spaces, as some old servers do.
    init(_ framing: HTTP1Framing, padding: HTTP1ChunkReader.Padding) {
        chunks = HTTP1ChunkReader(padding: padding)
        switch framing {
        case .none: kind = .fixed
        case .length(let length):
            kind = .fixed
            remaining = length
        case .chunked: kind = .chunked
        }
    }

    private init(_ kind: Kind) {
        self.kind = kind
        chunks = HTTP1ChunkReader(padding: .refused)
    }

    /// A body that ends with the connection.
    static var untilClose: HTTP1BodyReader { HTTP1BodyReader(.untilClose) }

    var isDone: Bool { kind == .done }
    var endsWithConnection: Bool { kind == .untilClose }

    /// The next part in `bytes` from `position` on, which moves forward; nil when more bytes are needed.
    mutating func next(in bytes: UnsafeRawBufferPointer, at position: inout Int) throws(HTTP1Failure) -> Step? {
        switch kind {
        case .fixed where remaining == 0: return end()
        case .fixed:
            guard position < bytes.count else { return nil }
            let start = position
            position += min(remaining, bytes.count - start)
            remaining -= position - start
            return .part(start..<position)
        case .chunked:
            let step = try chunks.next(in: bytes, at: &position)
            if case .end = step { return end() }
            return step
        case .untilClose:
            guard position < bytes.count else { return nil }
            defer { position = bytes.count }
            return .part(position..<bytes.count)
        case .done: return nil
        }
    }

    mutating func end() -> Step {
        kind = .done
        return .end
    }
}
