import Domain
import NIOCore
import Wire

/// Renders the heads of replies.
struct OutboundHead {
    let status: Int
    var contentType = "application/json"
    /// Lines that are rendered already, each with its CRLF.
    var lines: [UInt8] = []
    let keepsAlive: Bool

    /// A reply whose body has a known length.
    func write(length: Int, to buffer: inout ByteBuffer) {
        writeStart(to: &buffer)
        buffer.writeStaticString("content-length: ")
        buffer.writeString(String(length))
        buffer.writeStaticString("\r\n\r\n")
    }

    /// A reply that comes in pieces: chunked, or for an HTTP/1.0 caller until the connection ends.
    func writeStreamed(chunked: Bool, to buffer: inout ByteBuffer) {
        writeStart(to: &buffer)
        buffer.writeStaticString("cache-control: no-cache\r\nx-accel-buffering: no\r\n")
        if chunked { buffer.writeStaticString("transfer-encoding: chunked\r\n") }
        buffer.writeStaticString("\r\n")
    }

    private func writeStart(to buffer: inout ByteBuffer) {
        if status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeString("HTTP/1.1 \(status) \(Self.reason(status))\r\n")
        }
        buffer.writeStaticString("content-type: ")
        buffer.writeString(contentType)
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(lines)
        if !keepsAlive { buffer.writeStaticString("connection: close\r\n") }
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}

extension GatewayError {
    /// The error in the shape of the OpenAI wire.
    func openAIBody(in language: Language) -> OpenAIErrorBody {
        OpenAIErrorBody(message: message[language], type: openAIType, parameter: parameter, code: code.rawValue)
    }

    private var openAIType: String {
        switch status {
        case 429: "requests"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    /// The header lines of the error itself.
    var lines: [UInt8] {
        var lines: [UInt8] = []
        if let retryAfter, retryAfter.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) {
            lines.append("retry-after: ")
            lines.append(text: retryAfter)
            lines.append("\r\n")
        }
        return lines
    }
}

extension ByteBuffer {
    /// Appends bytes as one chunk (RFC 9112, section 7.1), or as they are where the coding isn't used.
    mutating func writeChunk(_ bytes: [UInt8], chunked: Bool) {
        guard !bytes.isEmpty else { return }
        guard chunked else {
            writeBytes(bytes)
            return
        }
        writeString(String(bytes.count, radix: 16))
        writeStaticString("\r\n")
        writeBytes(bytes)
        writeStaticString("\r\n")
    }

    mutating func writeLastChunk(chunked: Bool) {
        if chunked { writeStaticString("0\r\n\r\n") }
    }
}
