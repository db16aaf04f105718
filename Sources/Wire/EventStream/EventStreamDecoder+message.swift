extension EventStreamDecoder {
    /// A frame with all of its headers and its payload, copied. For tests and tools: a reader on the hot path asks for
    /// the headers it decides on.
    public func message(_ frame: EventStreamFrame) -> EventStreamMessage {
        var headers: [(String, EventStreamMessage.Value)] = []
        var offset = frame.headers.lowerBound
        while let span = try? header(at: &offset, end: frame.headers.upperBound) {
            let name = String(decoding: buffer[span.name], as: UTF8.self)
            headers.append((name, value(of: span)))
        }
        return EventStreamMessage(headers: headers, payload: Array(buffer[frame.payload]))
    }

    private func value(of span: EventStreamHeaderSpan) -> EventStreamMessage.Value {
        let bytes = buffer[span.value]
        return switch span.type {
        case .yes: .bool(true)
        case .no: .bool(false)
        case .int8: .int8(integer(bytes))
        case .int16: .int16(integer(bytes))
        case .int32: .int32(integer(bytes))
        case .int64: .int64(integer(bytes))
        case .timestamp: .timestamp(integer(bytes))
        case .bytes: .bytes(Array(bytes))
        case .string: .string(String(decoding: bytes, as: UTF8.self))
        case .uuid: .uuid(high: integer(bytes.prefix(8)), low: integer(bytes.suffix(8)))
        }
    }

    private func integer<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
        bytes.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
