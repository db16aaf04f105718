/// Reads the chunked coding (RFC 9112, section 7.1) where it stands, and keeps none of its bytes.
///
/// Extensions and trailers are read over.
struct HTTP1ChunkReader {
    /// Spaces behind a chunk's size that no extension follows. The standard has none, but some old servers do.
    enum Padding {
        case tolerated, refused
    }

    private enum State {
        case size, padding, `extension`, sizeLineFeed
        case content, contentReturn, contentLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, lastLineFeed
    }

    private let padding: Padding
    private var state = State.size
    /// The size as far as it was read, then what is left of the chunk.
    private var remaining = 0
    private var digits = 0
    /// Bytes that extensions may still have; content earns new ones. Then bytes that trailers may still have.
    private var room = HTTP1Limits.chunkExtensions
    private var trailers = 0

    /// As many digits as can't overflow.
    private static let digitLimit = 15

    init(padding: Padding) { self.padding = padding }

    mutating func next(
        in bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(HTTP1Failure) -> HTTP1BodyReader.Step? {
        while position < bytes.count {
            switch state {
            case .size: try readSize(bytes, &position)
            case .padding: try readPadding(bytes, &position)
            case .extension: try readExtension(bytes, &position)
            case .sizeLineFeed:
                try readLineFeed(bytes, &position)
                beginChunk()
            case .content: return .part(readContent(bytes, &position))
            case .contentReturn: try readContentReturn(bytes, &position)
            case .contentLineFeed:
                try readLineFeed(bytes, &position)
                state = .size
            case .trailerStart: try readTrailerStart(bytes, &position)
            case .trailerName: try readTrailerName(bytes, &position)
            case .trailerValue: try readTrailerValue(bytes, &position)
            case .trailerLineFeed:
                try readLineFeed(bytes, &position)
                state = .trailerStart
            case .lastLineFeed:
                try readLineFeed(bytes, &position)
                return .end
            }
        }
        return nil
    }

    // MARK: Sizes

    private mutating func readSize(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(HTTP1Failure) {
        while position < bytes.count {
            let byte = bytes[position]
            guard let digit = HTTP1Octet.hexadecimal(byte) else { return try endSize(byte, &position) }
            guard digits < Self.digitLimit else { throw .chunkSize }
            remaining = remaining << 4 | digit
            digits += 1
            position += 1
        }
    }

    private mutating func endSize(_ byte: UInt8, _ position: inout Int) throws(HTTP1Failure) {
        guard byte != HTTP1Octet.lineFeed else { throw .bareLineFeed }
        guard digits > 0 else { throw .chunkSize }
        switch byte {
        case HTTP1Octet.carriageReturn: state = .sizeLineFeed
        case UInt8(ascii: ";"): state = .extension
        case HTTP1Octet.space, HTTP1Octet.tab: state = .padding
        default: throw .chunkSize
        }
        digits = 0
        position += 1
    }

    private mutating func readPadding(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(HTTP1Failure) {
        switch bytes[position] {
        case UInt8(ascii: ";"): state = .extension
        case HTTP1Octet.space, HTTP1Octet.tab: break
        case HTTP1Octet.carriageReturn where padding == .tolerated: state = .sizeLineFeed
        case HTTP1Octet.lineFeed: throw .bareLineFeed
        default: throw .chunkExtension
        }
        position += 1
        try spend(1, or: .chunkLineTooLong)
    }

    private mutating func readExtension(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(HTTP1Failure) {
        if try readText(bytes, &position, or: .chunkLineTooLong) { state = .sizeLineFeed }
    }

    private mutating func beginChunk() {
        guard remaining > 0 else {
            state = .trailerStart
            room = HTTP1Limits.trailers
            return
        }
        state = .content
        room += min(remaining, HTTP1Limits.chunkExtensions - room)
    }

    // MARK: Content

    private mutating func readContent(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Range<Int> {
        let start = position
        position += min(remaining, bytes.count - start)
        remaining -= position - start
        if remaining == 0 { state = .contentReturn }
        return start..<position
    }

    private mutating func readContentReturn(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(HTTP1Failure) {
        switch bytes[position] {
        case HTTP1Octet.carriageReturn: state = .contentLineFeed
        case HTTP1Octet.lineFeed: throw .bareLineFeed
        default: throw .chunkLongerThanSize
        }
        position += 1
    }

    // MARK: Trailers

    private mutating func readTrailerStart(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(HTTP1Failure) {
        switch bytes[position] {
        case HTTP1Octet.carriageReturn:
            state = .lastLineFeed
            position += 1
        case HTTP1Octet.lineFeed: throw .bareLineFeed
        case HTTP1Octet.space, HTTP1Octet.tab: throw .foldedLine
        case let byte where HTTP1Octet.isToken(byte):
            trailers += 1
            guard trailers <= HTTP1Limits.fields else { throw .trailersTooLong }
            state = .trailerName
        default: throw .fieldLine
        }
    }

    private mutating func readTrailerName(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(HTTP1Failure) {
        let end = bytes.endOfToken(from: position)
        try spend(end - position, or: .trailersTooLong)
        position = end
        guard end < bytes.count else { return }
        guard bytes[end] == UInt8(ascii: ":") else { throw .fieldLine }
        position += 1
        state = .trailerValue
    }

    private mutating func readTrailerValue(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(HTTP1Failure) {
        if try readText(bytes, &position, or: .trailersTooLong) { state = .trailerLineFeed }
    }

    // MARK: Lines

    /// Reads over text up to a line's end. Returns whether its CR was read.
    private mutating func readText(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, or failure: HTTP1Failure
    ) throws(HTTP1Failure) -> Bool {
        let end = bytes.endOfText(from: position)
        try spend(end - position, or: failure)
        position = end
        guard end < bytes.count else { return false }
        switch bytes[end] {
        case HTTP1Octet.carriageReturn: position += 1
        case HTTP1Octet.lineFeed: throw .bareLineFeed
        default: throw .controlCharacter
        }
        return true
    }

    private func readLineFeed(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(HTTP1Failure) {
        guard bytes[position] == HTTP1Octet.lineFeed else { throw .bareCarriageReturn }
        position += 1
    }

    private mutating func spend(_ count: Int, or failure: HTTP1Failure) throws(HTTP1Failure) {
        guard count <= room else { throw failure }
        room -= count
    }
}
