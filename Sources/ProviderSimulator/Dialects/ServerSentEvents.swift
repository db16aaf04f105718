import Wire

/// Writes events as `text/event-stream`.
struct ServerSentEvents {
    let lineEnd: String

    init(_ quirks: Set<Quirk> = []) {
        lineEnd = quirks.contains(.crlf) ? "\r\n" : "\n"
    }

    /// An event of JSON, with its name on a line of its own if it has one.
    func bytes(_ data: JSON, name: String? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        if let name { bytes.append(text: "event: \(name)\(lineEnd)") }
        bytes.append("data: ")
        data.write(to: &bytes)
        bytes.append(text: lineEnd + lineEnd)
        return bytes
    }

    var comment: [UInt8] { Array(": ping\(lineEnd)\(lineEnd)".utf8) }

    /// An event whose data is no JSON.
    func bytes(text: String) -> [UInt8] {
        Array("data: \(text)\(lineEnd)\(lineEnd)".utf8)
    }
}

extension StreamedReply {
    static func serverSent(_ events: [StreamEvent], headers: HeaderFields = [:]) -> StreamedReply {
        var all: HeaderFields = ["content-type": "text/event-stream", "cache-control": "no-cache"]
        for field in headers.fields { all.add(field.name, field.value) }
        return StreamedReply(headers: all, events: events)
    }

    var isServerSentEvents: Bool { headers["content-type"] == "text/event-stream" }

    /// Puts a comment before every event, as gateways do that keep a connection alive.
    mutating func addComments(_ encoder: ServerSentEvents) {
        events = events.map { StreamEvent(place: $0.place, bytes: encoder.comment + $0.bytes) }
    }
}
