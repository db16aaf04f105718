/// Where the parts of one frame stand in the buffer of the decoder that found it.
///
/// Good until more bytes are appended to that decoder, which may move its buffer.
public struct EventStreamFrame: Sendable {
    let headers: Range<Int>
    let payload: Range<Int>
}

/// Takes an event stream apart into frames, however the bytes were split on their way.
///
/// A frame is handed out once both of its checksums and all of its headers are right. Read all frames before the next
/// bytes are appended: then the buffer never holds more than one frame and one append.
///
///     decoder.append(bytes)
///     while let frame = try decoder.next() {
///         guard decoder.header(":event-type", of: frame, is: "contentBlockDelta") else { continue }
///         decoder.withPayload(of: frame) { … }
///     }
///     try decoder.finish()
public struct EventStreamDecoder: Sendable {
    /// Bytes that came and were not dropped yet; those before `position` have been read.
    var buffer: [UInt8] = []
    private var position = 0
    /// How many bytes must be there before it makes sense to look: a prelude, or a frame whose prelude was looked at.
    private var awaited = EventStreamLimits.prelude
    private var fault: EventStreamError?

    public init() {}

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard fault == nil else { return }
        dropRead()
        buffer.append(contentsOf: bytes)
    }

    /// The next frame, or nil until more bytes come.
    ///
    /// - Throws: the first fault found, and that one again at each later call.
    public mutating func next() throws(EventStreamError) -> EventStreamFrame? {
        if let fault { throw fault }
        do {
            return try readFrame()
        } catch {
            fault = error
            buffer = []
            position = 0
            throw error
        }
    }

    /// The stream is over.
    ///
    /// - Throws: `truncated` when it ended inside a frame.
    public func finish() throws(EventStreamError) {
        if let fault { throw fault }
        if position < buffer.count { throw .truncated }
    }

    /// Moves the rest to the front once it is the smaller part, so that no byte is moved more often than once on average.
    private mutating func dropRead() {
        if position == buffer.count {
            buffer.removeAll(keepingCapacity: true)
        } else if position > buffer.count / 2 {
            buffer.removeSubrange(..<position)
        } else {
            return
        }
        position = 0
    }

    private mutating func readFrame() throws(EventStreamError) -> EventStreamFrame? {
        guard buffer.count - position >= awaited else { return nil }
        if awaited == EventStreamLimits.prelude {
            awaited = try frameLength()
            guard buffer.count - position >= awaited else { return nil }
        }
        let end = position + awaited
        let headers = position + EventStreamLimits.prelude
        let payload = headers + Int(number(at: position + 4))
        let checksum = end - 4
        guard crc(of: position..<checksum) == number(at: checksum) else { throw .messageChecksum }
        try checkHeaders(headers..<payload)
        position = end
        awaited = EventStreamLimits.prelude
        return EventStreamFrame(headers: headers..<payload, payload: payload..<checksum)
    }

    /// Reads the prelude. Nothing in it is believed before its checksum is right.
    private func frameLength() throws(EventStreamError) -> Int {
        guard crc(of: position..<position + 8) == number(at: position + 8) else { throw .preludeChecksum }
        let headers = Int(number(at: position + 4))
        let length = Int(number(at: position))
        let payload = length - EventStreamLimits.overhead - headers
        guard headers <= EventStreamLimits.headers else { throw .headersTooLong }
        guard payload >= 0 else { throw .frameTooShort }
        guard payload <= EventStreamLimits.payload else { throw .payloadTooLong }
        return length
    }

    private func crc(of range: Range<Int>) -> UInt32 {
        buffer.withUnsafeBytes { CRC32.checksum($0[rebasing: range]) }
    }

    private func number(at offset: Int) -> UInt32 {
        buffer[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
