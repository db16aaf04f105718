/// One frame of AWS's `application/vnd.amazon.eventstream`: headers with types, and a payload.
///
/// For whoever makes frames, and for whoever wants all of one. A reader on the hot path takes ``EventStreamFrame``s from
/// an ``EventStreamDecoder`` and builds none of these.
public struct EventStreamMessage: Hashable, Sendable {
    /// A header's value; the cases' order is that of the type byte on the wire.
    public enum Value: Hashable, Sendable {
        case bool(Bool)
        case int8(Int8)
        case int16(Int16)
        case int32(Int32)
        case int64(Int64)
        case bytes([UInt8])
        case string(String)
        /// Milliseconds since 1970-01-01 00:00 UTC.
        case timestamp(Int64)
        /// The 16 bytes of a UUID, as two big-endian halves.
        case uuid(high: UInt64, low: UInt64)
    }

    public struct Header: Hashable, Sendable {
        public let name: String
        public let value: Value

        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    public var headers: [Header]
    public var payload: [UInt8]

    public init(headers: [(String, Value)], payload: [UInt8]) {
        self.headers = headers.map { Header($0.0, $0.1) }
        self.payload = payload
    }

    /// The frame: lengths, prelude checksum, headers, payload, checksum of it all.
    ///
    /// For messages that this program makes up: a name over 255 bytes or a value over 65,535 is a programmer's mistake,
    /// and traps.
    public func encoded() -> [UInt8] {
        var block: [UInt8] = []
        for header in headers { header.write(to: &block) }
        var frame: [UInt8] = []
        let length = EventStreamLimits.overhead + block.count + payload.count
        frame.reserveCapacity(length)
        frame.append(bigEndian: UInt32(length))
        frame.append(bigEndian: UInt32(block.count))
        frame.append(bigEndian: frame.withUnsafeBytes { CRC32.checksum($0) })
        frame.append(contentsOf: block)
        frame.append(contentsOf: payload)
        frame.append(bigEndian: frame.withUnsafeBytes { CRC32.checksum($0) })
        return frame
    }
}

/// The format's own limits.
enum EventStreamLimits {
    /// Two lengths and a checksum.
    static let prelude = 12
    /// The prelude, and the message's checksum: the smallest frame.
    static let overhead = 16
    static let headers = 128 << 10
    static let payload = 24 << 20
}

/// The type byte of a header's value.
enum EventStreamValueType: UInt8 {
    case yes, no, int8, int16, int32, int64, bytes, string, timestamp, uuid
}

extension EventStreamMessage.Header {
    fileprivate func write(to block: inout [UInt8]) {
        block.append(UInt8(name.utf8.count))
        block.append(contentsOf: name.utf8)
        block.append(value.type.rawValue)
        value.write(to: &block)
    }
}

extension EventStreamMessage.Value {
    fileprivate var type: EventStreamValueType {
        switch self {
        case .bool(let flag): flag ? .yes : .no
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .bytes: .bytes
        case .string: .string
        case .timestamp: .timestamp
        case .uuid: .uuid
        }
    }

    fileprivate func write(to block: inout [UInt8]) {
        switch self {
        case .bool: break
        case .int8(let number): block.append(bigEndian: number)
        case .int16(let number): block.append(bigEndian: number)
        case .int32(let number): block.append(bigEndian: number)
        case .int64(let number), .timestamp(let number): block.append(bigEndian: number)
        case .bytes(let bytes): block.append(counted: bytes)
        case .string(let text): block.append(counted: text.utf8)
        case .uuid(let high, let low):
            block.append(bigEndian: high)
            block.append(bigEndian: low)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(counted bytes: some Collection<UInt8>) {
        append(bigEndian: UInt16(bytes.count))
        append(contentsOf: bytes)
    }
}
