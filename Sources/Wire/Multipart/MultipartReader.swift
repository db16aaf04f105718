/// Takes a form apart as it comes: `multipart/form-data` (RFC 7578, in the syntax of RFC 2046, section 5.1).
///
/// However the bytes are cut into pieces, the parts are the same, with the same bytes in them. No more is kept than a
/// part's head, or a boundary that has begun: what a part holds is handed on as it comes, and how much of it there may be
/// is for the taker to say.
///
///     guard var reader = MultipartReader(contentType: field) else { … }
///     try reader.receive(bytes) { event in … }
///     try reader.end()
public struct MultipartReader: Sendable {
    public struct Limits: Hashable, Sendable {
        public var parts: Int
        /// Bytes of all header fields of one part.
        public var head: Int

        public init(parts: Int = 64, head: Int = 4 << 10) {
            self.parts = parts
            self.head = head
        }
    }

    private enum State {
        /// Before the first boundary, where nothing is meant for anybody (RFC 2046, section 5.1.1).
        case preamble
        /// Right behind a boundary.
        case boundary
        case head
        case data
        /// Behind the last boundary.
        case epilogue
    }

    /// CR, LF, two hyphens and the boundary.
    private let delimiter: [UInt8]
    private let limits: Limits
    private var state = State.preamble
    private var parts = 0
    /// What has come and can't be told yet. The first boundary needs no line before it, so one is made up.
    private var rest: [UInt8] = [0x0D, 0x0A]

    /// Blanks that may follow a boundary on its line.
    private static let mostPadding = 64

    /// Nil for what no boundary may be (RFC 2046, section 5.1.1): it has 1 to 70 characters.
    public init?(boundary: some Collection<UInt8>, limits: Limits = Limits()) {
        guard (1...70).contains(boundary.count), boundary.allSatisfy(Self.isInBoundary) else { return nil }
        delimiter = [0x0D, 0x0A, 0x2D, 0x2D] + boundary
        self.limits = limits
    }

    /// Nil for a content type other than `multipart/form-data`, and for one without a good boundary.
    public init?(contentType: String, limits: Limits = Limits()) {
        guard let field = HeaderParameters(contentType), field.value.lowercased() == "multipart/form-data",
            let boundary = field["boundary"]
        else { return nil }
        self.init(boundary: Array(boundary.utf8), limits: limits)
    }

    /// Calls `body` with what is certain now. After an error the reader can't be used again.
    public mutating func receive<Failure>(
        _ bytes: UnsafeRawBufferPointer, _ body: (MultipartEvent) throws(Failure) -> Void
    ) throws(MultipartFailure<Failure>) {
        if state == .epilogue { return }
        // Taken out, so that it can be read while the reader changes.
        var whole: [UInt8] = []
        swap(&whole, &rest)
        whole.append(contentsOf: bytes)
        let read = try whole.withUnsafeBufferPointer { buffer throws(MultipartFailure<Failure>) in
            try self.read(UnsafeRawBufferPointer(buffer), body)
        }
        whole.removeSubrange(..<read)
        swap(&whole, &rest)
    }

    /// No more comes.
    ///
    /// - Throws: ``MultipartError/truncated``.
    public func end() throws(MultipartError) {
        guard state == .epilogue else { throw .truncated }
    }

    /// Returns how many of the bytes are done with.
    private mutating func read<Failure>(
        _ bytes: UnsafeRawBufferPointer, _ body: (MultipartEvent) throws(Failure) -> Void
    ) throws(MultipartFailure<Failure>) -> Int {
        var position = 0
        while true {
            let next: Int?
            switch state {
            case .preamble, .data: next = try readData(bytes, &position, body)
            case .boundary:
                do throws(MultipartError) { next = try readBoundary(bytes, position) } catch { throw .form(error) }
            case .head: next = try readHead(bytes, position, body)
            case .epilogue: return bytes.count
            }
            guard let next else { return position }
            position = next
        }
    }

    /// Everything up to the next boundary. Without one the last bytes stay, as far as they may be the beginning of one.
    private mutating func readData<Failure>(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ body: (MultipartEvent) throws(Failure) -> Void
    ) throws(MultipartFailure<Failure>) -> Int? {
        let end = delimiterStart(in: bytes, from: position)
        if state == .data, end > position {
            try offer(.data(UnsafeRawBufferPointer(rebasing: bytes[position..<end])), body)
        }
        position = end
        guard bytes.count - end >= delimiter.count else { return nil }
        if state == .data { try offer(.end, body) }
        state = .boundary
        return end + delimiter.count
    }

    /// Where a boundary stands, or may have begun; the end of the bytes where there is none.
    private func delimiterStart(in bytes: UnsafeRawBufferPointer, from position: Int) -> Int {
        var start = position
        while let found = bytes.firstOffset(of: delimiter[0], in: start..<bytes.count) {
            let length = min(delimiter.count, bytes.count - found)
            if bytes[found..<found + length].elementsEqual(delimiter[..<length]) { return found }
            start = found + 1
        }
        return bytes.count
    }

    /// `--` behind the last boundary, and otherwise the end of the line.
    private mutating func readBoundary(_ bytes: UnsafeRawBufferPointer, _ position: Int) throws(MultipartError) -> Int?
    {
        var end = position
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
        guard end - position <= Self.mostPadding else { throw .invalidBoundary }
        guard end < bytes.count else { return nil }
        let isLast = end == position && bytes[end] == 0x2D
        let expected: (UInt8, UInt8) = isLast ? (0x2D, 0x2D) : (0x0D, 0x0A)
        guard bytes[end] == expected.0 else { throw .invalidBoundary }
        guard end + 1 < bytes.count else { return nil }
        guard bytes[end + 1] == expected.1 else { throw .invalidBoundary }
        state = isLast ? .epilogue : .head
        if !isLast {
            parts += 1
            guard parts <= limits.parts else { throw .tooManyParts(limit: limits.parts) }
        }
        // The head begins with this line's end, so that an empty one ends like any other.
        return isLast ? end + 2 : end
    }

    private mutating func readHead<Failure>(
        _ bytes: UnsafeRawBufferPointer, _ position: Int, _ body: (MultipartEvent) throws(Failure) -> Void
    ) throws(MultipartFailure<Failure>) -> Int? {
        let head = UnsafeRawBufferPointer(rebasing: bytes[position...])
        guard let end = Self.blankLine(in: head) else {
            guard head.count <= limits.head + 4 else { throw .form(.headTooLarge(limit: limits.head)) }
            return nil
        }
        guard end <= limits.head else { throw .form(.headTooLarge(limit: limits.head)) }
        guard let part = MultipartPart(head: UnsafeRawBufferPointer(rebasing: head[..<end])) else {
            throw .form(.invalidHead)
        }
        try offer(.part(part), body)
        state = .data
        return position + end + 4
    }

    private static func blankLine(in head: UnsafeRawBufferPointer) -> Int? {
        var start = 0
        while let found = head.firstOffset(of: 0x0D, in: start..<head.count), found + 4 <= head.count {
            if head[found..<found + 4].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) { return found }
            start = found + 1
        }
        return nil
    }

    private func offer<Failure>(
        _ event: MultipartEvent, _ body: (MultipartEvent) throws(Failure) -> Void
    ) throws(MultipartFailure<Failure>) {
        do throws(Failure) { try body(event) } catch { throw .event(error) }
    }

    /// RFC 2046, section 5.1.1: `bcharsnospace`. A blank is allowed there too, but nobody uses it.
    private static func isInBoundary(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "'()+_,-./:=?".utf8.contains(byte)
        }
    }
}
