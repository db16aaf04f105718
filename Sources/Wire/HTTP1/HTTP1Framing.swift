/// How long a message's body is (RFC 9112, section 6).
package enum HTTP1Framing: Hashable, Sendable {
    case none
    case length(Int)
    case chunked
}

/// What the fields of a head say about the end of its message and of its connection. The same rules for both sides:
/// whatever two readers could take differently is refused.
struct HTTP1FramingFields {
    private(set) var length: Int?
    private(set) var isChunked = false
    /// Whether `connection` lists `close`.
    private(set) var closes = false
    /// Whether `connection` lists `keep-alive`.
    private(set) var keepsAlive = false

    /// Looks at any field.
    @inline(__always)
    mutating func take(_ field: HTTP1Field, of head: UnsafeRawBufferPointer) throws(HTTP1Failure) {
        let name = head[rebasing: field.name]
        switch name.count {
        case 10 where name.equals(lowercase: "connection"): takeOptions(head[rebasing: field.value])
        case 14 where name.equals(lowercase: "content-length"): try takeLength(head[rebasing: field.value])
        case 17 where name.equals(lowercase: "transfer-encoding"): try takeCoding(head[rebasing: field.value])
        default: break
        }
    }

    /// RFC 9112, section 6.2, without its leave to take equal numbers for one.
    private mutating func takeLength(_ value: UnsafeRawBufferPointer) throws(HTTP1Failure) {
        guard length == nil else { throw .twoContentLengths }
        guard !value.isEmpty else { throw .contentLength }
        var sum = 0
        for byte in value {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { throw .contentLength }
            // As many digits as can't overflow.
            if value.count <= 15 { sum = sum * 10 + Int(digit) }
        }
        guard value.count <= 15 else { throw .contentLengthTooLarge }
        length = sum
    }

    /// RFC 9112, section 6.1: chunked is the last coding, and the only one that everybody knows.
    private mutating func takeCoding(_ value: UnsafeRawBufferPointer) throws(HTTP1Failure) {
        guard !isChunked else { throw .twoTransferCodings }
        guard value.equals(lowercase: "chunked") else { throw .transferCoding }
        isChunked = true
    }

    /// RFC 9110, section 7.6.1: a list, and a field that may come more than once.
    private mutating func takeOptions(_ value: UnsafeRawBufferPointer) {
        var start = 0
        while start < value.count {
            let end = value.firstOffset(of: UInt8(ascii: ","), in: start..<value.count) ?? value.count
            let option = value[rebasing: value.trimmed(start..<end)]
            if option.equals(lowercase: "close") { closes = true }
            if option.equals(lowercase: "keep-alive") { keepsAlive = true }
            start = end + 1
        }
    }
}
