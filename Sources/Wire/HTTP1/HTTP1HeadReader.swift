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
    private var places: [HTTP1Field] = []
    /// What has come of a head whose end hasn't.
    private(set) var gathered: [UInt8] = []

    private let headLimit: Int
    private let fieldLimit: Int

    /// - Parameter headLimit: bytes; offsets beyond ``HTTP1Limits/head`` couldn't be kept.
    init(headLimit: Int = HTTP1Limits.head, fieldLimit: Int = HTTP1Limits.fields) {
        self.headLimit = headLimit
        self.fieldLimit = fieldLimit
    }

    /// Most heads have fewer fields.
    private static var usualFields: Int { 24 }

    private struct Reading {
        var lines = HTTP1HeadLines()
        var draft = Draft()

        /// Where the head ends; nil when that isn't there yet.
        @inline(__always)
        mutating func read(
            _ head: UnsafeRawBufferPointer, _ places: inout [HTTP1Field], atMost fields: Int
        ) throws(HTTP1Failure) -> Int? {
            while let step = try lines.next(in: head) {
                switch step {
                case .first(let line):
                    if try draft.take(first: line, of: head) {
                        places.reserveCapacity(usualFields)
                    } else {
                        lines.skipEmptyFirst()
                    }
                case .field(let field):
                    guard places.count < fields else { throw .tooManyFields }
                    try draft.take(field, of: head)
                    places.append(field)
                case .end(let end): return end
                }
            }
            return nil
        }
    }

    /// The next head in `bytes` from `position` on, which moves forward; nil when more bytes are needed.
    mutating func next(
        in bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(HTTP1Failure) -> Draft.Head? {
        guard position < bytes.count else { return nil }
        guard gathered.isEmpty else { return try gather(bytes, &position) }
        let whole = bytes[rebasing: position..<min(bytes.count, position + headLimit)]
        var reading = Reading()
        var places: [HTTP1Field] = []
        guard let end = try reading.read(whole, &places, atMost: fieldLimit) else {
            guard whole.count < headLimit else { throw .headTooLong }
            self.reading = reading
            self.places = places
            gathered = [UInt8](whole)
            position = bytes.count
            return nil
        }
        position += end
        return try reading.draft.finished(HTTP1Fields(bytes: [UInt8](whole[rebasing: 0..<end]), places: places))
    }

    private mutating func gather(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(HTTP1Failure) -> Draft.Head? {
        let before = gathered.count
        let taken = min(headLimit - before, bytes.count - position)
        gathered.append(contentsOf: bytes[rebasing: position..<position + taken])
        let end = try gathered.withUnsafeBufferPointer { head throws(HTTP1Failure) in
            try reading.read(UnsafeRawBufferPointer(head), &places, atMost: fieldLimit)
        }
        guard let end else {
            guard gathered.count < headLimit else { throw .headTooLong }
            position += taken
            return nil
        }
        position += end - before
        defer { self = HTTP1HeadReader(headLimit: headLimit, fieldLimit: fieldLimit) }
        return try reading.draft.finished(HTTP1Fields(bytes: Array(gathered[..<end]), places: places))
    }
}
