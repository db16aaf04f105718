/// What is known of a head that is being read.
protocol HTTP1HeadDraft {
    associatedtype Head

    init()
    /// - Returns: false for a line that may stand before the first, and is skipped.
    mutating func take(first line: Range<Int>, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Bool
    mutating func take(_ field: HTTP1Field, of head: UnsafeRawBufferPointer) throws(HTTP1Failure)
    /// What all of it comes to.
    func finished(_ fields: HTTP1Fields) throws(HTTP1Failure) -> Head
}

/// Reads heads. One that stands whole in the bytes at hand is read there; only what has come of another is kept.
struct HTTP1HeadReader<Draft: HTTP1HeadDraft> {
    private var reading = Reading()
    /// What has come of a head whose end hasn't.
    private(set) var gathered: [UInt8] = []

    private struct Reading {
        var lines = HTTP1HeadLines()
        var draft = Draft()
        var places: [HTTP1Field] = []

        /// Where the head ends; nil when that isn't there yet.
        @inline(__always)
        mutating func read(_ head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Int? {
            while let step = try lines.next(in: head) {
                switch step {
                case .first(let line):
                    if try draft.take(first: line, of: head) {
                        places.reserveCapacity(16)
                    } else {
                        lines.skipEmptyFirst()
                    }
                case .field(let field):
                    guard places.count < HTTP1Limits.fields else { throw .tooManyFields }
                    try draft.take(field, of: head)
                    places.append(field)
                case .end(let end): return end
                }
            }
            return nil
        }

        func finished(_ head: UnsafeRawBufferPointer) throws(HTTP1Failure) -> Draft.Head {
            try draft.finished(HTTP1Fields(bytes: [UInt8](head), places: places))
        }
    }

    /// The next head in `bytes` from `position` on, which moves forward; nil when more bytes are needed.
    mutating func next(
        in bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(HTTP1Failure) -> Draft.Head? {
        guard position < bytes.count else { return nil }
        guard gathered.isEmpty else { return try gather(bytes, &position) }
        let whole = bytes[rebasing: position..<min(bytes.count, position + HTTP1Limits.head)]
        var reading = Reading()
        guard let end = try reading.read(whole) else {
            guard whole.count < HTTP1Limits.head else { throw .headTooLong }
            self.reading = reading
            gathered = [UInt8](whole)
            position = bytes.count
            return nil
        }
        position += end
        return try reading.finished(whole[rebasing: 0..<end])
    }

    private mutating func gather(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(HTTP1Failure) -> Draft.Head? {
        let before = gathered.count
        let taken = min(HTTP1Limits.head - before, bytes.count - position)
        gathered.append(contentsOf: bytes[rebasing: position..<position + taken])
        // Taken out, so that it can be read while the reader changes.
        var whole: [UInt8] = []
        swap(&whole, &gathered)
        let head = try whole.withUnsafeBufferPointer { buffer throws(HTTP1Failure) -> (Draft.Head, end: Int)? in
            let head = UnsafeRawBufferPointer(buffer)
            guard let end = try reading.read(head) else { return nil }
            return (try reading.finished(head[rebasing: 0..<end]), end)
        }
        guard let head else {
            guard whole.count < HTTP1Limits.head else { throw .headTooLong }
            swap(&whole, &gathered)
            position += taken
            return nil
        }
        position += head.end - before
        reading = Reading()
        return head.0
    }
}
