#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Cuts a byte stream behind each of its server-sent events, for whoever passes them on as they are. Lines must end with
/// LF or CRLF, as those of all servers do that are passed on.
struct SSESlicer: Sendable {
    private let limit: Int
    /// The beginning of an event whose end hasn't come.
    private(set) var rest: [UInt8] = []

    /// - Parameter limit: bytes that one event may have.
    init(limit: Int) { self.limit = limit }

    /// Calls `body` for each event that is complete now, with all its bytes up to the empty line that ends it.
    mutating func receive<Failure>(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(SSEFailure<Failure>) {
        guard rest.isEmpty else { return try receiveAfterRest(bytes, body) }
        let consumed = try slice(bytes, searchingFrom: 0, body)
        rest.append(contentsOf: bytes[consumed...])
        if rest.count > limit { throw .eventTooLarge(limit: limit) }
    }

    /// Whether the stream ended in the middle of an event.
    var isInsideEvent: Bool { !rest.allSatisfy { $0 == 0x0A || $0 == 0x0D } }

    mutating func dropRest() { rest = [] }

    private mutating func receiveAfterRest<Failure>(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(SSEFailure<Failure>) {
        // What was searched without finding an end isn't searched again, but for the four bytes an end may have.
        let searched = max(0, rest.count - 3)
        var whole: [UInt8] = []
        swap(&whole, &rest)
        whole.append(contentsOf: bytes)
        let consumed = try whole.withUnsafeBufferPointer { buffer throws(SSEFailure<Failure>) in
            try slice(UnsafeRawBufferPointer(buffer), searchingFrom: searched, body)
        }
        whole.removeFirst(consumed)
        swap(&whole, &rest)
        if rest.count > limit { throw .eventTooLarge(limit: limit) }
    }

    /// Returns how many bytes the complete events had.
    private func slice<Failure>(
        _ bytes: UnsafeRawBufferPointer, searchingFrom first: Int,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(SSEFailure<Failure>) -> Int {
        var start = 0
        while let end = Self.endOfEvent(in: bytes, from: max(first, start)) {
            // One that came at once may have no more than one that came in pieces.
            if end - start > limit { throw .eventTooLarge(limit: limit) }
            do throws(Failure) { try body(bytes[rebasing: start..<end]) } catch { throw .event(error) }
            start = end
        }
        return start
    }

    /// Behind the empty line that ends an event.
    private static func endOfEvent(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var position = start
        while position < bytes.count, let found = memchr(base + position, 0x0A, bytes.count - position) {
            let next = UnsafeRawPointer(found) - base + 1
            if next < bytes.count, bytes[next] == 0x0A { return next + 1 }
            if next + 1 < bytes.count, bytes[next] == 0x0D, bytes[next + 1] == 0x0A { return next + 2 }
            position = next
        }
        return nil
    }

    /// The data of an event; nil where it has none, as a comment. Data of several lines isn't joined: the first is taken.
    static func data(of event: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let field: StaticString = "data:"
        var position = 0
        while position < event.count {
            let rest = event[rebasing: position..<event.count]
            let length = rest.firstOffset(of: 0x0A, in: 0..<rest.count) ?? rest.count
            if length >= 5, memcmp(rest.baseAddress.unsafelyUnwrapped, field.utf8Start, 5) == 0 {
                let start = length > 5 && rest[5] == 0x20 ? 6 : 5
                let end = length > start && rest[length - 1] == 0x0D ? length - 1 : length
                return rest[rebasing: start..<end]
            }
            position += length + 1
        }
        return nil
    }
}
