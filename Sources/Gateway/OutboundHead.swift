import Domain
import NIOCore
import Wire

/// Renders the heads of replies.
struct OutboundHead {
    let status: Int
    var contentType: StaticString = "application/json"
    /// Lines that are rendered already, each with its CRLF.
    var lines: [UInt8] = []
    let keepsAlive: Bool

    /// A reply whose body has a known length.
    func write(length: Int, to buffer: inout ByteBuffer) {
        buffer.write(expecting: lines.count + 256) { text in
            writeStart(to: &text)
            text.append("content-length: ")
            text.append(decimal: length)
            text.append("\r\n\r\n")
        }
    }

    /// A reply that comes in pieces: chunked, or for an HTTP/1.0 caller until the connection ends.
    func writeStreamed(chunked: Bool, to buffer: inout ByteBuffer) {
        buffer.write(expecting: lines.count + 256) { text in
            writeStart(to: &text)
            text.append("cache-control: no-cache\r\nx-accel-buffering: no\r\n")
            if chunked { text.append("transfer-encoding: chunked\r\n") }
            text.append("\r\n")
        }
    }

    private func writeStart(to text: inout ByteWriter) {
        if status == 200 {
            text.append("HTTP/1.1 200 OK\r\n")
        } else {
            text.append(text: "HTTP/1.1 \(status) \(Self.reason(status))\r\n")
        }
        text.append("content-type: ")
        text.append(contentType)
        text.append("\r\n")
        text.append(lines)
        if !keepsAlive { text.append("connection: close\r\n") }
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}

extension GatewayError {
    /// The header lines of the error itself.
    var lines: [UInt8] {
        var lines: [UInt8] = []
        if let retryAfter, retryAfter.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) {
            lines.append("retry-after: ")
            lines.append(text: retryAfter)
            lines.append("\r\n")
        }
        if let limit {
            lines.append("x-ni-limit: ")
            lines.append(text: limit.rawValue)
            lines.append("\r\n")
        }
        return lines
    }
}

extension ByteBuffer {
    /// Appends what a function writes. It is called once more where that is more than expected.
    mutating func write(expecting expected: Int, _ write: (inout ByteWriter) -> Void) {
        var needed = expected
        repeat {
            let room = needed
            writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
                var writer = ByteWriter(UnsafeMutableRawBufferPointer(rebasing: memory[..<room]))
                write(&writer)
                needed = writer.count
                return needed > room ? 0 : needed
            }
            if needed <= room { return }
        } while true
    }

    /// Appends bytes as one chunk (RFC 9112, section 7.1), or as they are where the coding isn't used.
    mutating func writeChunk(_ bytes: [UInt8], chunked: Bool) {
        guard !bytes.isEmpty else { return }
        guard chunked else {
            writeBytes(bytes)
            return
        }
        write(expecting: bytes.count + 20) { text in
            text.append(hexadecimal: bytes.count)
            text.append("\r\n")
            text.append(bytes)
            text.append("\r\n")
        }
    }

    mutating func writeLastChunk(chunked: Bool) {
        if chunked { writeStaticString("0\r\n\r\n") }
    }
}
